"""A training project in short."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import attrs

from .schema import Schema, getter, received_as

__all__ = ["TrainingProjectSummary"]


@attrs.frozen(kw_only=True)
class TrainingProjectSummary(Schema):
    """A training project in short."""

    id: str
    """ID of the training project."""
    name: str
    """Name of the training project."""

    @classmethod
    def from_dict(cls, received: Mapping[str, Any]) -> TrainingProjectSummary:
        """Read it from decoded JSON. A field that is missing reads as None; unknown ones are kept."""
        get = getter(received)
        schema = cls(
            id=get("id"),
            name=get("name"),
            additional_properties=cls._unknown(received),
        )
        return received_as(schema, received)
