"""Log lines of a training job."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import attrs

from ..decode import list_of, model_of
from .log import Log
from .schema import Schema, getter, received_as

__all__ = ["GetLogsResponse"]


@attrs.frozen(kw_only=True)
class GetLogsResponse(Schema):
    """Log lines of a training job."""

    logs: list[Log]
    """The lines, in the order asked for."""

    @classmethod
    def from_dict(cls, received: Mapping[str, Any]) -> GetLogsResponse:
        """Read it from decoded JSON. A field that is missing reads as None; unknown ones are kept."""
        get = getter(received)
        schema = cls(
            logs=list_of(lambda item: model_of(Log, item), get("logs")),
            additional_properties=cls._unknown(received),
        )
        return received_as(schema, received)
