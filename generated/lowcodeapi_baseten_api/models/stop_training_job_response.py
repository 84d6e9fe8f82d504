"""A training job that was told to stop."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import attrs

from ..decode import model_of
from .schema import Schema, getter, received_as
from .training_job import TrainingJob

__all__ = ["StopTrainingJobResponse"]


@attrs.frozen(kw_only=True)
class StopTrainingJobResponse(Schema):
    """A training job that was told to stop."""

    training_job: TrainingJob
    """The training job."""

    @classmethod
    def from_dict(cls, received: Mapping[str, Any]) -> StopTrainingJobResponse:
        """Read it from decoded JSON. A field that is missing reads as None; unknown ones are kept."""
        get = getter(received)
        schema = cls(
            training_job=model_of(TrainingJob, get("training_job")),
            additional_properties=cls._unknown(received),
        )
        return received_as(schema, received)
