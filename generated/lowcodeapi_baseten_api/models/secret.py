"""A secret, without its value."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any

import attrs

from ..decode import date_time
from .schema import Schema, getter, received_as

__all__ = ["Secret"]


@attrs.frozen(kw_only=True)
class Secret(Schema):
    """A secret, without its value."""

    id: str
    """ID of the secret."""
    created_at: datetime.datetime
    """When the secret was created, ISO 8601."""
    name: str
    """Name of the secret."""
    team_name: str
    """Name of the team that owns the secret."""

    @classmethod
    def from_dict(cls, received: Mapping[str, Any]) -> Secret:
        """Read it from decoded JSON. A field that is missing reads as None; unknown ones are kept."""
        get = getter(received)
        schema = cls(
            id=get("id"),
            created_at=date_time(get("created_at")),
            name=get("name"),
            team_name=get("team_name"),
            additional_properties=cls._unknown(received),
        )
        return received_as(schema, received)
