"""The objects of the stand-in Baseten, each with the wire form that its API shows."""

from __future__ import annotations

from typing import Any

import attrs

from lowcodeapi_baseten.testing.progress import Progress

TEAM = "Local team"
PRODUCTION = "production"


def default_autoscaling() -> dict[str, Any]:
    """Baseten's defaults: replicas, seconds, percent."""
    return {
        "min_replica": 0,
        "max_replica": 1,
        "autoscaling_window": 60,
        "scale_down_delay": 900,
        "concurrency_target": 1,
        "target_utilization_percentage": 70,
        "target_in_flight_tokens": None,
        "max_scale_down_rate": None,
    }


def default_promotion_settings() -> dict[str, Any]:
    """Baseten's defaults."""
    return {
        "redeploy_on_promotion": False,
        "rolling_deploy": False,
        "promotion_cleanup_strategy": "SCALE_TO_ZERO",
        "rolling_deploy_config": None,
        "ramp_up_while_promoting": False,
        "ramp_up_duration_seconds": 600,
    }


def instance_type() -> dict[str, Any]:
    """The only instance type."""
    return {
        "id": "1x4",
        "name": "1x4",
        "memory_limit_mib": 4096,
        "millicpu_limit": 1000,
        "gpu_count": 0,
        "gpu_type": None,
        "gpu_memory_limit_mib": None,
    }


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
        return {
            "id": self.id,
            "created_at": self.created_at,
            "name": self.name,
            "deployments_count": self.deployments_count,
            "team_name": TEAM,
        }


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
    autoscaling: dict[str, Any] = attrs.field(factory=default_autoscaling)

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
    autoscaling: dict[str, Any] = attrs.field(factory=default_autoscaling)
    promotion_settings: dict[str, Any] = attrs.field(factory=default_promotion_settings)


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
        return {
            "prefix": self.prefix,
            "name": self.name,
            "type": self.type,
            "model_ids": self.model_ids,
            "team_name": TEAM,
        }
