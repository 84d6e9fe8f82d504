"""Receipt for an asynchronous request."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import attrs

from .schema import Schema, getter, received_as

__all__ = ["AsyncPredictResponse"]


@attrs.frozen(kw_only=True)
class AsyncPredictResponse(Schema):
    """Receipt for an asynchronous request."""

    request_id: str
    """ID of the asynchronous request."""

    @classmethod
    def from_dict(cls, received: Mapping[str, Any]) -> AsyncPredictResponse:
        """Read it from decoded JSON. A field that is missing reads as None; unknown ones are kept."""
        get = getter(received)
        schema = cls(
            request_id=get("request_id"),
            additional_properties=cls._unknown(received),
        )
        return received_as(schema, received)
