"""A deployment of a model."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any

import attrs

from ..decode import date_time, enum_of, model_of
from .autoscaling_settings import AutoscalingSettings
from .deployment_status import DeploymentStatus
from .schema import Schema, getter, received_as

__all__ = ["Deployment"]


@attrs.frozen(kw_only=True)
class Deployment(Schema):
    """A deployment of a model."""

    id: str
    """ID of the deployment."""
    created_at: datetime.datetime
    """When the deployment was created, ISO 8601."""
    name: str
    """Name of the deployment."""
    model_id: str
    """ID of the model."""
    is_production: bool
    """True if the deployment serves production."""
    is_development: bool
    """True if this is the development deployment."""
    status: DeploymentStatus | str
    """State of the deployment."""
    active_replica_count: int
    """Replicas that run now."""
    autoscaling_settings: AutoscalingSettings | None
    """Autoscaling settings, null until the deployment is complete."""
    instance_type_name: str | None
    """Name of the instance type the deployment runs on."""
    environment: str | None
    """Name of the environment the deployment serves, null if it serves none."""
    labels: dict[str, Any] | None = None
    """The user's own labels, name to value."""

    @classmethod
    def from_dict(cls, received: Mapping[str, Any]) -> Deployment:
        """Read it from decoded JSON. A field that is missing reads as None; unknown ones are kept."""
        get = getter(received)
        schema = cls(
            id=get("id"),
            created_at=date_time(get("created_at")),
            name=get("name"),
            model_id=get("model_id"),
            is_production=get("is_production"),
            is_development=get("is_development"),
            status=enum_of(DeploymentStatus, get("status")),
            active_replica_count=get("active_replica_count"),
            autoscaling_settings=model_of(AutoscalingSettings, get("autoscaling_settings")),
            instance_type_name=get("instance_type_name"),
            environment=get("environment"),
            labels=get("labels"),
            additional_properties=cls._unknown(received),
        )
        return received_as(schema, received)
