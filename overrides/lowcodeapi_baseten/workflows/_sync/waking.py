# Generated from _async/waking.py by `python -m codegen unasync`: change that, and run it again.
"""Wake a deployment before load: find it, wake it, wait until it is active."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from lowcodeapi_baseten_api.models import Deployment, DeploymentStatus

from ...errors import InvalidParameterError
from ..errors import WaitFailedError
from ..fields import id_of, of
from ..states import of_deployment
from .waiting import Watch

PRODUCTION = "production"


def wake(
    client: Any,
    model_id: str,
    environment: str | None,
    deployment: str | None,
    development: bool,
    on_change: Callable[[Deployment], Any] | None,
    timeout: float | None,
    *gaps: float,
) -> Deployment:
    """Wake one deployment of a model and wait until it is active.

    A wake-up's path has no model ID: the gateway takes the model of the account's credential. So the deployment is
    looked up first and woken by its own ID: for another model than the credential's that is a 404, and no wrong model
    is woken.
    """
    if sum([environment is not None, deployment is not None, development]) > 1:
        raise InvalidParameterError(
            "environment", "is one of three: pass at most one of environment=, deployment=, development=True"
        )
    if deployment is not None:
        look = partial(client.deployments.get, model_id, deployment)
    elif development:
        look = partial(client.deployments.get_development, model_id)
    elif environment in {None, PRODUCTION}:
        look = partial(client.deployments.get_production, model_id)
    else:
        look = partial(client.environments.get, model_id, environment)
    watch = Watch(f"waking model {model_id}", client.clock, timeout, *gaps)
    found = watch.ask(look)
    if environment not in {None, PRODUCTION}:
        if found.current_deployment is None:
            raise WaitFailedError(f"environment {environment} has no deployment yet: promote one to it", answer=found)
        found = of(Deployment, found.current_deployment)
    deployment_id = id_of(found and found.id)
    if deployment_id is None:
        raise WaitFailedError(f"{watch.what}: the answer names no deployment that could be woken", answer=found)
    if found.status == DeploymentStatus.SCALED_TO_ZERO:
        watch.ask(partial(client.inference.wake_deployment, deployment_id))
    watch = Watch(f"deployment {deployment_id}", client.clock, watch.rest(), *gaps)
    return watch.until(partial(client.deployments.get, model_id, deployment_id), of_deployment, on_change)
