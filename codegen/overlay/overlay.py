"""Additions to the documents: an OpenAPI Overlay 1.0, applied once, to the paired document.

Three keys of an action are ours: `x-was` states the value that the action replaces or removes, and must match;
`x-optional`, with a reason, lets an action find nothing; all else is Overlay 1.0.
"""

from __future__ import annotations

import functools
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import attrs

from ..document.reading import DocumentError, clipped
from ..document.shape import Json, copied
from . import nearest, plain_yaml, targets


@attrs.frozen
class Action:
    """One action of an overlay, and its place in the file for messages."""

    place: str
    target: str
    update: Any
    is_removal: bool
    was: Any
    optional: str | None
    line: Callable[[Any, str], int] = attrs.field(default=lambda mapping, key: 0, eq=False, repr=False)
    """The line of a key of a mapping in the file; 0 if unknown."""


_KEYS = frozenset({"target", "description", "update", "remove", "x-was", "x-optional"})


def load(path: Path) -> tuple[Action, ...]:
    """Read an overlay. A provider without one has no file, and no actions."""
    return read(path.name, plain_yaml.text(path)) if path.exists() else ()


# Two versions mostly have one overlay, and to read it takes longer than to read the documents.
@functools.lru_cache(maxsize=8)
def read(name: str, text: str) -> tuple[Action, ...]:
    """Read the text of an overlay. `name` begins the error."""
    loaded = plain_yaml.read(text, name)
    raw = loaded.value
    actions = raw.get("actions") if isinstance(raw, dict) else None
    if not isinstance(actions, list) or not str(raw.get("overlay", "")).startswith("1."):
        raise DocumentError(f"{name}: no OpenAPI Overlay 1.x: it needs `overlay: 1.0.0` and a list `actions`")
    return tuple(
        attrs.evolve(action(node, f"{name}:{loaded.line(node)}, action {index}"), line=loaded.line)
        for index, node in enumerate(actions, start=1)
    )


def action(node: Any, place: str) -> Action:
    """One action of an overlay. Raises `DocumentError`, which begins with `place`, for anything else."""
    if not isinstance(node, dict) or not str(node.get("target")).startswith("$"):
        raise DocumentError(f"{place}: an action needs a `target`, a JSONPath that begins with $")
    place = f"{place} ({clipped(node['target'])})"
    if unknown := sorted(node.keys() - _KEYS):
        raise DocumentError(f"{place}: unknown key {', '.join(unknown)}")
    optional = node.get("x-optional")
    if optional is not None and not (isinstance(optional, str) and optional.strip()):
        raise DocumentError(f"{place}: `x-optional` takes the reason as its text")
    is_removal = node.get("remove", False)
    if not isinstance(is_removal, bool) or is_removal == ("update" in node):
        raise DocumentError(f"{place}: an action has either an `update` or `remove: true`")
    return Action(place, node["target"], node.get("update"), is_removal, node.get("x-was"), optional)


def apply(document: Json, actions: tuple[Action, ...]) -> tuple[Json, tuple[str, ...]]:
    """Apply the actions in their order. Returns the new document, and a line for each action that no longer fits.

    The given document stays unchanged. Every misfit is collected, not only the first: `generate` fails on any, `diff`
    reports them.
    """
    document = copied(document)
    misfits: list[str] = []
    for action in actions:
        try:
            matches = targets.found(action.target, document)
        except DocumentError as error:
            raise DocumentError(f"{action.place}: {error}") from None
        if not matches and action.optional is None:
            misfits.append(f"{action.place}: fits nothing in the documents; {nearest.edit(action.target, document)}")
        # From last to first: removing an item of a list moves only later ones.
        for match in reversed(matches):
            misfits += _apply_one(action, match)
    return document, tuple(misfits)


def _apply_one(action: Action, match: targets.Match) -> list[str]:
    misfits = _unlike(action, action.was, match.obj, action.place) if action.was is not None else []
    if misfits:
        return misfits
    if not action.is_removal:
        return _merge(action, match.obj, action.update, action.was, action.place)
    if action.was is None:
        return [f"{action.place}: removes something without saying in `x-was` what it was; {_state(match.obj)}"]
    if match.parent is None:
        return [f"{action.place}: removes the whole document"]
    # The last part of the path is the key; the parent is a mapping or a list.
    parent: Any = match.parent.obj
    del parent[match.parts[-1]]
    return []


def _unlike(action: Action, was: Any, found: Any, place: str, at: str = "") -> list[str]:
    """Describe differences between the found value and the overlay's `x-was` (which may be a part of it)."""
    if isinstance(was, dict) and isinstance(found, dict):
        return [
            line
            for key, value in was.items()
            for line in _unlike(action, value, found.get(key), f"{place}.{key}", _at(action, was, key) or at)
        ]
    if was == found:
        return []
    key = place.rpartition(".")[2]
    edit = f"write {_written(found)} there"
    if found is None:
        edit = f"take `{key}` out of `x-was` and of what follows from it"
    return [
        f"{place}: the documents say {clipped(repr(found))}, the overlay believes {clipped(repr(was))}{at}; "
        f"{edit}, if what the action does still holds, else delete the action"
    ]


def _at(action: Action, mapping: Any, key: str) -> str:
    line = action.line(mapping, key)
    return f" in line {line}" if line else ""


def _state(found: Any) -> str:
    return f"add `x-was: {_written(found)}`"


def _written(value: Any) -> str:
    """The value in the overlay's notation: JSON is YAML."""
    return clipped(json.dumps(value, ensure_ascii=False))


def _merge(action: Action, target: Any, update: Any, was: Any, place: str) -> list[str]:
    """Merge an update into an object of the document; report values that it replaces and `was` does not name."""
    if isinstance(target, list):
        target.append(copied(update))
        return []
    if not isinstance(target, dict) or not isinstance(update, dict):
        return [f"{place}: an update merges an object into an object"]
    misfits: list[str] = []
    for key, value in update.items():
        known = target.get(key)
        stated = was.get(key) if isinstance(was, dict) else None
        if isinstance(known, dict) and isinstance(value, dict):
            misfits += _merge(action, known, value, stated, f"{place}.{key}")
        elif isinstance(known, list) and isinstance(value, list):
            target[key] = known + copied(value)
        elif key not in target or known == value or stated is not None:
            target[key] = copied(value)
        else:
            said = f"replaces {clipped(repr(known))} without saying so in `x-was`{_at(action, update, key)}"
            misfits.append(f"{place}.{key}: {said}; {_state({key: known})}, or take `{key}` out of the update")
    return misfits
