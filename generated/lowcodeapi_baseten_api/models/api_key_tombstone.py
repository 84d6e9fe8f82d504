"""An API key that was deleted."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import attrs

from .schema import Schema, getter, received_as

__all__ = ["APIKeyTombstone"]


@attrs.frozen(kw_only=True)
class APIKeyTombstone(Schema):
    """An API key that was deleted."""

    prefix: str
    """Prefix of the key."""

    @classmethod
    def from_dict(cls, received: Mapping[str, Any]) -> APIKeyTombstone:
        """Read it from decoded JSON. A field that is missing reads as None; unknown ones are kept."""
        get = getter(received)
        schema = cls(
            prefix=get("prefix"),
            additional_properties=cls._unknown(received),
        )
        return received_as(schema, received)
