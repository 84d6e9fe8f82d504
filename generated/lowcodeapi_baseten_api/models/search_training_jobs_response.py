"""The training jobs that a search found."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import attrs

from ..decode import list_of, model_of
from .schema import Schema, getter, received_as
from .training_job import TrainingJob

__all__ = ["SearchTrainingJobsResponse"]


@attrs.frozen(kw_only=True)
class SearchTrainingJobsResponse(Schema):
    """The training jobs that a search found."""

    training_jobs: list[TrainingJob]
    """The jobs found."""

    @classmethod
    def from_dict(cls, received: Mapping[str, Any]) -> SearchTrainingJobsResponse:
        """Read it from decoded JSON. A field that is missing reads as None; unknown ones are kept."""
        get = getter(received)
        schema = cls(
            training_jobs=list_of(lambda item: model_of(TrainingJob, item), get("training_jobs")),
            additional_properties=cls._unknown(received),
        )
        return received_as(schema, received)
