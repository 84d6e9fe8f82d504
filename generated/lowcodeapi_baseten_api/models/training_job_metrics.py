"""Figures of one node over time."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import attrs

from ..decode import list_of, map_of, model_of
from .schema import Schema, getter, received_as
from .storage_metrics import StorageMetrics
from .training_job_metric import TrainingJobMetric

__all__ = ["TrainingJobMetrics"]


@attrs.frozen(kw_only=True)
class TrainingJobMetrics(Schema):
    """Figures of one node over time."""

    gpu_memory_usage_bytes: dict[str, list[TrainingJobMetric]]
    """GPU memory in use in bytes, by rank of the GPU."""
    gpu_utilization: dict[str, list[TrainingJobMetric]]
    """Share of the GPU in use as a fraction, by rank of the GPU."""
    cpu_usage: list[TrainingJobMetric]
    """CPU in use in cores."""
    cpu_memory_usage_bytes: list[TrainingJobMetric]
    """Memory in use in bytes."""
    ephemeral_storage: StorageMetrics
    """Use of the ephemeral storage."""

    @classmethod
    def from_dict(cls, received: Mapping[str, Any]) -> TrainingJobMetrics:
        """Read it from decoded JSON. A field that is missing reads as None; unknown ones are kept."""
        get = getter(received)
        schema = cls(
            gpu_memory_usage_bytes=map_of(
                lambda item: list_of(lambda item1: model_of(TrainingJobMetric, item1), item),
                get("gpu_memory_usage_bytes"),
            ),
            gpu_utilization=map_of(
                lambda item: list_of(lambda item1: model_of(TrainingJobMetric, item1), item), get("gpu_utilization")
            ),
            cpu_usage=list_of(lambda item: model_of(TrainingJobMetric, item), get("cpu_usage")),
            cpu_memory_usage_bytes=list_of(
                lambda item: model_of(TrainingJobMetric, item), get("cpu_memory_usage_bytes")
            ),
            ephemeral_storage=model_of(StorageMetrics, get("ephemeral_storage")),
            additional_properties=cls._unknown(received),
        )
        return received_as(schema, received)
