"""A new API key."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import attrs

from .schema import Schema, getter, masked, received_as

__all__ = ["APIKey"]


@attrs.frozen(kw_only=True)
class APIKey(Schema):
    """A new API key."""

    api_key: str = attrs.field(repr=masked)
    """The whole key. It is shown this once."""

    @classmethod
    def from_dict(cls, received: Mapping[str, Any]) -> APIKey:
        """Read it from decoded JSON. A field that is missing reads as None; unknown ones are kept."""
        get = getter(received)
        schema = cls(
            api_key=get("api_key"),
            additional_properties=cls._unknown(received),
        )
        return received_as(schema, received)
