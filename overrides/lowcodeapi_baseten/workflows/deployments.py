"""`client.deployments`, and waiting until one is active."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

from .driving import Clock, Steps
from .states import of_deployment
from .waiting import wait
from .watching import Watch

if TYPE_CHECKING:
    from lowcodeapi_baseten_api.models import Deployment


def until_active(
    get: Callable[..., Any],
    clock: Clock,
    model_id: str,
    deployment_id: str,
    *,
    on_change: Callable[[Any], Any] | None,
    **pace: Any,
) -> Steps[Deployment]:
    """Poll a deployment with `get` until it is active."""
    watch = Watch(f"deployment {deployment_id}", clock, **pace)
    look = partial(_look, get, model_id, deployment_id)
    deployment: Deployment = yield from wait(watch, look, of_deployment, on_change)
    return deployment


def _look(get: Callable[..., Any], model_id: str, deployment_id: str, seconds: float) -> Any:
    return get(model_id, deployment_id, timeout=seconds)
