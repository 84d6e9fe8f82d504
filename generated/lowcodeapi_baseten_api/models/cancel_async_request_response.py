"""Outcome of cancelling an asynchronous request."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import attrs

from .schema import Schema, getter, received_as

__all__ = ["CancelAsyncRequestResponse"]


@attrs.frozen(kw_only=True)
class CancelAsyncRequestResponse(Schema):
    """Outcome of cancelling an asynchronous request.

    Attributes:
        request_id: ID of the asynchronous request.
        canceled: True if the request was cancelled, false if it was no longer queued.
        message: The outcome in words.
    """

    request_id: str
    canceled: bool
    message: str

    @classmethod
    def from_dict(cls, received: Mapping[str, Any]) -> CancelAsyncRequestResponse:
        """Read it from decoded JSON. A field that is missing reads as None; unknown ones are kept."""
        get = getter(received)
        schema = cls(
            request_id=get("request_id"),
            canceled=get("canceled"),
            message=get("message"),
            additional_properties=cls._unknown(received),
        )
        return received_as(schema, received)
