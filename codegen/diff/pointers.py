"""JSON pointers into the documents as they were given, for a place in the paired document."""

from __future__ import annotations

from typing import Any

from .finding import NOWHERE, Change
from .prepare import Prepared
from .source import Json

_FORMATS = {"openapi": "new", "definition": "old"}


def pointers(change: Change, old: Prepared, new: Prepared) -> dict[str, dict[str, str | None]]:
    """For the old and the new version, a pointer into each document: as deep as the document goes, None where it has
    nothing of it."""
    was_place = change.was_place or change.place
    was_at = change.was_at if change.was_at is not None else change.at
    return {
        "old": _of_version(old, was_place, was_at, change.document),
        "new": _of_version(new, change.place, change.at, change.document),
    }


def _of_version(version: Prepared, place: str | None, at: tuple[str, ...], only: str | None) -> dict[str, str | None]:
    result = dict(NOWHERE)
    is_top = place is None or at[:1] == ("components",)
    for name in result:
        document = version.source.documents[name]
        if document is None or only not in (None, name):
            continue
        if is_top:
            result[name] = _walked(document, at)
        elif place in version.nodes:
            route = version.nodes[place].routes.get(_FORMATS[name])
            if route is not None:
                result[name] = _walked(document, ("paths", route["path"], route["method"], *at))
    return result


def pointer(keys: tuple[str, ...]) -> str:
    """Keys as an RFC 6901 pointer."""
    return "".join("/" + key.replace("~", "~0").replace("/", "~1") for key in keys)


def _walked(document: Json, keys: tuple[str, ...]) -> str:
    """As far along the keys as the document goes. A parameter is known by `in:name`; its place is its number."""
    found: list[str] = []
    value: Any = document
    for key in keys:
        if isinstance(value, list):
            index = _index(value, key)
            if index is None:
                break
            found.append(str(index))
            value = value[index]
        elif isinstance(value, dict) and key in value:
            found.append(key)
            value = value[key]
        else:
            break
    return pointer(tuple(found))


def _index(values: list[Any], key: str) -> int | None:
    if key.isdigit() and int(key) < len(values):
        return int(key)
    name = key.partition(":")[2]
    named = [index for index, value in enumerate(values) if isinstance(value, dict) and value.get("name") == name]
    return named[0] if named else None
