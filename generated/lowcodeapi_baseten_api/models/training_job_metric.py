"""One figure at one time."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any

import attrs

from ..decode import date_time
from .schema import Schema, getter, received_as

__all__ = ["TrainingJobMetric"]


@attrs.frozen(kw_only=True)
class TrainingJobMetric(Schema):
    """One figure at one time."""

    value: float
    """The figure, in the unit of the list that it is in."""
    timestamp: datetime.datetime
    """When it was measured, ISO 8601."""

    @classmethod
    def from_dict(cls, received: Mapping[str, Any]) -> TrainingJobMetric:
        """Read it from decoded JSON. A field that is missing reads as None; unknown ones are kept."""
        get = getter(received)
        schema = cls(
            value=get("value"),
            timestamp=date_time(get("timestamp")),
            additional_properties=cls._unknown(received),
        )
        return received_as(schema, received)
