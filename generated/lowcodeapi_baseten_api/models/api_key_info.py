"""An API key, without the key itself."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import attrs

from ..decode import enum_of
from .api_key_category import APIKeyCategory
from .schema import Schema, getter, received_as

__all__ = ["APIKeyInfo"]


@attrs.frozen(kw_only=True)
class APIKeyInfo(Schema):
    """An API key, without the key itself."""

    prefix: str
    """First characters of the key, by which it is named."""
    name: str | None = None
    """Name of the key, null if it has none."""
    type: APIKeyCategory | str
    """Kind of key."""
    model_ids: list[str] | None = None
    """IDs of the models the key may invoke, null for no such limit."""
    team_name: str | None = None
    """Name of the team the key belongs to, null if it belongs to none."""

    @classmethod
    def from_dict(cls, received: Mapping[str, Any]) -> APIKeyInfo:
        """Read it from decoded JSON. A field that is missing reads as None; unknown ones are kept."""
        get = getter(received)
        schema = cls(
            prefix=get("prefix"),
            name=get("name"),
            type=enum_of(APIKeyCategory, get("type")),
            model_ids=get("model_ids"),
            team_name=get("team_name"),
            additional_properties=cls._unknown(received),
        )
        return received_as(schema, received)
