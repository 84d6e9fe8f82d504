"""`client.environments`, and waiting for a promotion."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from .driving import Clock, Steps
from .states import of_promotion
from .waiting import wait
from .watching import Watch

if TYPE_CHECKING:
    from lowcodeapi_baseten_api.models import Environment


def until_promoted(
    get: Callable[..., Any],
    clock: Clock,
    model_id: str,
    env_name: str,
    deployment_id: str | None,
    on_change: Callable[[Any], Any] | None,
    **pace: Any,
) -> Steps[Environment]:
    watch = Watch(f"the promotion to {env_name}", clock, **pace)

    def look(seconds: float) -> Any:
        return get(model_id, env_name, timeout=seconds)

    environment: Environment = yield from wait(watch, look, of_promotion(deployment_id), on_change)
    return environment
