"""Compare two versions of an operation: its routes, its request, its answers, and its other keys."""

from __future__ import annotations

from collections.abc import Iterator

from ..document.shape import Json
from ..package import effects
from ..repair.paths import PLACEHOLDER as _PLACEHOLDER
from .answers import answers
from .finding import Change
from .prepare import Node
from .request import request
from .schemas import Schemas
from .sentence import MISSING, Words
from .shape import differing, same, spaced

_TEXTS = ("summary", "description", "externalDocs")
_APART = frozenset(
    {"parameters", "requestBody", "responses", "tags", "deprecated", "security", "servers", "operationId"}
    | {"x-routes", "x-safety", "x-timeout", "x-api-endpoint", *effects.MARKS, *_TEXTS}
)


def operation(old: Node, new: Node, schemas: Schemas, documents: frozenset[str]) -> Iterator[Change]:
    """Yield the changes of an operation that both versions have. `documents` are those that both versions have."""
    yield from _routes(old, new, documents)
    yield from request(old, new, schemas)
    yield from answers(old, new, schemas)
    yield from _about(old, new)


def _routes(old: Node, new: Node, documents: frozenset[str]) -> Iterator[Change]:
    for format_name, document in (("new", "openapi"), ("old", "definition")):
        before, after = old.routes.get(format_name), new.routes.get(format_name)
        words = (("format", Words(format_name)),)
        if before and after:
            for key, what in (("path", "operation-path-changed"), ("method", "operation-method-changed")):
                # The name of a placeholder in a path is never sent.
                if _PLACEHOLDER.sub("{}", before[key]) != _PLACEHOLDER.sub("{}", after[key]):
                    values = (before[key], after[key]) if key == "path" else (before[key].upper(), after[key].upper())
                    yield Change(what, new.place, (), *values, words=words, document=document)
        elif document not in documents:
            # The whole document is gone or new: one finding covers all its operations.
            continue
        elif before:
            yield Change("route-lost", new.place, (), old=old.route(format_name), words=words, document=document)
        elif after:
            yield Change("route-gained", new.place, (), new=new.route(format_name), words=words, document=document)


def _about(old: Node, new: Node) -> Iterator[Change]:
    place = new.place
    if bool(old.node.get("deprecated")) != bool(new.node.get("deprecated")):
        what = "operation-deprecated" if new.node.get("deprecated") else "operation-undeprecated"
        yield Change(what, place, ("deprecated",))
    yield from _effects(old, new)
    for key, what in (
        ("x-timeout", "deadline-changed"),
        ("x-api-endpoint", "upstream-endpoint-changed"),
        ("tags", "operation-tags-changed"),
        ("security", "security-requirement-changed"),
        ("servers", "server-url-changed"),
    ):
        values = old.node.get(key, MISSING), new.node.get(key, MISSING)
        if not same(*values):
            yield Change(what, place, (_ORIGINAL.get(key, key),), *values)
    for key in _TEXTS:
        values = spaced(old.node.get(key, MISSING)), spaced(new.node.get(key, MISSING))
        if not same(*values):
            yield Change("operation-text-changed", place, (key,), *values, field=key)
    for key, was, now in differing(old.node, new.node, _APART):
        yield Change("operation-changed", place, (key,), was, now, key)


_ORIGINAL = {"x-api-endpoint": "externalDocs"}


def _effects(old: Node, new: Node) -> Iterator[Change]:
    before, after = effects.safety(old), effects.safety(new)
    if before != after:
        is_looser = effects.SAFETY.index(after) < effects.SAFETY.index(before)
        yield Change(
            "safety-class-loosened" if is_looser else "safety-class-tightened", new.place, ("x-safety",), before, after
        )
    for mark in effects.MARKS:
        marks = effects.has(old, mark), effects.has(new, mark)
        if marks[0] != marks[1]:
            yield Change(f"{mark.removeprefix('x-')}-mark-changed", new.place, (mark,), *marks)


def summary(node: Node) -> Json:
    """A short form of an operation: the value in the finding when it is added or removed."""
    found = {"summary": node.node.get("summary"), "new": node.route("new"), "old": node.route("old")}
    return {key: value for key, value in found.items() if value}
