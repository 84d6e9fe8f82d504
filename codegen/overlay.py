"""What the documents don't say: an OpenAPI Overlay 1.0, applied once, to the paired document.

Three keys of an action are ours: `x-was` states the value that the action replaces or removes, and must match;
`x-optional`, with a reason, lets an action find nothing; all else is Overlay 1.0.
"""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import attrs
import jsonpath
import yaml

from .documents import DocumentError
from .repair import Json


@attrs.frozen
class Action:
    """One action of an overlay, and its place in the file for messages."""

    place: str
    target: str
    update: Any
    is_removal: bool
    was: Any
    optional: str | None


_KEYS = frozenset({"target", "description", "update", "remove", "x-was", "x-optional"})


def load(path: Path) -> tuple[Action, ...]:
    """Read an overlay. A provider without one has no file, and no actions."""
    if not path.exists():
        return ()
    try:
        raw = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (yaml.YAMLError, UnicodeDecodeError, RecursionError) as error:
        raise DocumentError(f"{path.name}: no readable YAML: {' '.join(str(error).split())}") from None
    actions = raw.get("actions") if isinstance(raw, dict) else None
    if not isinstance(actions, list) or not str(raw.get("overlay", "")).startswith("1."):
        raise DocumentError(f"{path.name}: no OpenAPI Overlay 1.x: it needs `overlay: 1.0.0` and a list `actions`")
    return tuple(_action(node, f"{path.name}, action {index}") for index, node in enumerate(actions, start=1))


def _action(node: Any, place: str) -> Action:
    if not isinstance(node, dict) or not isinstance(node.get("target"), str):
        raise DocumentError(f"{place}: an action needs a `target`")
    place = f"{place} ({node['target']})"
    if unknown := sorted(str(key) for key in node.keys() - _KEYS):
        raise DocumentError(f"{place}: unknown key {', '.join(unknown)}")
    optional = node.get("x-optional")
    if optional is not None and not (isinstance(optional, str) and optional.strip()):
        raise DocumentError(f"{place}: `x-optional` takes the reason as its text")
    return Action(place, node["target"], node.get("update"), node.get("remove") is True, node.get("x-was"), optional)


def apply(document: Json, actions: tuple[Action, ...]) -> tuple[Json, tuple[str, ...]]:
    """Apply the actions in their order. Returns the new document, and what no longer fits, one line each.

    The document that was given stays as it is. Every misfit is found, not only the first: `generate` fails on any,
    `diff` reports them.
    """
    document = copy.deepcopy(document)
    misfits: list[str] = []
    for action in actions:
        try:
            matches = list(jsonpath.finditer(action.target, document))
        except jsonpath.JSONPathError as error:
            raise DocumentError(f"{action.place}: no readable JSONPath: {error}") from None
        if not matches and action.optional is None:
            misfits.append(f"{action.place}: fits nothing in the documents; mend the overlay or mark it `x-optional`")
        for match in matches:
            misfits += _apply_one(action, match)
    return document, tuple(misfits)


def _apply_one(action: Action, match: jsonpath.JSONPathMatch) -> list[str]:
    if action.is_removal:
        if action.was is None:
            return [f"{action.place}: removes something without saying in `x-was` what it was"]
        misfits = _unlike(action.was, match.obj, action.place)
        if not misfits and match.parent is not None:
            # The last part of the path is the key; the parent is a mapping or a list.
            parent: Any = match.parent.obj
            del parent[match.parts[-1]]
        return misfits
    return _merge(match.obj, action.update, action.was, action.place)


def _unlike(was: Any, found: Any, place: str) -> list[str]:
    """Where what is found is not what the overlay says it was (a part of it is enough)."""
    if isinstance(was, dict) and isinstance(found, dict):
        return [line for key, value in was.items() for line in _unlike(value, found.get(key), f"{place}.{key}")]
    return [] if was == found else [f"{place}: the documents say {found!r}, the overlay believes {was!r}"]


def _merge(target: Any, update: Any, was: Any, place: str) -> list[str]:
    """Merge an update into an object of the document; say where it replaces what it did not name."""
    if isinstance(target, list):
        target.append(copy.deepcopy(update))
        return []
    if not isinstance(target, dict) or not isinstance(update, dict):
        return [f"{place}: an update merges an object into an object"]
    misfits: list[str] = []
    for key, value in update.items():
        known = target.get(key)
        stated = was.get(key) if isinstance(was, dict) else None
        if isinstance(known, dict) and isinstance(value, dict):
            misfits += _merge(known, value, stated, f"{place}.{key}")
        elif isinstance(known, list) and isinstance(value, list):
            target[key] = known + copy.deepcopy(value)
        elif key not in target or known == value:
            target[key] = copy.deepcopy(value)
        elif stated is None:
            misfits.append(f"{place}.{key}: replaces {known!r} without saying so in `x-was`")
        elif stated != known:
            misfits.append(f"{place}.{key}: the documents say {known!r}, the overlay believes {stated!r}")
        else:
            target[key] = copy.deepcopy(value)
    return misfits
