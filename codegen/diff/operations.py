"""Compare two versions of an operation: its routes, its request, its answers, and its other keys."""

from __future__ import annotations

from collections.abc import Iterator

import attrs

from ..document.shape import Json
from ..package import effects
from ..repair.paths import PLACEHOLDER
from .answers import answers
from .finding import Change
from .prepare import FORMATS, Node
from .request import request
from .schemas import Schemas
from .sentence import Words
from .shape import differing

_KEYS = {
    "x-timeout": "deadline-changed",
    "x-api-endpoint": "upstream-endpoint-changed",
    "tags": "operation-tags-changed",
    "security": "security-requirement-changed",
    "servers": "server-url-changed",
    **dict.fromkeys(("summary", "description", "externalDocs"), "operation-text-changed"),
}
_APART = frozenset(
    {"parameters", "requestBody", "responses", "deprecated", "operationId", "x-routes", "x-safety", *effects.MARKS}
)


def operation(old: Node, new: Node, schemas: Schemas, documents: frozenset[str]) -> Iterator[Change]:
    """Yield the changes of an operation that both versions have. `documents` are those that both versions have."""
    yield from _routes(old, new, documents)
    yield from request(old, new, schemas)
    yield from answers(old, new, schemas)
    yield from _effects(old, new)
    for key, was, now in differing(old.node, new.node, _APART):
        what = _KEYS.get(key, "operation-changed")
        at = ("externalDocs" if key == "x-api-endpoint" else key,)
        field = key if what in ("operation-text-changed", "operation-changed") else ""
        yield Change(what, new.place, at, was, now, field)


def _routes(old: Node, new: Node, documents: frozenset[str]) -> Iterator[Change]:
    for document, format_name in FORMATS.items():
        before, after = old.routes.get(format_name), new.routes.get(format_name)
        spot = Change("operation", new.place, words={"format": Words(format_name)}, document=document)
        if before and after:
            # The name of a placeholder in a path is never sent.
            if PLACEHOLDER.sub("{}", before["path"]) != PLACEHOLDER.sub("{}", after["path"]):
                yield spot.told("path-changed", before["path"], after["path"])
            if before["method"] != after["method"]:
                yield spot.told("method-changed", before["method"].upper(), after["method"].upper())
        elif document not in documents:
            # The whole document is gone or new: one finding covers all its operations.
            continue
        elif before:
            yield attrs.evolve(spot, id="route-lost", old=old.route(format_name))
        elif after:
            yield attrs.evolve(spot, id="route-gained", new=new.route(format_name))


def _effects(old: Node, new: Node) -> Iterator[Change]:
    if bool(old.node.get("deprecated")) != bool(new.node.get("deprecated")):
        yield Change(
            "operation-deprecated" if new.node.get("deprecated") else "operation-undeprecated",
            new.place,
            ("deprecated",),
        )
    before, after = effects.safety(old), effects.safety(new)
    if before != after:
        how = "loosened" if effects.SAFETY.index(after) < effects.SAFETY.index(before) else "tightened"
        yield Change(f"safety-class-{how}", new.place, ("x-safety",), before, after)
    for mark in effects.MARKS:
        marks = effects.has(old, mark), effects.has(new, mark)
        if marks[0] != marks[1]:
            yield Change(f"{mark.removeprefix('x-')}-mark-changed", new.place, (mark,), *marks)


def summary(node: Node) -> Json:
    """A short form of an operation: the value in the finding when it is added or removed."""
    found = {"summary": node.node.get("summary"), "new": node.route("new"), "old": node.route("old")}
    return {key: value for key, value in found.items() if value}
