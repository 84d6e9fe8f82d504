"""A model."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any

import attrs

from ..decode import date_time
from .schema import Schema, getter, received_as

__all__ = ["Model"]


@attrs.frozen(kw_only=True)
class Model(Schema):
    """A model."""

    id: str
    """ID of the model."""
    created_at: datetime.datetime
    """When the model was created, ISO 8601."""
    name: str
    """Name of the model."""
    deployments_count: int
    """Number of deployments the model has."""
    production_deployment_id: str | None
    """ID of the deployment that serves production, null if none does."""
    development_deployment_id: str | None
    """ID of the development deployment, null if there is none."""
    instance_type_name: str
    """Name of the instance type that the production deployment runs on."""
    team_name: str
    """Name of the team that owns the model."""

    @classmethod
    def from_dict(cls, received: Mapping[str, Any]) -> Model:
        """Read it from decoded JSON. A field that is missing reads as None; unknown ones are kept."""
        get = getter(received)
        schema = cls(
            id=get("id"),
            created_at=date_time(get("created_at")),
            name=get("name"),
            deployments_count=get("deployments_count"),
            production_deployment_id=get("production_deployment_id"),
            development_deployment_id=get("development_deployment_id"),
            instance_type_name=get("instance_type_name"),
            team_name=get("team_name"),
            additional_properties=cls._unknown(received),
        )
        return received_as(schema, received)
