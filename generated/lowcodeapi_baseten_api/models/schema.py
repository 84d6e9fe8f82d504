"""The base of every model."""

from __future__ import annotations

import copy
import datetime
import enum
from collections.abc import Callable, Mapping
from typing import Any, ClassVar, TypeVar

import attrs

from ..encode import written
from ..types import UNSET

S = TypeVar("S", bound="Schema")


@attrs.frozen(kw_only=True)
class Schema:
    """A structure that is sent or received. Immutable; `attrs.evolve` makes a changed copy.

    Attributes:
        additional_properties: Fields that this version doesn't know, by their name on the wire.
    """

    additional_properties: dict[str, Any] = attrs.field(factory=dict, repr=False)
    _structures: ClassVar[tuple[tuple[str, str], ...]] = ()
    """The class of each field that holds an object, or a list of them, by its name on the wire."""
    _received: Mapping[str, Any] | None = attrs.field(default=None, init=False, repr=False, eq=False)

    def to_dict(self) -> dict[str, Any]:
        """The object as received; for one made in Python, the mapping that it sends.

        Raises ValueError for a time without a time zone.
        """
        if self._received is not None:
            return copy.deepcopy(dict(self._received))
        named = {wire: getattr(self, name) for wire, name in attributes(type(self)).items()}
        sent = {wire: _plain(value, wire) for wire, value in named.items() if value is not UNSET}
        return {**sent, **self.additional_properties}

    @classmethod
    def _unknown(cls, received: Mapping[str, Any]) -> dict[str, Any]:
        known = attributes(cls)
        if received.keys() <= known.keys():
            return {}
        return {key: value for key, value in received.items() if key not in known}


def attributes(cls: type[Schema]) -> dict[str, str]:
    """Names on the wire → names of attributes."""
    if cls not in _KNOWN:
        own = [field for field in attrs.fields(cls) if not field.inherited]
        _KNOWN[cls] = {field.metadata.get("wire", field.name): field.name for field in own}
    return _KNOWN[cls]


_KNOWN: dict[type[Schema], dict[str, str]] = {}


def getter(received: Mapping[str, Any]) -> Callable[[str], Any]:
    """The field of a name, or None; untyped, since a received value may be anything."""
    return received.get


def received_as(schema: S, received: Mapping[str, Any]) -> S:
    """The same object, with the mapping it was read from."""
    object.__setattr__(schema, "_received", received)
    return schema


def masked(value: object) -> str:
    """The form of a secret in a `repr`."""
    return "'***'" if isinstance(value, str) else repr(value)


def _plain(value: Any, wire: str) -> Any:
    if isinstance(value, Schema):
        return value.to_dict()
    if isinstance(value, enum.Enum):
        return value.value
    if isinstance(value, (datetime.datetime, datetime.date)):
        return written(wire, value)
    if isinstance(value, Mapping):
        return {key: _plain(item, str(key)) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(item, wire) for item in value]
    return value
