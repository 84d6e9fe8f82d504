"""The objects of the stand-in Baseten, each with the wire form that its API shows, and their progress."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import attrs

TEAM = "Local team"
PRODUCTION = "production"
_ENDS = ("SUCCEEDED", "FAILED", "EXPIRED", "CANCELED", "WEBHOOK_FAILED")
CREATED, DEPLOYING, RUNNING, STOPPED, COMPLETED = (
    f"TRAINING_JOB_{name}" for name in ("CREATED", "DEPLOYING", "RUNNING", "STOPPED", "COMPLETED")
)
STEPS = 8
"""Looks until a running job completes."""


@attrs.define
class Progress:
    """A status, and the statuses that will follow.

    The first look shows the first status; every later look moves one step, then shows. So the status last seen stays
    true until somebody looks again.
    """

    status: str
    coming: list[str] = attrs.field(factory=list)
    seen: bool = False

    def begin(self, status: str, *coming: str) -> None:
        """Takes on a status at once, and the coming ones with further looks."""
        self.status, self.coming, self.seen = status, list(coming), False

    def look(self) -> str:
        """Moves one step if it is time, and returns the status."""
        if self.seen and self.coming:
            self.status = self.coming.pop(0)
        self.seen = True
        return self.status

    def is_over(self) -> bool:
        """True if the last status has been shown."""
        return self.seen and not self.coming


AUTOSCALING: Mapping[str, tuple[int | None, int]] = {
    "min_replica": (0, 0),
    "max_replica": (1, 1),
    "autoscaling_window": (60, 10),
    "scale_down_delay": (900, 0),
    "concurrency_target": (1, 1),
    "target_utilization_percentage": (70, 1),
    "target_in_flight_tokens": (None, 1),
    "max_scale_down_rate": (None, 1),
}
"""The default of each setting, and the lowest value that an update may give: replicas, seconds, percent."""


_AUTOSCALING: dict[str, Any] = {name: default for name, (default, _) in AUTOSCALING.items()}
_PROMOTION_SETTINGS: dict[str, Any] = {
    "redeploy_on_promotion": False,
    "rolling_deploy": False,
    "promotion_cleanup_strategy": "SCALE_TO_ZERO",
    "rolling_deploy_config": None,
    "ramp_up_while_promoting": False,
    "ramp_up_duration_seconds": 600,
}
INSTANCE_TYPE: Mapping[str, Any] = {
    "id": "1x4",
    "name": "1x4",
    "memory_limit_mib": 4096,
    "millicpu_limit": 1000,
    "gpu_count": 0,
    "gpu_type": None,
    "gpu_memory_limit_mib": None,
}
"""The only instance type."""


@attrs.define
class Model:
    """A model. :class:`~.baseten.Baseten` keeps its deployments and environments."""

    id: str
    created_at: str
    name: str


@attrs.define
class Chain:
    """A chain."""

    id: str
    created_at: str
    name: str
    deployments_count: int = 1

    def show(self) -> dict[str, Any]:
        """``Chain``."""
        return {**attrs.asdict(self), "team_name": TEAM}


@attrs.define
class Deployment:
    """A deployment; ``progress.status`` is a ``DeploymentStatus``."""

    id: str
    created_at: str
    name: str
    model_id: str
    progress: Progress = attrs.field(factory=lambda: Progress("ACTIVE"))
    environment: str | None = None
    is_development: bool = False
    autoscaling: dict[str, Any] = attrs.field(factory=_AUTOSCALING.copy)

    @property
    def status(self) -> str:
        """The current status; reading it here is no look."""
        return self.progress.status

    def activate(self) -> None:
        """Starts it, unless it runs or is on its way."""
        if self.status in ("INACTIVE", "FAILED", "DEACTIVATING"):
            self.progress.begin("DEPLOYING", "LOADING_MODEL", "ACTIVE")

    def deactivate(self) -> None:
        """Stops it, unless it is stopped or on its way."""
        if self.status not in ("INACTIVE", "DEACTIVATING"):
            self.progress.begin("DEACTIVATING", "INACTIVE")

    def wake(self) -> None:
        """Wakes it if it is scaled to zero."""
        if self.status == "SCALED_TO_ZERO":
            self.progress.begin("WAKING_UP", "ACTIVE")

    def look(self) -> dict[str, Any]:
        """``Deployment``; moves its status one step."""
        self.progress.look()
        return self.show()

    def show(self) -> dict[str, Any]:
        """``Deployment``."""
        return {
            "id": self.id,
            "created_at": self.created_at,
            "name": self.name,
            "model_id": self.model_id,
            "is_production": self.environment == PRODUCTION,
            "is_development": self.is_development,
            "status": self.status,
            "active_replica_count": max(1, self.autoscaling["min_replica"]) if self.status == "ACTIVE" else 0,
            "autoscaling_settings": dict(self.autoscaling),
            "instance_type_name": "1x4",
            "environment": self.environment,
            "labels": {},
        }


@attrs.define
class Environment:
    """An environment of a model. ``current`` and ``candidate`` are ids of deployments."""

    name: str
    created_at: str
    model_id: str
    current: str | None = None
    candidate: str | None = None
    promotion: Progress | None = None
    scale_down_previous: bool = True
    autoscaling: dict[str, Any] = attrs.field(factory=_AUTOSCALING.copy)
    promotion_settings: dict[str, Any] = attrs.field(factory=_PROMOTION_SETTINGS.copy)


@attrs.define
class Secret:
    """A secret. The API shows everything but its value."""

    id: str
    created_at: str
    name: str
    value: str = attrs.field(repr=False)

    def show(self) -> dict[str, Any]:
        """``Secret``."""
        return {"id": self.id, "created_at": self.created_at, "name": self.name, "team_name": TEAM}


@attrs.define
class APIKey:
    """An API key. The key itself is shown once, when it is made, and not kept."""

    prefix: str
    name: str | None
    type: str
    model_ids: list[str] | None = None

    def show(self) -> dict[str, Any]:
        """``APIKeyInfo``."""
        return {**attrs.asdict(self), "team_name": TEAM}


@attrs.define
class AsyncRequest:
    """One asynchronous prediction. ``progress.status`` is its current status."""

    id: str
    model_id: str
    deployment_id: str
    created_at: str
    model_input: Any
    webhook_endpoint: str | None
    progress: Progress = attrs.field(factory=lambda: Progress("QUEUED", ["IN_PROGRESS"]))
    webhook_status: str = "NO_WEBHOOK_PROVIDED"
    status_at: str = ""
    errors: list[dict[str, str]] = attrs.field(factory=list)
    is_claimed: bool = False
    """True once somebody carries it out, so that it never happens twice."""

    @property
    def is_done(self) -> bool:
        return self.progress.status in _ENDS

    def become(self, status: str, now: str) -> None:
        """Takes on a status for good."""
        self.progress.begin(status)
        self.status_at = now

    def show(self) -> dict[str, Any]:
        """``AsyncRequestStatus``."""
        return {
            "request_id": self.id,
            "model_id": self.model_id,
            "deployment_id": self.deployment_id,
            "status": self.progress.status,
            "webhook_status": self.webhook_status,
            "created_at": self.created_at,
            "status_at": self.status_at,
            "errors": list(self.errors),
        }


@attrs.define
class Checkpoint:
    """A checkpoint: its id, the size in bytes of each of its files, and the job's step that writes it."""

    id: str
    files: dict[str, int]
    step: int = 0


@attrs.define
class Project:
    """A training project."""

    id: str
    name: str
    created_at: str
    updated_at: str


@attrs.define
class Job:
    """A training job. ``step`` counts the looks at it while it ran: logs and metrics grow with it."""

    id: str
    project_id: str
    name: str
    created_at: str
    updated_at: str
    progress: Progress
    checkpoints: list[Checkpoint] = attrs.field(factory=list)
    step: int = 0

    def written(self) -> list[Checkpoint]:
        """The checkpoints written so far."""
        return [checkpoint for checkpoint in self.checkpoints if checkpoint.step <= self.step]

    def look(self) -> None:
        """Moves it one step: every status and log and metrics request is a look."""
        was_running = self.progress.status == RUNNING and self.progress.seen
        self.progress.look()
        if was_running:
            self.step += 1


def starting(*first: str) -> Progress:
    """A job's way through its statuses, from the first one given to COMPLETED."""
    return Progress(first[0], [*first[1:], *[RUNNING] * (STEPS - 1), COMPLETED])
