"""Translate a place in the paired document into JSON pointers into the original documents."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from ..document.reading import json_pointer
from ..document.shape import Json
from .finding import Change
from .prepare import FORMATS, Prepared

_LONGEST_CHAIN = 20


def pointers(change: Change, old: Prepared, new: Prepared) -> dict[str, dict[str, str | None]]:
    """A pointer into each document of each version, as deep as the document goes; None if it lacks the operation."""
    was_place, was_at = change.was_place or change.place, change.at if change.was_at is None else change.was_at
    found: dict[str, dict[str, str | None]] = {"old": {}, "new": {}}
    for side, version, place, at in (("old", old, was_place, was_at), ("new", new, change.place, change.at)):
        for name in FORMATS:
            keys = None if change.document not in (None, name) else _keys([version], place, at, name)
            document = version.source.documents[name]
            found[side][name] = _pointer(document, keys) if document is not None and keys is not None else None
    return found


def targets(change: Change, old: Prepared, new: Prepared) -> dict[str, str]:
    """The place to look in each document of the new version, as deep as it goes, references followed.

    For an operation that is gone, its former place.
    """
    found = {}
    for name, document in new.source.documents.items():
        keys = None if change.document not in (None, name) else _keys([new, old], change.place, change.at, name)
        if document is not None and keys is not None:
            found[name] = _pointer(document, keys, follow=True)
    return found


def _keys(versions: Iterable[Prepared], place: str | None, at: tuple[str, ...], name: str) -> tuple[str, ...] | None:
    """The keys that lead there in a document of the first version that has a route to the operation; None if none."""
    if place is None or at[:1] == ("components",):
        return at
    routes = [version.nodes[place].routes.get(FORMATS[name]) for version in versions if place in version.nodes]
    return next((("paths", route["path"], route["method"], *at) for route in routes if route), None)


def _pointer(document: Json, keys: tuple[str, ...], *, follow: bool = False) -> str:
    """The pointer along the keys, as far as the document goes. With `follow`, references are followed."""
    found: list[str] = []
    value: Any = document
    for key in keys:
        step = _step(value, key)
        for _ in range(_LONGEST_CHAIN if follow and step is None else 0):
            reference = str(value.get("$ref")) if isinstance(value, dict) else ""
            parts = reference[2:].split("/") if reference.startswith("#/components/") else []
            target: Any = document
            for part in parts:
                target = target.get(part) if isinstance(target, dict) else None
            if not parts or target is None:
                break
            found, value = parts, target
            step = _step(value, key)
            if step is not None:
                break
        if step is None:
            break
        found, value = [*found, step[0]], step[1]
    return json_pointer(found)


def _step(value: Any, key: str) -> tuple[str, Any] | None:
    """The token of a key and what it leads to. A parameter's key is `in:name`, its token an index."""
    if isinstance(value, list):
        name = key.partition(":")[2]
        named = (str(index) for index, each in enumerate(value) if isinstance(each, dict) and each.get("name") == name)
        key = key if key.isdigit() else next(named, str(len(value)))
        return (key, value[int(key)]) if int(key) < len(value) else None
    return (key, value[key]) if isinstance(value, dict) and key in value else None
