"""What an operation is called that no overlay names: from its summary, else from its method and path.

A name depends on its own operation alone, so it stays when others come and go. Two that would get one name are both
called longer, by their paths: so a name never comes to mean another operation.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter

from . import odd_paths, shape
from .documents import DocumentError
from .names import TAKEN_GROUPS, TAKEN_METHODS, identifier, snake_case, unique
from .shape import Json

_VERSION = re.compile(r"v[0-9]+(\.[0-9]+)*|api|rest", re.IGNORECASE)
_LONGEST = 60
_ARTICLES = frozenset({"a", "an", "the"})


def operation_ids(document: Json) -> tuple[dict[str, str], tuple[str, ...]]:
    """The `group.method` of each operation by its place, and which would have had one name, one line each.

    Raises `DocumentError` where two are given one name by their `operationId`.
    """
    found = list(shape.operations(document))
    stated = {operation.place: name for operation in found if (name := _stated(operation))}
    given: dict[str, str] = {}
    for place, name in stated.items():
        if name in given:
            raise DocumentError(f"{given[name]} and {place} would both be named {name}; name one in the overlay")
        given[name] = place
    free = [operation for operation in found if operation.place not in stated]
    ids = {operation.place: _spelled(_group(operation), _name(operation)) for operation in free}
    lines: list[str] = []
    for longer in (_by_path, _by_method_and_path, _by_digest):
        times = Counter([*ids.values(), *stated.values()])
        shared = [operation for operation in free if times[ids[operation.place]] > 1]
        for name in sorted({ids[operation.place] for operation in shared}):
            both = [operation.place for operation in found if name == {**ids, **stated}[operation.place]]
            lines.append(f"{' and '.join(both)} would be named {name}, and are called by their paths")
        ids |= {each.place: _spelled(_group(each), longer(each, ids[each.place].partition(".")[2])) for each in shared}
    return {operation.place: {**ids, **stated}[operation.place] for operation in found}, tuple(lines)


def _stated(operation: shape.Operation) -> str | None:
    parts = operation.node.get("operationId", "").split(".")
    if len(parts) != 2 or not all(part.isidentifier() for part in parts):
        return None
    return _spelled(*parts)


def _spelled(group: str, name: str) -> str:
    group = unique(identifier(snake_case(group), fallback="group"), TAKEN_GROUPS)
    return f"{group}.{unique(identifier(name, fallback='call'), TAKEN_METHODS)}"


def _group(operation: shape.Operation) -> str:
    return next(iter(operation.node.get("tags", ())), "") or "default"


def _name(operation: shape.Operation) -> str:
    """From the summary, of a sentence what it begins with; else what a person would call this method on this path."""
    sentence = re.split(r"[.!?:;\n](?:\s|$)", operation.node.get("summary", "").strip(), maxsplit=1)[0]
    name = snake_case(sentence)
    if len(name) > _LONGEST:
        kept = [word for word in name.split("_") if word not in _ARTICLES]
        while len("_".join(kept)) > _LONGEST and len(kept) > 1:
            kept.pop()
        name = "_".join(kept)
    return name or _from_path(operation)


def _from_path(operation: shape.Operation) -> str:
    """`POST /v1/refunds` → `create_refund`, `GET /v1/refunds` → `list_refunds`, `POST /a/{id}/close` → `close_a`."""
    path = operation.path.partition("#")[0]
    *before, last = _parts(path) or [""]
    verb = ""
    if ":" in last.lstrip(":"):
        last, _, verb = last.rpartition(":")
    is_item = "{" in last or not last
    words = [word for word in (snake_case(part) for part in before if "{" not in part) if word]
    if is_item:
        return "_".join([snake_case(verb) or _ON_ITEM[operation.method], *_one_each(words or ["root"])])
    thing = snake_case(last) or "root"
    is_action = operation.method in {"post", "put"} and bool(before) and "{" in before[-1] and not thing.endswith("s")
    if verb or is_action:
        return "_".join([snake_case(verb), *_one_each([*words, thing])] if verb else [thing, *_one_each(words)])
    if operation.method == "get":
        return "_".join(["list" if thing.endswith("s") else "get", *_one_each(words), thing])
    return "_".join([_ON_MANY[operation.method], *_one_each([*words, thing])])


_ON_ITEM = {
    **{method: method for method in shape.METHODS},
    "post": "update",
    "put": "update",
    "patch": "update",
}
_ON_MANY = {**_ON_ITEM, "post": "create", "put": "replace"}


def _parts(path: str) -> list[str]:
    return [part for part in path.split("/") if part and not _VERSION.fullmatch(part)]


def _one_each(words: list[str]) -> list[str]:
    """Each word as one of its kind: `refunds` → `refund`, `entries` → `entry`; `address` and `status` stay."""
    return [
        f"{word[:-3]}y"
        if word.endswith("ies") and len(word) > 4
        else word[:-1]
        if word.endswith("s") and not word.endswith(("ss", "us", "is")) and len(word) > 3
        else word
        for word in words
    ]


def _by_path(operation: shape.Operation, name: str) -> str:
    """`list_items` at `/orders/{id}/items` → `list_items_of_order`, unless nothing of the path is new."""
    said = set(_one_each(name.split("_")))
    words = [word for part in _parts(operation.path) if "{" not in part for word in snake_case(part).split("_")]
    added = [word for word in _one_each(words) if word not in said]
    by = [snake_case(part) for part in odd_paths.placeholders(operation.path)[-1:]]
    tail = ["of", *added] if added else ["by", *by] if by else []
    return "_".join([name, *[word for word in tail if word]])


def _by_method_and_path(operation: shape.Operation, name: str) -> str:
    return "_".join(filter(None, (operation.method, snake_case(operation.path.partition("#")[0])))) or name


def _by_digest(operation: shape.Operation, name: str) -> str:
    return f"{name}_{hashlib.sha256(operation.place.encode()).hexdigest()[:8]}"
