"""The body of an operation: the media type to send, and its schema."""

from __future__ import annotations

from collections.abc import Iterable

from ..document.reading import clipped
from ..document.shape import Json, Operation
from ..document.widening import wider
from .tree import Media
from .tree import Operation as Made

_BY_TYPE: dict[str, Media] = {
    "application/x-www-form-urlencoded": "form",
    "multipart/form-data": "multipart",
}


def media(node: Json, *, has_files: bool) -> Media:
    """The form in which the body is sent. JSON wins, unless a field is a file, which only an upload carries."""
    found = {_BY_TYPE.get(name, "json") for name in _content(node)}
    if "multipart" in found and (has_files or found == {"multipart"}):
        return "multipart"
    return "json" if "json" in found or not found else "form"


def schema(node: Json) -> Json:
    """The schema of the body: the fields of all media types. Empty if the body may be anything."""
    found: Json = {}
    for each in _content(node).values():
        one = each.get("schema", {})
        found = wider(found, one) if found and one else found or one
    return found


def has_one(node: Json) -> bool:
    """True if there is a body."""
    return bool(_content(node))


def sent_otherwise(operations: Iterable[Operation]) -> tuple[str, ...]:
    """Bodies not sent as the document says, one line each: those with no supported media type.

    Also bodies of several media types whose schemas are not of one object.
    """
    lines = []
    for operation in operations:
        several = [media.get("schema", {}) for media in _content(operation.node).values()]
        if len(several) > 1 and "anyOf" in (one := schema(operation.node)) and one not in several:
            names = " and ".join(clipped(name) for name in _content(operation.node))
            lines.append(f"{operation.place}: the bodies of {names} are of other types; the whole is one argument")
        others = [name for name in _content(operation.node) if not _is_sent(name)]
        if len(others) == len(_content(operation.node)):
            lines += [f"{operation.place}: the body is to be {clipped(name)}, and is sent as JSON" for name in others]
    return tuple(lines)


def fatal_uploads(operation: Made) -> Iterable[str]:
    """A line for each file in a field that the published server does not expect."""
    for field in operation.body:
        if field.wire != "file" and any(inner.kind == "file" for inner in field.type.walk()):
            yield f"{operation.id}: a file in the field {clipped(field.wire)}, which ends a published server's process"


def _is_sent(name: str) -> bool:
    """True if bodies of this media type can be sent; JSON lines are one text, not JSON."""
    subtype = name.rpartition("/")[2]
    return name in _BY_TYPE or subtype in ("json", "*") or subtype.endswith("+json")


def _content(node: Json) -> Json:
    content: Json = node.get("requestBody", {}).get("content", {})
    return content
