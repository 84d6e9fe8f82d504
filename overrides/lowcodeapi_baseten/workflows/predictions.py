"""Asynchronous predictions: choosing where to send them, and handles on those sent."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

from ..errors import InvalidParameterError, LowCodeAPIError
from .intervals import INTERVAL, MAX_INTERVAL, PREDICTION

if TYPE_CHECKING:
    from lowcodeapi_baseten_api.models import AsyncPredictResponse, AsyncRequestStatus, CancelAsyncRequestResponse

    from .async_inference import AsyncInferenceWorkflows
    from .driving import Clock, Steps
    from .inference import InferenceWorkflows


def until_succeeded(
    get: Callable[..., Any], clock: Clock, request_id: str, on_change: Callable[[Any], Any] | None, **pace: Any
) -> Steps[AsyncRequestStatus]:
    """Poll an asynchronous request with `get` until it has succeeded."""
    from .states import of_async_request
    from .waiting import wait
    from .watching import Watch

    watch = Watch(f"asynchronous request {request_id}", clock, **pace)

    def look(seconds: float) -> Any:
        return get(request_id, timeout=seconds)

    status: AsyncRequestStatus = yield from wait(watch, look, of_async_request, on_change)
    return status


def method_of(
    methods: Any, prefix: str, environment: str | None, deployment: str | None, development: bool
) -> Callable[..., Any]:
    """The method for the one place that is named. Raises `InvalidParameterError` if none or several are."""
    given = [environment is not None, deployment is not None, development]
    if sum(given) != 1:
        raise InvalidParameterError("environment", "or deployment or development is given, exactly one of the three")
    if environment is not None:
        return partial(getattr(methods, f"{prefix}_environment"), environment)
    if deployment is not None:
        return partial(getattr(methods, f"{prefix}_deployment"), deployment)
    method: Callable[..., Any] = getattr(methods, f"{prefix}_development")
    return method


def request_id_of(answer: AsyncPredictResponse) -> str:
    """The ID of a queued prediction. Raises `LowCodeAPIError` if the answer has none."""
    from .reading import id_of

    request_id = id_of(answer.request_id)
    if request_id is None:
        raise LowCodeAPIError(
            "the prediction was queued, but the answer has no request_id to follow it by; its output goes to the "
            "webhook: don't submit it again"
        )
    return request_id


class AsyncPrediction:
    """A handle on an asynchronous prediction. Its output goes to the webhook, and is stored nowhere else.

    Attributes:
        request_id: ID of the asynchronous request.
    """

    def __init__(self, inference: InferenceWorkflows, request_id: str) -> None:
        self._inference = inference
        self.request_id = request_id

    def status(self) -> AsyncRequestStatus:
        """Ask for its current status."""
        return self._inference.get_async_request(self.request_id)

    def wait(
        self,
        *,
        timeout: float | None = PREDICTION,
        interval: float = INTERVAL,
        max_interval: float = MAX_INTERVAL,
        on_change: Callable[[AsyncRequestStatus], Any] | None = None,
    ) -> AsyncRequestStatus:
        """Wait until it has succeeded: `client.inference.wait`."""
        return self._inference.wait(
            self.request_id, timeout=timeout, interval=interval, max_interval=max_interval, on_change=on_change
        )

    def cancel(self) -> CancelAsyncRequestResponse:
        """Take it out of the queue. Read `canceled` in the answer: a running prediction goes on."""
        return self._inference.cancel_async_request(self.request_id)

    def __repr__(self) -> str:
        return f"<AsyncPrediction {self.request_id}>"


class AwaitedPrediction:
    """`AsyncPrediction` of an asynchronous client: the same methods, awaited."""

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
