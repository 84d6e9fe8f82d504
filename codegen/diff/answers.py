"""Compare the answers of an operation: statuses, content types, envelope, paging, fields."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import attrs

from ..document.shape import Json
from .finding import Change
from .prepare import Node
from .schemas import Schemas, Spot, beside
from .sentence import MISSING
from .shape import Shape, content, reference, schema_of, shape

_ENVELOPE = frozenset({"data", "error", "message", "provider", "headers", "response_headers"})
_PAGES = frozenset(
    {"next", "next_page", "next_page_token", "page_token", "next_cursor", "cursor", "has_more", "pagination", "paging"}
    | {"next_url", "page_info"}
)


def answers(old: Node, new: Node, schemas: Schemas) -> Iterator[Change]:
    """Yield the changes in an operation's answers."""
    before, after = _responses(old), _responses(new)
    if schemas.same(before, after):
        return
    renumbered = _renumbered(before, after)
    for status in sorted(before.keys() | after.keys()):
        kind = "success" if status.startswith("2") else "error"
        if status not in after:
            yield Change(f"response-{kind}-status-removed", new.place, ("responses", status), old=status)
        elif status not in before:
            yield Change(f"response-{kind}-status-added", new.place, ("responses", status), new=status)
        else:
            yield from _response(before[status], after[status], status, status, new.place, schemas)
    if renumbered:
        # One success status replaced another: compare their bodies too.
        was, now = renumbered
        yield from _response(before[was], after[now], was, now, new.place, schemas)


def _renumbered(before: Json, after: Json) -> tuple[str, str] | None:
    success = [[status for status in side if status.startswith("2")] for side in (before, after)]
    is_exchange = len(success[0]) == len(success[1]) == 1 and success[0] != success[1]
    return (success[0][0], success[1][0]) if is_exchange else None


def _response(old: Any, new: Any, was: str, status: str, place: str, schemas: Schemas) -> Iterator[Change]:
    if schemas.same(old, new):
        return
    names = [each.get("$ref", "").rpartition("/")[2] if isinstance(each, dict) else "" for each in (old, new)]
    if any(names):
        old, new = schemas.old_answers.get(names[0], old), schemas.new_answers.get(names[1], new)
        for change in _response(old, new, was, status, place, schemas):
            is_one = names[0] == names[1] and not change.origin
            # A shared answer: report it once for all operations and statuses that use it.
            yield attrs.evolve(change, origin=("responses", names[1], *change.at[2:])) if is_one else change
        return
    at, was_at = ("responses", status), ("responses", was)
    before, after = content(old), content(new)
    if bool(before) != bool(after):
        what = "response-body-added" if after else "response-body-removed"
        yield Change(what, place, (*at, "content"), words=(("status", status),))
    else:
        for media_type in sorted(before.keys() - after.keys()):
            yield Change("response-content-type-removed", place, (*at, "content", media_type), old=media_type)
        for media_type in sorted(after.keys() - before.keys()):
            yield Change("response-content-type-added", place, (*at, "content", media_type), new=media_type)
    for media_type in sorted(before.keys() & after.keys()):
        inner = ("content", media_type, "schema")
        spot = Spot(place, (*at, *inner), "", "response-property", "answer", (*was_at, *inner))
        yield from _body(schema_of(before[media_type]), schema_of(after[media_type]), spot, schemas)
        around = Spot(place, (*at, "content", media_type), "", "response-property")
        yield from beside(before[media_type], after[media_type], around, {"schema"})
    yield from beside(old, new, Spot(place, at, "", "response-property"), {"content"})


def _body(old: Any, new: Any, spot: Spot, schemas: Schemas) -> Iterator[Change]:
    before, after = shape(old, schemas.old), shape(new, schemas.new)
    envelopes = _envelope(before), _envelope(after)
    if envelopes[0] != envelopes[1]:
        yield Change("envelope-changed", spot.place, spot.at, *envelopes, was_at=spot.was_at)
        steps = [() if key == "none" else ("properties", key) for key in envelopes]
        inner = [
            view.properties.get(key) if key != "none" else schema
            for view, key, schema in ((before, envelopes[0], old), (after, envelopes[1], new))
        ]
        spot = attrs.evolve(spot, at=(*spot.at, *steps[1]), was_at=(*(spot.was_at or spot.at), *steps[0]))
        yield from _payload(inner[0], inner[1], spot, schemas)
    else:
        yield from _payload(old, new, spot, schemas)


def _payload(old: Any, new: Any, spot: Spot, schemas: Schemas) -> Iterator[Change]:
    yield from paging(old, new, spot, schemas)
    yield from schemas.compare(old, new, spot)


def paging(old: Any, new: Any, spot: Spot, schemas: Schemas) -> Iterator[Change]:
    """Yield a change if a list became paged, or is no longer paged."""
    before, after = shape(old, schemas.old), shape(new, schemas.new)
    name = reference(new)
    origin = (name,) if name is not None and name == reference(old) else spot.origin
    pages = [sorted(_PAGES & view.properties.keys()) for view in (before, after)]
    if _is_list(before) and _is_list(after) and bool(pages[0]) != bool(pages[1]):
        what = "list-became-paged" if pages[1] else "list-became-unpaged"
        first = [side[0] if side else MISSING for side in pages]
        yield Change(what, spot.place, spot.at, first[0], first[1], was_at=spot.was_at, origin=origin)


def _is_list(view: Shape) -> bool:
    """True for a bare list, and for an object that holds one."""
    if view.types is not None and "array" in view.types:
        return True
    return any(isinstance(node, dict) and "array" in str(node.get("type")) for node in view.properties.values())


def _envelope(view: Shape) -> str:
    """The key that holds the payload, or "none"."""
    keys = view.properties.keys()
    if {"result", "provider"} <= keys:
        return "result"
    return "data" if "data" in keys and keys <= _ENVELOPE else "none"


def _responses(node: Node) -> Json:
    responses = node.node.get("responses")
    return {str(key): value for key, value in responses.items()} if isinstance(responses, dict) else {}
