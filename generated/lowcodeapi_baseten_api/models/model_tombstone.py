"""A model that was deleted."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import attrs

from .schema import Schema, getter, received_as

__all__ = ["ModelTombstone"]


@attrs.frozen(kw_only=True)
class ModelTombstone(Schema):
    """A model that was deleted."""

    id: str
    """ID of the model."""
    deleted: bool
    """True once the model is gone."""

    @classmethod
    def from_dict(cls, received: Mapping[str, Any]) -> ModelTombstone:
        """Read it from decoded JSON. A field that is missing reads as None; unknown ones are kept."""
        get = getter(received)
        schema = cls(
            id=get("id"),
            deleted=get("deleted"),
            additional_properties=cls._unknown(received),
        )
        return received_as(schema, received)
