"""Handles on asynchronous predictions."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from ..intervals import INTERVAL, MAX_INTERVAL, PREDICTION

if TYPE_CHECKING:
    from lowcodeapi_baseten_api.models import AsyncRequestStatus, CancelAsyncRequestResponse

    from .inference import AsyncInferenceWorkflows


class AwaitedPrediction:
    """A handle on an asynchronous prediction. Its output goes to the webhook, and is stored nowhere else.

    Attributes:
        request_id: ID of the asynchronous request.
    """

    def __init__(self, inference: AsyncInferenceWorkflows, request_id: str) -> None:
        self._inference = inference
        self.request_id = request_id

    async def status(self) -> AsyncRequestStatus:
        """Ask for its current status."""
        return await self._inference.get_async_request(self.request_id)

    async def wait(
        self,
        *,
        timeout: float | None = PREDICTION,
        interval: float = INTERVAL,
        max_interval: float = MAX_INTERVAL,
        on_change: Callable[[AsyncRequestStatus], Any] | None = None,
    ) -> AsyncRequestStatus:
        """Wait until it has succeeded: `client.inference.wait`."""
        return await self._inference.wait(
            self.request_id, timeout=timeout, interval=interval, max_interval=max_interval, on_change=on_change
        )

    async def cancel(self) -> CancelAsyncRequestResponse:
        """Take it out of the queue. Read `canceled` in the answer: a running prediction goes on."""
        return await self._inference.cancel_async_request(self.request_id)

    def __repr__(self) -> str:
        return f"<AwaitedPrediction {self.request_id}>"
