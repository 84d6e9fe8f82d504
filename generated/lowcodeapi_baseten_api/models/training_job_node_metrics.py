"""Figures of one node of a training job."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import attrs

from ..decode import model_of
from .schema import Schema, getter, received_as
from .training_job_metrics import TrainingJobMetrics

__all__ = ["TrainingJobNodeMetrics"]


@attrs.frozen(kw_only=True)
class TrainingJobNodeMetrics(Schema):
    """Figures of one node of a training job."""

    node_id: str
    """ID of the node."""
    metrics: TrainingJobMetrics
    """The figures of the node."""

    @classmethod
    def from_dict(cls, received: Mapping[str, Any]) -> TrainingJobNodeMetrics:
        """Read it from decoded JSON. A field that is missing reads as None; unknown ones are kept."""
        get = getter(received)
        schema = cls(
            node_id=get("node_id"),
            metrics=model_of(TrainingJobMetrics, get("metrics")),
            additional_properties=cls._unknown(received),
        )
        return received_as(schema, received)
