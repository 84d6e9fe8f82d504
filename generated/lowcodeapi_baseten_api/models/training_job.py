"""A training job."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any

import attrs

from ..decode import date_time, enum_of, model_of
from .checkpoint_sync_status import CheckpointSyncStatus
from .instance_type import InstanceType
from .schema import Schema, getter, received_as
from .training_project_summary import TrainingProjectSummary
from .user import User
from .v1_availability_model import V1AvailabilityModel

__all__ = ["TrainingJob"]


@attrs.frozen(kw_only=True)
class TrainingJob(Schema):
    """A training job."""

    id: str
    """ID of the training job."""
    created_at: datetime.datetime
    """When the job was created, ISO 8601."""
    current_status: str
    """State of the job. Baseten does not list the possible values."""
    error_message: str | None = None
    """Why the job failed, null if it did not."""
    instance_type: InstanceType
    """Instance type the job runs on."""
    updated_at: datetime.datetime
    """When the job last changed, ISO 8601."""
    training_project_id: str
    """ID of the training project."""
    training_project: TrainingProjectSummary
    """The training project in short."""
    name: str | None = None
    """Name of the job, null if it has none."""
    checkpoint_sync_status: CheckpointSyncStatus | str | None = None
    """Whether checkpoints are still being copied, null if unknown."""
    priority: int | None = None
    """Priority of the job."""
    availability_model: V1AvailabilityModel | str | None = None
    """Whether the job has its machines to itself or runs on spot capacity."""
    user: User | None = None
    """Who started the job, null if unknown."""

    @classmethod
    def from_dict(cls, received: Mapping[str, Any]) -> TrainingJob:
        """Read it from decoded JSON. A field that is missing reads as None; unknown ones are kept."""
        get = getter(received)
        schema = cls(
            id=get("id"),
            created_at=date_time(get("created_at")),
            current_status=get("current_status"),
            error_message=get("error_message"),
            instance_type=model_of(InstanceType, get("instance_type")),
            updated_at=date_time(get("updated_at")),
            training_project_id=get("training_project_id"),
            training_project=model_of(TrainingProjectSummary, get("training_project")),
            name=get("name"),
            checkpoint_sync_status=enum_of(CheckpointSyncStatus, get("checkpoint_sync_status")),
            priority=get("priority"),
            availability_model=enum_of(V1AvailabilityModel, get("availability_model")),
            user=model_of(User, get("user")),
            additional_properties=cls._unknown(received),
        )
        return received_as(schema, received)
