"""A training job made from an earlier one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import attrs

from ..decode import model_of
from .schema import Schema, getter, received_as
from .training_job import TrainingJob

__all__ = ["RecreateTrainingJobResponse"]


@attrs.frozen(kw_only=True)
class RecreateTrainingJobResponse(Schema):
    """A training job made from an earlier one."""

    training_job: TrainingJob
    """The new training job."""

    @classmethod
    def from_dict(cls, received: Mapping[str, Any]) -> RecreateTrainingJobResponse:
        """Read it from decoded JSON. A field that is missing reads as None; unknown ones are kept."""
        get = getter(received)
        schema = cls(
            training_job=model_of(TrainingJob, get("training_job")),
            additional_properties=cls._unknown(received),
        )
        return received_as(schema, received)
