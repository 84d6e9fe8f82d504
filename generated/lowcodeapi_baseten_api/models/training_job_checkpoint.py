"""A checkpoint of a training job."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any

import attrs

from ..decode import date_time
from .schema import Schema, getter, received_as

__all__ = ["TrainingJobCheckpoint"]


@attrs.frozen(kw_only=True)
class TrainingJobCheckpoint(Schema):
    """A checkpoint of a training job."""

    checkpoint_id: str
    """ID of the checkpoint, unique within its job."""
    created_at: datetime.datetime
    """When the checkpoint was saved, ISO 8601."""
    checkpoint_type: str
    """Kind of checkpoint."""
    base_model: str | None
    """Model that was trained further, null if unknown."""
    lora_adapter_config: dict[str, Any] | None
    """LoRA settings of the checkpoint, null if it is no LoRA adapter."""
    size_bytes: int
    """Size of the checkpoint in bytes."""
    sync_status: str | None = None
    """How far the checkpoint has been copied, null if unknown."""
    training_job_id: str
    """ID of the training job that saved it."""

    @classmethod
    def from_dict(cls, received: Mapping[str, Any]) -> TrainingJobCheckpoint:
        """Read it from decoded JSON. A field that is missing reads as None; unknown ones are kept."""
        get = getter(received)
        schema = cls(
            checkpoint_id=get("checkpoint_id"),
            created_at=date_time(get("created_at")),
            checkpoint_type=get("checkpoint_type"),
            base_model=get("base_model"),
            lora_adapter_config=get("lora_adapter_config"),
            size_bytes=get("size_bytes"),
            sync_status=get("sync_status"),
            training_job_id=get("training_job_id"),
            additional_properties=cls._unknown(received),
        )
        return received_as(schema, received)
