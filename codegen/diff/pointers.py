"""Translate a place in the paired document into JSON pointers into the original documents."""

from __future__ import annotations

from typing import Any

from ..document.reading import json_pointer
from ..document.shape import Json
from .finding import NOWHERE, Change
from .prepare import Prepared

_LONGEST_CHAIN = 20
_FORMATS = {"openapi": "new", "definition": "old"}


def pointers(change: Change, old: Prepared, new: Prepared) -> dict[str, dict[str, str | None]]:
    """A pointer into each document of each version, as deep as the document goes; None if it lacks the operation."""
    was_place = change.was_place or change.place
    was_at = change.was_at if change.was_at is not None else change.at
    return {
        "old": _of_version(old, was_place, was_at, change.document),
        "new": _of_version(new, change.place, change.at, change.document),
    }


def targets(change: Change, old: Prepared, new: Prepared) -> dict[str, str]:
    """The place to look in each document of the new version, as deep as it goes, references followed.

    For an operation that is gone, its former place.
    """
    found = {}
    for name, document in new.source.documents.items():
        if document is not None and change.document in (None, name):
            here, there = _keys(new, change.place, change.at, name), _keys(old, change.place, change.at, name)
            keys = here if here is not None else there
            if keys is not None:
                found[name] = _walked(document, keys, follow=True)
    return found


def _keys(version: Prepared, place: str | None, at: tuple[str, ...], name: str) -> tuple[str, ...] | None:
    """The keys that lead there in a document; None if it has no route to the operation."""
    if place is None or at[:1] == ("components",):
        return at
    route = version.nodes[place].routes.get(_FORMATS[name]) if place in version.nodes else None
    return None if route is None else ("paths", route["path"], route["method"], *at)


def _of_version(version: Prepared, place: str | None, at: tuple[str, ...], only: str | None) -> dict[str, str | None]:
    result = dict(NOWHERE)
    for name in result:
        document = version.source.documents[name]
        keys = _keys(version, place, at, name)
        if document is not None and only in (None, name) and keys is not None:
            result[name] = _walked(document, keys)
    return result


def _walked(document: Json, keys: tuple[str, ...], *, follow: bool = False) -> str:
    """The pointer along the keys, as far as the document goes. A parameter's key is `in:name`, its token an index.

    With `follow`, references are followed.
    """
    found: list[str] = []
    value: Any = document
    for key in keys:
        if follow and isinstance(value, dict) and key not in value:
            found, value = _followed(document, found, value)
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
    return json_pointer(found)


def _followed(document: Json, found: list[str], value: Any) -> tuple[list[str], Any]:
    """Follow a reference, and references it leads to. Without one, or if it leads nowhere, stay in place."""
    at, node = found, value
    for _ in range(_LONGEST_CHAIN):
        reference = node.get("$ref") if isinstance(node, dict) else None
        if not isinstance(reference, str) or not reference.startswith("#/components/"):
            return at, node
        at = reference.removeprefix("#/").split("/")
        node = document
        for key in at:
            node = node.get(key) if isinstance(node, dict) else None
        if node is None:
            return found, value
    return found, value


def _index(values: list[Any], key: str) -> int | None:
    if key.isdigit() and int(key) < len(values):
        return int(key)
    name = key.partition(":")[2]
    named = [index for index, value in enumerate(values) if isinstance(value, dict) and value.get("name") == name]
    return named[0] if named else None
