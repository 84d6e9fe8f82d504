"""A training project and its jobs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import attrs

from ..decode import list_of, model_of
from .schema import Schema, getter, received_as
from .training_job import TrainingJob
from .training_project import TrainingProject

__all__ = ["ListTrainingJobsResponse"]


@attrs.frozen(kw_only=True)
class ListTrainingJobsResponse(Schema):
    """A training project and its jobs."""

    training_project: TrainingProject
    """The training project."""
    training_jobs: list[TrainingJob]
    """The jobs of the project."""

    @classmethod
    def from_dict(cls, received: Mapping[str, Any]) -> ListTrainingJobsResponse:
        """Read it from decoded JSON. A field that is missing reads as None; unknown ones are kept."""
        get = getter(received)
        schema = cls(
            training_project=model_of(TrainingProject, get("training_project")),
            training_jobs=list_of(lambda item: model_of(TrainingJob, item), get("training_jobs")),
            additional_properties=cls._unknown(received),
        )
        return received_as(schema, received)
