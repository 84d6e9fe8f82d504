"""The logs and metrics of a training job, computed from its step alone: the same every time."""

from __future__ import annotations

from typing import Any

from .baseten import Baseten, handles, time_of
from .objects import Job
from .training import find_job, show_job
from .upstream import Call, integer, invalid

STARTED_MILLIS = 1_767_225_600_000
"""2026-01-01T00:00:00Z: the time of the first line of every job."""
STEP_MILLIS = 10_000
_DEFAULT_LIMIT, _MAX_LIMIT = 500, 1000
_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR")


def _lines(job: Job) -> list[tuple[int, str, str]]:
    """(nanoseconds since the epoch, level, message), oldest first. Some share a millisecond, as real ones do."""
    lines = [(STARTED_MILLIS * 1_000_000, "INFO", f"Starting training job {job.id}")]
    for step in range(1, job.step + 1):
        start = (STARTED_MILLIS + step * STEP_MILLIS) * 1_000_000
        lines += [
            (start, "INFO", f"step={step} loss={4 / (step + 1):.4f}"),
            (start + 250_000, "DEBUG", f"step={step} learning_rate=0.0001"),
            (start + 500_000_000, "WARNING" if step % 4 == 0 else "INFO", f"step={step} took 10.0 s"),
        ]
    return lines


@handles("training.get_logs")
def get_logs(baseten: Baseten, call: Call) -> Any:
    job = find_job(baseten, call)
    job.look()
    direction = call.query.get("direction", "desc")
    if direction not in ("asc", "desc"):
        raise invalid("direction must be asc or desc")
    limit = integer(call, "limit", _DEFAULT_LIMIT, 1, _MAX_LIMIT)
    first, last = _window(call)
    min_level = call.query.get("min_level", "DEBUG")
    if min_level not in _LEVELS:
        raise invalid(f"min_level must be one of {', '.join(_LEVELS)}")
    shown = [
        {"timestamp": str(nanos), "message": message, "replica": "0", "request_id": None, "level": level}
        for nanos, level, message in _lines(job)
        if first <= nanos // 1_000_000 < last and _LEVELS.index(level) >= _LEVELS.index(min_level)
    ]
    if direction == "desc":
        shown.reverse()
    return {"logs": shown[:limit]}


@handles("training.get_metrics")
def get_metrics(baseten: Baseten, call: Call) -> Any:
    job = find_job(baseten, call)
    job.look()
    first, last = _window(call)
    moments = [STARTED_MILLIS + step * STEP_MILLIS for step in range(job.step + 1)]
    moments = [moment for moment in moments if first <= moment < last]

    def series(base: float, growth: float) -> list[dict[str, Any]]:
        return [
            {"value": base + growth * index, "timestamp": time_of(moment // 1000)}
            for index, moment in enumerate(moments)
        ]

    storage = {"usage_bytes": series(1e9, 1e8), "utilization": series(0.1, 0.01)}
    metrics = {
        "gpu_memory_usage_bytes": {"0": series(8e9, 0)},
        "gpu_utilization": {"0": series(0.9, 0.005)},
        "cpu_usage": series(0.5, 0.01),
        "cpu_memory_usage_bytes": series(2e9, 1e7),
        "ephemeral_storage": storage,
    }
    return {
        **metrics,
        "training_job": show_job(baseten, job),
        "cache": storage,
        "per_node_metrics": [{"node_id": "node-0", "metrics": metrics}],
    }


def _window(call: Call) -> tuple[int, int]:
    """[start, end) in milliseconds since the epoch."""
    first = integer(call, "start_epoch_millis", 0, 0, None)
    last = integer(call, "end_epoch_millis", 2**63, 0, None)
    if last < first:
        raise invalid("end_epoch_millis must not be before start_epoch_millis")
    return first, last
