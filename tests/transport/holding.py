"""Searches everything that can be reached from an object for a secret, such as all that a recorder keeps."""

from __future__ import annotations

import types
from typing import Any

_LEAVES = (
    int,
    float,
    complex,
    type(None),
    type,
    types.ModuleType,
    types.FunctionType,
    types.BuiltinFunctionType,
    types.MethodType,
    types.CodeType,
)


def holds(thing: Any, secret: str, most: int = 50_000) -> str | None:
    """The place of the secret, as a path of attributes; None if it is nowhere."""
    seen: set[int] = set()
    kept: list[Any] = []  # or an id may be reused by another object
    waiting: list[tuple[str, Any]] = [("it", thing)]
    while waiting and len(seen) < most:
        path, it = waiting.pop()
        if id(it) in seen or isinstance(it, _LEAVES):
            continue
        seen.add(id(it))
        kept.append(it)
        if isinstance(it, (bytes, bytearray, memoryview)):
            if secret.encode() in bytes(it):
                return path
        elif isinstance(it, str):
            if secret in str.__str__(it):
                return path
        else:
            waiting += _parts(path, it)
    return None


def _parts(path: str, it: Any) -> list[tuple[str, Any]]:
    if isinstance(it, dict):
        return [(f"{path}[{key!r:.40}]", part) for key, value in it.items() for part in (key, value)]
    if isinstance(it, (list, tuple, set, frozenset)):
        return [(f"{path}[{number}]", part) for number, part in enumerate(it)]
    slots = [_mangled(cls, name) for cls in type(it).__mro__ for name in _names(getattr(cls, "__slots__", ()))]
    found = {**getattr(it, "__dict__", {}), **{name: getattr(it, name, None) for name in slots}}
    return [(f"{path}.{name}", value) for name, value in found.items()]


def _names(slots: Any) -> list[str]:
    return [slots] if isinstance(slots, str) else list(slots)


def _mangled(cls: type, name: str) -> str:
    return f"_{cls.__name__.lstrip('_')}{name}" if name.startswith("__") and not name.endswith("__") else name
