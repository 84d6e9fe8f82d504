"""One error of an asynchronous request."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import attrs

from ..decode import enum_of
from .async_request_error_code import AsyncRequestErrorCode
from .schema import Schema, getter, received_as

__all__ = ["AsyncRequestError"]


@attrs.frozen(kw_only=True)
class AsyncRequestError(Schema):
    """One error of an asynchronous request."""

    code: AsyncRequestErrorCode | str
    """Kind of error."""
    message: str
    """The error in words."""

    @classmethod
    def from_dict(cls, received: Mapping[str, Any]) -> AsyncRequestError:
        """Read it from decoded JSON. A field that is missing reads as None; unknown ones are kept."""
        get = getter(received)
        schema = cls(
            code=enum_of(AsyncRequestErrorCode, get("code")),
            message=get("message"),
            additional_properties=cls._unknown(received),
        )
        return received_as(schema, received)
