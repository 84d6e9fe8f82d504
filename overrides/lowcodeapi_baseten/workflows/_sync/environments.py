# Generated from _async/environments.py by `python -m codegen unasync`: change that, and run it again.
"""`client.environments`: its operations, and waiting for a promotion."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

from lowcodeapi_baseten_api.resources.environments import Environments

from ..base import INTERVAL, MAX_INTERVAL, PROMOTION, Workflows
from ..states import of_promotion
from .waiting import Watch

if TYPE_CHECKING:
    from lowcodeapi_baseten_api.models import Environment


class EnvironmentWorkflows(Workflows, Environments):
    """The operations of the group `environments`, and `wait_for_promotion`."""

    def wait_for_promotion(
        self,
        model_id: str,
        env_name: str,
        *,
        deployment_id: str | None = None,
        timeout: float | None = PROMOTION,
        interval: float = INTERVAL,
        max_interval: float = MAX_INTERVAL,
        on_change: Callable[[Environment], Any] | None = None,
    ) -> Environment:
        """Wait until the promotion to an environment has succeeded.

        If no promotion is in progress and no `deployment_id` is given, this returns at once.

        Args:
            model_id: Model ID
            env_name: Name of the environment
            deployment_id: The deployment being promoted. Pass it to tell a promotion that has ended, or has not
                started yet, from one that never existed.
            timeout: Seconds to wait in all; None for no limit.
            interval: Seconds between the first two polls; later gaps are longer.
            max_interval: Most seconds between two polls.
            on_change: Called with the first answer, and whenever the status changes.

        Returns:
            The environment as last seen.

        Raises:
            WaitFailedError: The promotion failed, was cancelled, or is over while another deployment is current.
            WaitTimeoutError: It was still in progress.
        """
        watch = Watch(f"the promotion to {env_name}", self._client.clock, timeout, interval, max_interval)
        return watch.until(partial(self.get, model_id, env_name), of_promotion(deployment_id), on_change)
