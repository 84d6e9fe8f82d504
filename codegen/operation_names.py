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
from .path_names import VERBS, from_path, one_each, parts
from .shape import Json

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
        places: dict[str, list[str]] = {}
        named = {**ids, **stated}
        for operation in found:
            places.setdefault(named[operation.place], []).append(operation.place)
        for name in sorted({ids[operation.place] for operation in shared}):
            lines.append(f"{' and '.join(places[name])} would be named {name}, and are called by their paths")
        ids |= {each.place: _spelled(_group(each), longer(each, ids[each.place].partition(".")[2])) for each in shared}
    named = {**ids, **stated}
    return {operation.place: named[operation.place] for operation in found}, tuple(lines)


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
    """From the summary, of a sentence what it begins with; else what a person would call this method on this path.

    `Create a refund` is `create_refund`, and so is `Creates a refund.`
    """
    sentence = re.split(r"[.!?:;\n](?:\s|$)", operation.node.get("summary", "").strip(), maxsplit=1)[0]
    first, *others = snake_case(sentence).split("_")
    words = [_imperative(first) if others else first, *(word for word in others[:-1] if word not in _ARTICLES)]
    # `vitamin A` ends with no article.
    words += others[-1:]
    while len("_".join(words)) > _LONGEST and len(words) > 1:
        words.pop()
    return "_".join(words) or from_path(
        operation.method, operation.path.partition("#")[0], snake_case(_group(operation))
    )


def _imperative(word: str) -> str:
    """`creates` → `create`; a word that is no verb stays."""
    forms = (word.removesuffix("s"), word.removesuffix("es"), f"{word.removesuffix('ies')}y")
    return next((form for form in forms if word.endswith("s") and form in VERBS), word)


def _by_path(operation: shape.Operation, name: str) -> str:
    """`list_items` at `/orders/{id}/items` → `list_items_of_order`, unless nothing of the path is new."""
    said = set(one_each(name.split("_")))
    words = [word for part in parts(operation.path) if "{" not in part for word in snake_case(part).split("_")]
    added = [word for word in one_each(words) if word not in said]
    by = [snake_case(part) for part in odd_paths.placeholders(operation.path)[-1:]]
    tail = ["of", *added] if added else ["by", *by] if by else []
    return "_".join([name, *[word for word in tail if word]])


def _by_method_and_path(operation: shape.Operation, name: str) -> str:
    return "_".join(filter(None, (operation.method, snake_case(operation.path.partition("#")[0])))) or name


def _by_digest(operation: shape.Operation, name: str) -> str:
    # However long the name is, what tells it from another stays at its end.
    return f"{name[:80]}_{hashlib.sha256(operation.place.encode()).hexdigest()[:8]}"
