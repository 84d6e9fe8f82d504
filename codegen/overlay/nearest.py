"""Guess the new place of an overlay's target that matches nothing, and suggest the smallest edit."""

from __future__ import annotations

import re

from ..document.reading import METHODS, DocumentError, clipped
from ..document.shape import Json, Operation, operations
from ..repair.paths import PLACEHOLDER
from . import targets

_OPERATION = re.compile(r"\$\.paths\['([^']*)'\]\.(\w+)(.*)", re.DOTALL)
_LAST = re.compile(r"(.*?)(\.[\w-]+|\['[^']*'\]|\[[^\[\]]*\])", re.DOTALL)
_OR = "delete the action, or mark it `x-optional` with a reason"


def edit(target: str, document: Json) -> str:
    """The smallest edit that lets the action match, on one line."""
    match = _OPERATION.fullmatch(target)
    if match is None or match[2] not in METHODS:
        return f"mend the target, {_OR}"
    path, method, rest = match.groups()
    found = [each for each in operations(document) if (each.path, each.method) == (path, method)]
    if not found:
        return _moved(path, method, document)
    begun = f"$.paths['{path}'].{method}"
    return _deeper(begun, rest, document)


def _moved(path: str, method: str, document: Json) -> str:
    place = clipped(f"{method.upper()} {path}")
    here = [each for each in operations(document) if each.path == path]
    if here:
        others = ", ".join(each.method.upper() for each in here)
        return f"there is no {place}, only {others} of this path: {_OR}"
    like = [each for each in operations(document) if each.method == method and _likeness(each, path) > 0]
    like.sort(key=lambda each: (-_likeness(each, path), each.path))
    if like and _likeness(like[0], path) > (_likeness(like[1], path) if len(like) > 1 else 0):
        return (
            f"there is no {place}; if it is at {clipped(like[0].path)} now, write that path in the target, else {_OR}"
        )
    return f"there is no {place}: {_OR}"


def _likeness(operation: Operation, path: str) -> int:
    """Count equal parts at the end of two paths, ignoring names of parameters. 0 if more than one part differs."""
    one, other = (PLACEHOLDER.sub("{}", each).strip("/").split("/") for each in (operation.path, path))
    same = next(
        (count for count, (a, b) in enumerate(zip(reversed(one), reversed(other), strict=False)) if a != b),
        min(len(one), len(other)),
    )
    is_whole = same + 1 >= max(len(one), len(other)) and any(part != "{}" for part in one[len(one) - same :])
    return same if is_whole else 0


def _deeper(begun: str, rest: str, document: Json) -> str:
    """For an existing operation: the first missing part of the target, and the keys beside it."""
    while match := _LAST.match(rest):
        try:
            found = targets.found(begun + match[0], document)
        except DocumentError:
            break
        if not found:
            (holder, *_) = targets.found(begun, document)
            return f"there is no {clipped(match[0])} in it, {_beside(holder.obj)}: mend the target, or {_OR}"
        begun, rest = begun + match[0], rest[match.end() :]
    return f"mend the target, {_OR}"


def _beside(value: object) -> str:
    if isinstance(value, dict):
        return f"but {clipped(', '.join(value)) or 'nothing'}"
    if isinstance(value, list):
        names = [str(each.get("name", "?")) for each in value if isinstance(each, dict)]
        return f"but {clipped(', '.join(names)) or 'nothing'}"
    return f"but {clipped(repr(value))}"
