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
    """One log line.

    Attributes:
        timestamp: When the line was written, in epoch nanoseconds, as a string.
        message: Text of the line.
        replica: Replica that wrote the line, null if unknown.
        request_id: ID of the inference request the line belongs to, null if there is none.
        level: Severity of the line, null if it has none.
    """

    timestamp: str
    message: str
    replica: str | None
    request_id: str | None = None
    level: LogLevel | str | None = None

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
