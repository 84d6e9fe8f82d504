"""Compare the answers of an operation: statuses, content types, envelope, paging, fields."""

from __future__ import annotations

from collections.abc import Iterator

import attrs

from ..document.shape import Json
from .finding import Change
from .prepare import Node
from .schemas import Schemas, beside
from .sentence import MISSING
from .shape import Shape, named, reference, shape

_ENVELOPE = frozenset({"data", "error", "message", "provider", "headers", "response_headers"})
_PAGES = frozenset(
    {"next", "next_page", "next_page_token", "page_token", "next_cursor", "cursor", "has_more", "pagination", "paging"}
    | {"next_url", "page_info"}
)


def answers(old: Node, new: Node, schemas: Schemas) -> Iterator[Change]:
    """Yield the changes in an operation's answers."""
    before, after = old.node["responses"], new.node["responses"]
    if schemas.same(before, after):
        return
    both = [(status, status) for status in sorted(before.keys() & after.keys())]
    for status in sorted(before.keys() ^ after.keys()):
        kind = "success" if status.startswith("2") else "error"
        spot = Change(f"response-{kind}-status", new.place, ("responses", status))
        yield spot.came_or_went(status, is_new=status in after)
    success = [[status for status in side if status.startswith("2")] for side in (before, after)]
    if len(success[0]) == len(success[1]) == 1 and success[0] != success[1]:
        # One success status replaced another: compare their bodies too.
        both.append((success[0][0], success[1][0]))
    for was, status in both:
        spot = Change("response-property", new.place, ("responses", status), was_at=("responses", was))
        yield from _response(before[was], after[status], spot, schemas)


def _response(old: Json, new: Json, spot: Change, schemas: Schemas) -> Iterator[Change]:
    if schemas.same(old, new):
        return
    names = named(old), named(new)
    if any(names):
        old = schemas.old_answers.get(names[0], {}) if names[0] else old
        new = schemas.new_answers.get(names[1], {}) if names[1] else new
        for change in _response(old, new, spot, schemas):
            is_one = names[0] == names[1] and not change.origin
            # A shared answer: report it once for all operations and statuses that use it.
            yield attrs.evolve(change, origin=("responses", str(names[1]), *change.at[2:])) if is_one else change
        return
    before, after = old.get("content", {}), new.get("content", {})
    if bool(before) != bool(after):
        what = "response-body-added" if after else "response-body-removed"
        yield Change(what, spot.place, (*spot.at, "content"), words={"status": spot.at[-1]})
    else:
        for media_type in sorted(before.keys() ^ after.keys()):
            there = Change("response-content-type", spot.place, (*spot.at, "content", media_type))
            yield there.came_or_went(media_type, is_new=media_type in after)
    for media_type in sorted(before.keys() & after.keys()):
        inner = spot.into("", "content", media_type)
        sides = before[media_type].get("schema", {}), after[media_type].get("schema", {})
        yield from _body(*sides, inner.into("", "schema"), schemas)
        yield from beside(before[media_type], after[media_type], inner, "schema")
    yield from beside(old, new, spot, "content")


def _body(old: Json, new: Json, spot: Change, schemas: Schemas) -> Iterator[Change]:
    before, after = shape(old, schemas.old), shape(new, schemas.new)
    keys = _envelope(before), _envelope(after)
    if keys[0] != keys[1]:
        yield attrs.evolve(spot, id="envelope-changed", old=keys[0] or "none", new=keys[1] or "none")
        old, new = before.properties.get(keys[0], old), after.properties.get(keys[1], new)
        steps = [("properties", key) if key else () for key in keys]
        spot = attrs.evolve(spot, at=(*spot.at, *steps[1]), was_at=(*(spot.was_at or ()), *steps[0]))
    yield from _paging(old, new, spot, schemas)
    yield from schemas.compare(old, new, spot)


def _paging(old: Json, new: Json, spot: Change, schemas: Schemas) -> Iterator[Change]:
    """Yield a change if a list became paged, or is no longer paged."""
    before, after = shape(old, schemas.old), shape(new, schemas.new)
    pages = [min(_PAGES & view.properties.keys(), default=MISSING) for view in (before, after)]
    if _is_list(before) and _is_list(after) and MISSING in pages and pages[0] != pages[1]:
        what = "list-became-paged" if pages[0] is MISSING else "list-became-unpaged"
        name = reference(new)
        origin = (name,) if name is not None and name == reference(old) else ()
        yield attrs.evolve(spot, id=what, old=pages[0], new=pages[1], origin=origin)


def _is_list(view: Shape) -> bool:
    """True for a bare list, and for an object that holds one."""
    return "array" in (view.types or ()) or any("array" in str(node.get("type")) for node in view.properties.values())


def _envelope(view: Shape) -> str:
    """The key that holds the payload; empty if there is no envelope."""
    keys = view.properties.keys()
    if {"result", "provider"} <= keys:
        return "result"
    return "data" if "data" in keys and keys <= _ENVELOPE else ""
