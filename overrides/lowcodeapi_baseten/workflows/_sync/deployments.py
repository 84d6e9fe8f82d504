# Generated from _async/deployments.py by `python -m codegen unasync`: change that, and run it again.
"""`client.deployments`: its operations, and waiting for a deployment."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

from lowcodeapi_baseten_api.resources.deployments import Deployments

from ..base import DEPLOYMENT, INTERVAL, MAX_INTERVAL, Workflows
from ..states import of_deployment
from .waiting import Watch

if TYPE_CHECKING:
    from lowcodeapi_baseten_api.models import Deployment


class DeploymentWorkflows(Workflows, Deployments):
    """The operations of the group `deployments`, and `wait_until_active`."""

    def wait_until_active(
        self,
        model_id: str,
        deployment_id: str,
        *,
        timeout: float | None = DEPLOYMENT,
        interval: float = INTERVAL,
        max_interval: float = MAX_INTERVAL,
        on_change: Callable[[Deployment], Any] | None = None,
    ) -> Deployment:
        """Wait until a deployment is active. It activates and wakes nothing: use `activate` or `inference.wake`.

        Args:
            model_id: Model ID
            deployment_id: Deployment ID
            timeout: Seconds to wait in all; None for no limit.
            interval: Seconds between the first two polls; later gaps are longer.
            max_interval: Most seconds between two polls.
            on_change: Called with the first answer, and whenever the status changes.

        Returns:
            The deployment as last seen.

        Raises:
            WaitFailedError: Its build or deployment failed, or it stayed inactive or scaled to zero for a minute.
            WaitTimeoutError: It was still in progress.
        """
        watch = Watch(f"deployment {deployment_id}", self._client.clock, timeout, interval, max_interval)
        return watch.until(partial(self.get, model_id, deployment_id), of_deployment, on_change)
