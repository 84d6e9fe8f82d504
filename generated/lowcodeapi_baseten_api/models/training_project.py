"""A training project."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any

import attrs

from ..decode import date_time, model_of
from .schema import Schema, getter, received_as
from .training_job import TrainingJob

__all__ = ["TrainingProject"]


@attrs.frozen(kw_only=True)
class TrainingProject(Schema):
    """A training project."""

    id: str
    """ID of the training project."""
    name: str
    """Name of the training project."""
    created_at: datetime.datetime
    """When the project was created, ISO 8601."""
    updated_at: datetime.datetime
    """When the project last changed, ISO 8601."""
    team_name: str | None = None
    """Name of the team that owns the project, null if unknown."""
    latest_job: TrainingJob | None
    """The newest job of the project, null if it has none."""

    @classmethod
    def from_dict(cls, received: Mapping[str, Any]) -> TrainingProject:
        """Read it from decoded JSON. A field that is missing reads as None; unknown ones are kept."""
        get = getter(received)
        schema = cls(
            id=get("id"),
            name=get("name"),
            created_at=date_time(get("created_at")),
            updated_at=date_time(get("updated_at")),
            team_name=get("team_name"),
            latest_job=model_of(TrainingJob, get("latest_job")),
            additional_properties=cls._unknown(received),
        )
        return received_as(schema, received)
