"""The metrics of a training job as tidy rows: one figure per row, ready for pandas and polars."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from typing import Any, TypedDict

from lowcodeapi_baseten_api.models import (
    GetTrainingJobMetricsResponse,
    TrainingJobMetric,
    TrainingJobNodeMetrics,
)

from .fields import items, line, text

_PLAIN = ("cpu_usage", "cpu_memory_usage_bytes")
_BY_GPU = ("gpu_utilization", "gpu_memory_usage_bytes")
_STORAGE = ("usage_bytes", "utilization")


class MetricRow(TypedDict):
    """One figure at one time.

    `metric` is the name of Baseten's field, for storage "cache_usage_bytes" and the like. `node` is None for the whole
    job, `gpu` is None for figures of no single GPU. `time` stays text if it can't be read.
    """

    time: datetime.datetime | str
    metric: str
    node: str | None
    gpu: str | None
    value: float


class Metrics:
    """The metrics of a training job.

    Attributes:
        response: The unchanged answer.
    """

    def __init__(self, response: GetTrainingJobMetricsResponse) -> None:
        self.response = response

    def to_rows(self) -> list[MetricRow]:
        """One row per figure: `pandas.DataFrame(metrics.to_rows())`, `polars.DataFrame(metrics.to_rows())`.

        Values that are not numbers with a time have no row.
        """
        rows = list(_of(self.response, None))
        for node in items(self.response.per_node_metrics):
            if isinstance(node, TrainingJobNodeMetrics):
                rows.extend(_of(node.metrics, text(node.node_id)))
        return rows

    def __repr__(self) -> str:
        return f"<Metrics of {line(getattr(self.response.training_job, 'id', None))}>"


def _of(metrics: Any, node: str | None) -> Iterator[MetricRow]:
    for name in _BY_GPU:
        by_gpu = getattr(metrics, name, None)
        for gpu, series in by_gpu.items() if isinstance(by_gpu, dict) else ():
            yield from _rows(series, name, node, gpu)
    for name in _PLAIN:
        yield from _rows(getattr(metrics, name, None), name, node, None)
    for storage in ("ephemeral_storage", "cache"):
        for name in _STORAGE:
            series = getattr(getattr(metrics, storage, None), name, None)
            yield from _rows(series, f"{storage}_{name}", node, None)


def _rows(series: object, metric: str, node: str | None, gpu: str | None) -> Iterator[MetricRow]:
    for point in items(series):
        if not isinstance(point, TrainingJobMetric) or isinstance(point.value, bool):
            continue
        time: object = point.timestamp
        if isinstance(point.value, (int, float)) and isinstance(time, (str, datetime.datetime)):
            yield {"time": time, "metric": metric, "node": node, "gpu": gpu, "value": point.value}
