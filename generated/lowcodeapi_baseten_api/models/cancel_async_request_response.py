"""Outcome of cancelling an asynchronous request."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import attrs

from .schema import Schema, getter, received_as

__all__ = ["CancelAsyncRequestResponse"]


@attrs.frozen(kw_only=True)
class CancelAsyncRequestResponse(Schema):
    """Outcome of cancelling an asynchronous request."""

    request_id: str
    """ID of the asynchronous request."""
    canceled: bool
    """True if the request was cancelled, false if it was no longer queued."""
    message: str
    """The outcome in words."""

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
