"""`client.environments`: its operations, and waiting for a promotion."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any, cast

from lowcodeapi_baseten_api.resources.environments import AsyncEnvironments

from ..base import INTERVAL, MAX_INTERVAL, PROMOTION, AnyClient, Workflows
from ..driving import async_finish
from ..states import of_promotion
from ..waiting import Watch, wait

if TYPE_CHECKING:
    from lowcodeapi_baseten_api.models import Environment

    from ...transport._async.shared import AsyncShared


class AsyncEnvironmentWorkflows(Workflows, AsyncEnvironments):
    """The operations of the group `environments`, and `wait_for_promotion`.

    Every operation also takes `timeout` (seconds for the whole call), `extra_query` (more query parameters),
    `extra_headers`, and `extra_body` (more fields of the JSON body, merged at its top level).
    """

    def __init__(self, client: AnyClient[AsyncShared]) -> None:
        super().__init__(client._run)
        self._client = client

    async def wait_for_promotion(
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
            on_change: Called, and awaited if asynchronous, with the first answer, and whenever the status changes.

        Returns:
            The environment as last seen.

        Raises:
            WaitFailedError: The promotion failed, was cancelled, or is over while another deployment is current.
            WaitTimeoutError: It was still in progress.
        """
        pace: dict[str, Any] = {"timeout": timeout, "interval": interval, "max_interval": max_interval}
        watch = Watch(f"the promotion to {env_name}", self._clock, **pace)
        steps = wait(watch, partial(self.get, model_id, env_name), of_promotion(deployment_id), on_change)
        return cast("Environment", await async_finish(steps, self._clock))
