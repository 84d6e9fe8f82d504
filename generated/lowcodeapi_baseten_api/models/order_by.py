"""One field to sort training jobs by."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Required, TypedDict

import attrs

from .schema import Schema, getter, received_as

__all__ = ["OrderBy", "OrderByDict"]


@attrs.frozen(kw_only=True)
class OrderBy(Schema):
    """One field to sort training jobs by."""

    field: str
    """Name of the field."""
    order: str
    """Direction, asc or desc."""

    @classmethod
    def from_dict(cls, received: Mapping[str, Any]) -> OrderBy:
        """Read it from decoded JSON. A field that is missing reads as None; unknown ones are kept."""
        get = getter(received)
        schema = cls(
            field=get("field"),
            order=get("order"),
            additional_properties=cls._unknown(received),
        )
        return received_as(schema, received)


class OrderByDict(TypedDict, total=False):
    """`OrderBy` as a mapping."""

    field: Required[str]
    order: Required[str]
