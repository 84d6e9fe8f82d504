"""Use of a storage over time."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import attrs

from ..decode import list_of, model_of
from .schema import Schema, getter, received_as
from .training_job_metric import TrainingJobMetric

__all__ = ["StorageMetrics"]


@attrs.frozen(kw_only=True)
class StorageMetrics(Schema):
    """Use of a storage over time."""

    usage_bytes: list[TrainingJobMetric]
    """Storage in use in bytes."""
    utilization: list[TrainingJobMetric]
    """Share of the storage in use as a fraction."""

    @classmethod
    def from_dict(cls, received: Mapping[str, Any]) -> StorageMetrics:
        """Read it from decoded JSON. A field that is missing reads as None; unknown ones are kept."""
        get = getter(received)
        schema = cls(
            usage_bytes=list_of(lambda item: model_of(TrainingJobMetric, item), get("usage_bytes")),
            utilization=list_of(lambda item: model_of(TrainingJobMetric, item), get("utilization")),
            additional_properties=cls._unknown(received),
        )
        return received_as(schema, received)
