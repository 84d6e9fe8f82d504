"""A training job and its checkpoints."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import attrs

from ..decode import list_of, model_of
from .schema import Schema, getter, received_as
from .training_job import TrainingJob
from .training_job_checkpoint import TrainingJobCheckpoint

__all__ = ["GetTrainingJobCheckpointsResponse"]


@attrs.frozen(kw_only=True)
class GetTrainingJobCheckpointsResponse(Schema):
    """A training job and its checkpoints."""

    training_job: TrainingJob
    """The training job."""
    checkpoints: list[TrainingJobCheckpoint]
    """The checkpoints that the job has saved."""

    @classmethod
    def from_dict(cls, received: Mapping[str, Any]) -> GetTrainingJobCheckpointsResponse:
        """Read it from decoded JSON. A field that is missing reads as None; unknown ones are kept."""
        get = getter(received)
        schema = cls(
            training_job=model_of(TrainingJob, get("training_job")),
            checkpoints=list_of(lambda item: model_of(TrainingJobCheckpoint, item), get("checkpoints")),
            additional_properties=cls._unknown(received),
        )
        return received_as(schema, received)
