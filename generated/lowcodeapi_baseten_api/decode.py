"""Received JSON → values. New fields and values never break reading: what can't be read stays as received."""

from __future__ import annotations

import datetime
import enum
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol

from .types import Operation, UnexpectedPayload


class FromDict(Protocol):
    """A class that reads itself from an object."""

    def from_dict(self, received: Mapping[str, Any]) -> Any: ...


def date_time(value: Any) -> Any:
    """An ISO 8601 date and time."""
    try:
        return datetime.datetime.fromisoformat(value) if isinstance(value, str) else value
    except ValueError:
        return value


def date(value: Any) -> Any:
    """An ISO 8601 date."""
    try:
        return datetime.date.fromisoformat(value) if isinstance(value, str) else value
    except ValueError:
        return value


def enum_of(cls: type[enum.Enum], value: Any) -> Any:
    """A member of an enum; an unknown value stays unchanged."""
    try:
        return cls(value)
    except ValueError:
        return value


def model_of(cls: FromDict, value: Any) -> Any:
    """An object of a class."""
    return cls.from_dict(value) if isinstance(value, dict) else value


def list_of(read: Callable[[Any], Any], value: Any) -> Any:
    """A list, each item read."""
    return [read(item) for item in value] if isinstance(value, list) else value


def map_of(read: Callable[[Any], Any], value: Any) -> Any:
    """An object with any keys, each value read."""
    return {key: read(item) for key, item in value.items()} if isinstance(value, dict) else value


def tagged(tag: str, classes: Mapping[Any, FromDict], value: Any) -> Any:
    """An object of the class for the value of its field `tag`; with another value it stays as received."""
    key = value.get(tag) if isinstance(value, dict) else None
    cls = classes.get(key) if isinstance(key, (str, int)) else None
    return value if cls is None else cls.from_dict(value)


def fitting(classes: Sequence[tuple[FromDict, Sequence[str]]], value: Any) -> Any:
    """An object of the first class whose required fields it has; without any it stays as received."""
    if not isinstance(value, dict):
        return value
    cls = next((cls for cls, required in classes if all(name in value for name in required)), None)
    return value if cls is None else cls.from_dict(value)


def result(operation: Operation, payload: Any) -> Any:
    """The payload of an operation, read into its class.

    Raises `UnexpectedPayload` if the payload is not the documented object or list.
    """
    if operation.result is None:
        return None
    if operation.result == "Any":
        return payload
    from . import models

    cls = getattr(models, operation.result)
    if operation.list_key is not None:
        items = payload.get(operation.list_key) if isinstance(payload, dict) else payload
        if not isinstance(items, list):
            raise UnexpectedPayload(
                f"{operation.id} answers a list, bare or under {operation.list_key}; got {_kind(payload)}"
            )
        return [model_of(cls, item) for item in items]
    if not isinstance(payload, dict):
        raise UnexpectedPayload(f"{operation.id} answers an object; got {_kind(payload)}")
    return cls.from_dict(payload)


def _kind(value: Any) -> str:
    names = {dict: "an object", list: "a list", str: "text", bytes: "bytes", bool: "a boolean", type(None): "null"}
    return names.get(type(value), "a number")
