"""A chain of models."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any

import attrs

from ..decode import date_time
from .schema import Schema, getter, received_as

__all__ = ["Chain"]


@attrs.frozen(kw_only=True)
class Chain(Schema):
    """A chain of models."""

    id: str
    """ID of the chain."""
    created_at: datetime.datetime
    """When the chain was created, ISO 8601."""
    name: str
    """Name of the chain."""
    deployments_count: int
    """Number of deployments the chain has."""
    team_name: str
    """Name of the team that owns the chain."""

    @classmethod
    def from_dict(cls, received: Mapping[str, Any]) -> Chain:
        """Read it from decoded JSON. A field that is missing reads as None; unknown ones are kept."""
        get = getter(received)
        schema = cls(
            id=get("id"),
            created_at=date_time(get("created_at")),
            name=get("name"),
            deployments_count=get("deployments_count"),
            team_name=get("team_name"),
            additional_properties=cls._unknown(received),
        )
        return received_as(schema, received)
