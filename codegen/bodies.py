"""The body of an operation: which of its media types is sent, and what is in it."""

from __future__ import annotations

from collections.abc import Iterable

from . import pair
from .documents import clipped
from .shape import Json, Operation
from .tree import Media

_BY_TYPE: dict[str, Media] = {
    "application/x-www-form-urlencoded": "form",
    "multipart/form-data": "multipart",
}


def media(node: Json) -> Media:
    """How the body is sent. Beside JSON, forms go unread; beside either, uploads win, since only they carry files."""
    found = {_BY_TYPE.get(name, "json") for name in _content(node)}
    return "multipart" if "multipart" in found else "json" if "json" in found or not found else "form"


def schema(node: Json) -> Json:
    """What may be sent: the fields of every media type there is. Empty where the body may be anything."""
    found: Json = {}
    for each in _content(node).values():
        one = each.get("schema", {})
        found = pair.wider(found, one) if found and one else found or one
    return found


def has_one(node: Json) -> bool:
    """Whether there is a body at all."""
    return bool(_content(node))


def sent_otherwise(operations: Iterable[Operation]) -> tuple[str, ...]:
    """One line for each media type that no body is sent as, where there is none that one is sent as.

    And one for bodies of several media types that are not of one object.
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


def _is_sent(name: str) -> bool:
    """Whether a body of this media type is sent as such; JSON lines are one text, not JSON."""
    subtype = name.rpartition("/")[2]
    return name in _BY_TYPE or subtype in ("json", "*") or subtype.endswith("+json")


def _content(node: Json) -> Json:
    content: Json = node.get("requestBody", {}).get("content", {})
    return content
