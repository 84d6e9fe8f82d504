"""One log line."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import attrs

from ..decode import enum_of
from .log_level import LogLevel
from .schema import Schema, getter, received_as

__all__ = ["Log"]


@attrs.frozen(kw_only=True)
class Log(Schema):
    """One log line."""

    timestamp: str
    """When the line was written, in epoch nanoseconds, as a string."""
    message: str
    """Text of the line."""
    replica: str | None
    """Replica that wrote the line, null if unknown."""
    request_id: str | None = None
    """ID of the inference request the line belongs to, null if there is none."""
    level: LogLevel | str | None = None
    """Severity of the line, null if it has none."""

    @classmethod
    def from_dict(cls, received: Mapping[str, Any]) -> Log:
        """Read it from decoded JSON. A field that is missing reads as None; unknown ones are kept."""
        get = getter(received)
        schema = cls(
            timestamp=get("timestamp"),
            message=get("message"),
            replica=get("replica"),
            request_id=get("request_id"),
            level=enum_of(LogLevel, get("level")),
            additional_properties=cls._unknown(received),
        )
        return received_as(schema, received)
