# Generated from _async/inference.py by `python -m codegen unasync`: change that, and run it again.
"""`client.inference`, and workflows around a prediction: submitting, waiting, waking, streaming."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any

from lowcodeapi_baseten_api.resources.inference import Inference
from lowcodeapi_baseten_api.types import UNSET, Call, Query, Unset

from ...errors import InvalidParameterError
from ..base import DEPLOYMENT, INTERVAL, MAX_INTERVAL, PREDICTION, Workflows
from ..fields import id_of, of
from ..predictions import CALLS, method_of, request_id_of

if TYPE_CHECKING:
    from lowcodeapi_baseten_api.models import (
        AsyncRequestStatus,
        CancelAsyncRequestResponse,
        Deployment,
        InferenceRetryConfig,
        InferenceRetryConfigDict,
    )

    from .streams import PredictionStream


class InferenceWorkflows(Workflows, Inference):
    """The operations of the group `inference`, and the workflows around them.

    A model's answer may be any JSON (an object, a list, text, a number, null), `str` for text, or `bytes` for anything
    else. The published gateway decodes bytes as UTF-8 and so damages them: an answer that shows the damage raises
    `ResponseError`, with the received bytes on its `body`.
    """

    def submit(
        self,
        *,
        environment: str | None = None,
        deployment: str | None = None,
        development: bool = False,
        input: Mapping[str, Any] | Unset = UNSET,
        model_input: Mapping[str, Any] | Unset = UNSET,
        webhook_endpoint: str | Unset = UNSET,
        priority: int | Unset = UNSET,
        max_time_in_queue_seconds: int | Unset = UNSET,
        inference_retry_config: InferenceRetryConfig | InferenceRetryConfigDict | Unset = UNSET,
        timeout: float | None = None,
        extra_query: Query | None = None,
        extra_headers: Mapping[str, str] | None = None,
        extra_body: Mapping[str, Any] | None = None,
    ) -> AsyncPrediction:
        """Queue a prediction, and return a handle on it. The output goes to the webhook alone.

        Args:
            environment: Name of an environment. Pass exactly one of environment=, deployment=, development=True.
            deployment: ID of a deployment.
            development: Send it to the development deployment.
            input: Model input, any JSON object
            model_input: Another name of `input`, and the name that is sent.
            webhook_endpoint: HTTPS URL that receives the result: see `workflows.webhooks`.
            priority: 0 (first) to 2 (last)
            max_time_in_queue_seconds: Seconds a request may stay queued, 10 to 259200
            inference_retry_config: Retry settings: max_attempts, initial_delay_ms, max_delay_ms
            timeout: Seconds for the call.
            extra_query, extra_headers, extra_body: More query parameters, headers and fields of the body.

        Raises:
            InvalidParameterError: The request is larger than 256 KiB. Nothing was sent.
            LowCodeAPIError: The request was queued, but the answer has no request ID.
        """
        send = method_of(self, "async_predict", environment, deployment, development)
        answer = send(
            input=input,
            model_input=model_input,
            webhook_endpoint=webhook_endpoint,
            priority=priority,
            max_time_in_queue_seconds=max_time_in_queue_seconds,
            inference_retry_config=inference_retry_config,
            timeout=timeout,
            extra_query=extra_query,
            extra_headers=extra_headers,
            extra_body=extra_body,
        )
        return self.prediction(request_id_of(answer))

    def prediction(self, request_id: str) -> AsyncPrediction:
        """A handle on an asynchronous prediction that was submitted earlier."""
        return AsyncPrediction(self, request_id)

    def wait(
        self,
        request_id: str,
        *,
        timeout: float | None = PREDICTION,
        interval: float = INTERVAL,
        max_interval: float = MAX_INTERVAL,
        on_change: Callable[[AsyncRequestStatus], Any] | None = None,
    ) -> AsyncRequestStatus:
        """Wait until an asynchronous request has succeeded.

        Args:
            request_id: ID of the asynchronous request
            timeout: Seconds to wait in all; None for no limit.
            interval: Seconds between the first two polls; later gaps are longer.
            max_interval: Most seconds between two polls.
            on_change: Called with the first answer, and whenever the status changes.

        Returns:
            The last answer, without the output: that goes to the webhook.

        Raises:
            WaitFailedError: It failed, expired, was cancelled, or its webhook could not be delivered.
            WaitTimeoutError: It was still queued or running.
        """
        from ..states import of_async_request
        from .waiting import Watch

        what = f"asynchronous request {request_id}"
        watch = Watch(what, self._client.clock, timeout, interval, max_interval)
        return watch.until(partial(self.get_async_request, request_id), of_async_request, on_change)

    def wake(
        self,
        model_id: str,
        *,
        environment: str | None = None,
        deployment: str | None = None,
        development: bool = False,
        timeout: float | None = DEPLOYMENT,
        interval: float = INTERVAL,
        max_interval: float = MAX_INTERVAL,
        on_change: Callable[[Deployment], Any] | None = None,
    ) -> Deployment:
        """Wake a deployment before load, and wait until it is active. An active one is left alone.

        Args:
            model_id: Model ID, of the model whose key the LowCodeAPI account stores
            environment: The environment whose deployment is woken; by default production.
            deployment: ID of the deployment to wake, in place of an environment.
            development: Wake the development deployment.
            timeout: Seconds to wait in all; None for no limit.
            interval: Seconds between the first two polls; later gaps are longer.
            max_interval: Most seconds between two polls.
            on_change: Called with the first answer, and whenever the status changes.

        Returns:
            The deployment as last seen.

        Raises:
            WaitFailedError: It failed, or it stayed inactive or scaled to zero for a minute.
            WaitTimeoutError: It was still in progress.
        """
        from lowcodeapi_baseten_api.models import Deployment, DeploymentStatus

        from ..errors import WaitFailedError
        from ..states import of_deployment
        from .waiting import Watch

        if sum([environment is not None, deployment is not None, development]) > 1:
            problem = "is one of three: pass at most one of environment=, deployment=, development=True"
            raise InvalidParameterError("environment", problem)
        client: Any = self._client
        watch = Watch(f"waking model {model_id}", client.clock, timeout, interval, max_interval)
        # A wake-up's path has no model ID: the gateway takes the model of the account's credential. A deployment of
        # another model, woken by its own ID, is a 404, and no wrong model is woken.
        if deployment is not None:
            found = watch.ask(partial(client.deployments.get, model_id, deployment))
        elif development:
            found = watch.ask(partial(client.deployments.get_development, model_id))
        elif environment in {None, "production"}:
            found = watch.ask(partial(client.deployments.get_production, model_id))
        else:
            answer = watch.ask(partial(client.environments.get, model_id, environment))
            if answer.current_deployment is None:
                problem = f"environment {environment} has no deployment yet: promote one to it"
                raise WaitFailedError(problem, answer=answer)
            found = of(Deployment, answer.current_deployment)
        deployment_id = id_of(found and found.id)
        if found is None or deployment_id is None:
            raise WaitFailedError(f"{watch.what}: the answer names no deployment that could be woken", answer=found)
        if found.status == DeploymentStatus.SCALED_TO_ZERO:
            watch.ask(partial(self.wake_deployment, deployment_id))
        watch = Watch(f"deployment {deployment_id}", client.clock, watch.rest(), interval, max_interval)
        return watch.until(partial(client.deployments.get, model_id, deployment_id), of_deployment, on_change)

    def stream_predict_environment(
        self,
        env_name: str,
        *,
        input: Any = UNSET,
        body: Any = UNSET,
        timeout: float | None = None,
        extra_query: Query | None = None,
        extra_headers: Mapping[str, str] | None = None,
        extra_body: Mapping[str, Any] | None = None,
    ) -> PredictionStream:
        """Run the model behind an environment and read its answer piece by piece: see `PredictionStream`.

        Args:
            env_name: Name of the environment
            input: Model input, any JSON value
            body: The whole body, in place of `input`: any JSON.
            timeout: Seconds for the whole stream; by default 600.
            extra_query, extra_headers, extra_body: More query parameters, headers and fields of the body.
        """
        extra: Any = {"extra_query": extra_query, "extra_headers": extra_headers, "extra_body": extra_body}
        call = CALLS.predict_environment(env_name, input=input, body=body, timeout=timeout, **extra)
        return self._streamed(call)

    def stream_predict_development(
        self,
        *,
        input: Any = UNSET,
        body: Any = UNSET,
        timeout: float | None = None,
        extra_query: Query | None = None,
        extra_headers: Mapping[str, str] | None = None,
        extra_body: Mapping[str, Any] | None = None,
    ) -> PredictionStream:
        """Run the model's development deployment and read its answer piece by piece: see `PredictionStream`.

        Args:
            input: Model input, any JSON value
            body: The whole body, in place of `input`: any JSON.
            timeout: Seconds for the whole stream; by default 600.
            extra_query, extra_headers, extra_body: More query parameters, headers and fields of the body.
        """
        extra: Any = {"extra_query": extra_query, "extra_headers": extra_headers, "extra_body": extra_body}
        call = CALLS.predict_development(input=input, body=body, timeout=timeout, **extra)
        return self._streamed(call)

    def stream_predict_deployment(
        self,
        deployment_id: str,
        *,
        input: Any = UNSET,
        body: Any = UNSET,
        timeout: float | None = None,
        extra_query: Query | None = None,
        extra_headers: Mapping[str, str] | None = None,
        extra_body: Mapping[str, Any] | None = None,
    ) -> PredictionStream:
        """Run one deployment of the model and read its answer piece by piece: see `PredictionStream`.

        Args:
            deployment_id: Deployment ID
            input: Model input, any JSON value
            body: The whole body, in place of `input`: any JSON.
            timeout: Seconds for the whole stream; by default 600.
            extra_query, extra_headers, extra_body: More query parameters, headers and fields of the body.
        """
        extra: Any = {"extra_query": extra_query, "extra_headers": extra_headers, "extra_body": extra_body}
        call = CALLS.predict_deployment(deployment_id, input=input, body=body, timeout=timeout, **extra)
        return self._streamed(call)

    def _streamed(self, call: Call) -> PredictionStream:
        from .streams import PredictionStream

        return PredictionStream.open(self._client, call)


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
