"""The operations of the group `inference`: sync and async, and the raw form of each."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from ..encode import either, renamed
from ..types import UNSET, Call, Query, Unset
from ._raw import async_raw, raw

if TYPE_CHECKING:
    from ..models import (
        AsyncPredictResponse,
        AsyncQueueStatus,
        AsyncRequestStatus,
        CancelAsyncRequestResponse,
        InferenceRetryConfig,
        InferenceRetryConfigDict,
    )


class Inference:
    """The operations of the group `inference`."""

    def __init__(self, run: Callable[[Call], Any]) -> None:
        self._run = run

    def async_predict_deployment(
        self,
        deployment_id: str,
        *,
        model_input: Mapping[str, Any] | Unset = UNSET,
        input: Mapping[str, Any] | Unset = UNSET,
        max_time_in_queue_seconds: int | Unset = UNSET,
        priority: int | Unset = UNSET,
        webhook_endpoint: str | Unset = UNSET,
        inference_retry_config: InferenceRetryConfig | InferenceRetryConfigDict | Unset = UNSET,
        timeout: float | None = None,
        extra_query: Query | None = None,
        extra_headers: Mapping[str, str] | None = None,
        extra_body: Mapping[str, Any] | None = None,
    ) -> AsyncPredictResponse:
        """Call deployment async predict

        Queues a prediction for one deployment of the model and answers at once with the request's id. The output goes
        to webhook_endpoint and is stored nowhere else; a request is 256 KiB at most. The path carries no model id:
        the gateway takes the model from the credential stored in the account.

        Sent again only if it is certain that nothing was done.

        Args:
            deployment_id: Deployment ID
            model_input: Model input, any JSON object
            input: Another name of `model_input`.
            max_time_in_queue_seconds: Seconds a request may stay queued, 10 to 259200
            priority: 0 (first) to 2 (last)
            webhook_endpoint: HTTPS URL that receives the result
            inference_retry_config: Retry settings: max_attempts, initial_delay_ms, max_delay_ms
            timeout: Seconds for the whole call, retries included; by default 60.
            extra_query, extra_headers: Sent besides those of the operation.
            extra_body: More fields of the JSON body, merged at its top level.

        Returns:
            The answer, as `AsyncPredictResponse`.

        Raises:
            LowCodeAPIError: The call failed; its class tells why. The plain client raises `UnexpectedStatus`.

        Example:
            `client.inference.async_predict_deployment("deployment_id")`
        """
        result: AsyncPredictResponse = self._run(
            Call(
                "inference.async_predict_deployment",
                path={
                    "deployment_id": deployment_id,
                },
                body={
                    "max_time_in_queue_seconds": max_time_in_queue_seconds,
                    "model_input": renamed("async_predict_deployment", "model_input", model_input, "input", input),
                    "priority": priority,
                    "webhook_endpoint": webhook_endpoint,
                    "inference_retry_config": inference_retry_config,
                },
                timeout=timeout,
                extra_query=extra_query,
                extra_headers=extra_headers,
                extra_body=extra_body,
            )
        )
        return result

    def async_predict_development(
        self,
        *,
        model_input: Mapping[str, Any] | Unset = UNSET,
        input: Mapping[str, Any] | Unset = UNSET,
        max_time_in_queue_seconds: int | Unset = UNSET,
        priority: int | Unset = UNSET,
        webhook_endpoint: str | Unset = UNSET,
        inference_retry_config: InferenceRetryConfig | InferenceRetryConfigDict | Unset = UNSET,
        timeout: float | None = None,
        extra_query: Query | None = None,
        extra_headers: Mapping[str, str] | None = None,
        extra_body: Mapping[str, Any] | None = None,
    ) -> AsyncPredictResponse:
        """Call development async predict

        Queues a prediction for the model's development deployment and answers at once with the request's id. The
        output goes to webhook_endpoint and is stored nowhere else; a request is 256 KiB at most. The path carries no
        model id: the gateway takes the model from the credential stored in the account.

        Sent again only if it is certain that nothing was done.

        Args:
            model_input: Model input, any JSON object
            input: Another name of `model_input`.
            max_time_in_queue_seconds: Seconds a request may stay queued, 10 to 259200
            priority: 0 (first) to 2 (last)
            webhook_endpoint: HTTPS URL that receives the result
            inference_retry_config: Retry settings: max_attempts, initial_delay_ms, max_delay_ms
            timeout: Seconds for the whole call, retries included; by default 60.
            extra_query, extra_headers: Sent besides those of the operation.
            extra_body: More fields of the JSON body, merged at its top level.

        Returns:
            The answer, as `AsyncPredictResponse`.

        Raises:
            LowCodeAPIError: The call failed; its class tells why. The plain client raises `UnexpectedStatus`.

        Example:
            `client.inference.async_predict_development()`
        """
        result: AsyncPredictResponse = self._run(
            Call(
                "inference.async_predict_development",
                body={
                    "max_time_in_queue_seconds": max_time_in_queue_seconds,
                    "model_input": renamed("async_predict_development", "model_input", model_input, "input", input),
                    "priority": priority,
                    "webhook_endpoint": webhook_endpoint,
                    "inference_retry_config": inference_retry_config,
                },
                timeout=timeout,
                extra_query=extra_query,
                extra_headers=extra_headers,
                extra_body=extra_body,
            )
        )
        return result

    def async_predict_environment(
        self,
        env_name: str,
        *,
        model_input: Mapping[str, Any] | Unset = UNSET,
        input: Mapping[str, Any] | Unset = UNSET,
        max_time_in_queue_seconds: int | Unset = UNSET,
        priority: int | Unset = UNSET,
        webhook_endpoint: str | Unset = UNSET,
        inference_retry_config: InferenceRetryConfig | InferenceRetryConfigDict | Unset = UNSET,
        timeout: float | None = None,
        extra_query: Query | None = None,
        extra_headers: Mapping[str, str] | None = None,
        extra_body: Mapping[str, Any] | None = None,
    ) -> AsyncPredictResponse:
        """Call environment async predict

        Queues a prediction for the model behind an environment and answers at once with the request's id. The output
        goes to webhook_endpoint and is stored nowhere else; a request is 256 KiB at most. The path carries no model
        id: the gateway takes the model from the credential stored in the account.

        Sent again only if it is certain that nothing was done.

        Args:
            env_name: Name of the environment
            model_input: Model input, any JSON object
            input: Another name of `model_input`.
            max_time_in_queue_seconds: Seconds a request may stay queued, 10 to 259200
            priority: 0 (first) to 2 (last)
            webhook_endpoint: HTTPS URL that receives the result
            inference_retry_config: Retry settings: max_attempts, initial_delay_ms, max_delay_ms
            timeout: Seconds for the whole call, retries included; by default 60.
            extra_query, extra_headers: Sent besides those of the operation.
            extra_body: More fields of the JSON body, merged at its top level.

        Returns:
            The answer, as `AsyncPredictResponse`.

        Raises:
            LowCodeAPIError: The call failed; its class tells why. The plain client raises `UnexpectedStatus`.

        Example:
            `client.inference.async_predict_environment("env_name")`
        """
        result: AsyncPredictResponse = self._run(
            Call(
                "inference.async_predict_environment",
                path={
                    "env_name": env_name,
                },
                body={
                    "max_time_in_queue_seconds": max_time_in_queue_seconds,
                    "model_input": renamed("async_predict_environment", "model_input", model_input, "input", input),
                    "priority": priority,
                    "webhook_endpoint": webhook_endpoint,
                    "inference_retry_config": inference_retry_config,
                },
                timeout=timeout,
                extra_query=extra_query,
                extra_headers=extra_headers,
                extra_body=extra_body,
            )
        )
        return result

    def cancel_async_request(
        self,
        request_id: str,
        *,
        timeout: float | None = None,
        extra_query: Query | None = None,
        extra_headers: Mapping[str, str] | None = None,
        extra_body: Mapping[str, Any] | None = None,
    ) -> CancelAsyncRequestResponse:
        """Cancel async request

        Takes an asynchronous request out of the queue. Only a QUEUED request can be cancelled: read `canceled` in the
        answer. The path carries no model id: the gateway takes the model from the credential stored in the account.

        Sent again after a lost connection, a timeout, 408, 429 or 5xx.

        Args:
            request_id: ID of the asynchronous request
            timeout: Seconds for the whole call, retries included; by default 60.
            extra_query, extra_headers: Sent besides those of the operation.
            extra_body: More fields of the JSON body, merged at its top level.

        Returns:
            The answer, as `CancelAsyncRequestResponse`.

        Raises:
            LowCodeAPIError: The call failed; its class tells why. The plain client raises `UnexpectedStatus`.

        Example:
            `client.inference.cancel_async_request("request_id")`
        """
        result: CancelAsyncRequestResponse = self._run(
            Call(
                "inference.cancel_async_request",
                path={
                    "request_id": request_id,
                },
                timeout=timeout,
                extra_query=extra_query,
                extra_headers=extra_headers,
                extra_body=extra_body,
            )
        )
        return result

    def get_async_request(
        self,
        request_id: str,
        *,
        timeout: float | None = None,
        extra_query: Query | None = None,
        extra_headers: Mapping[str, str] | None = None,
        extra_body: Mapping[str, Any] | None = None,
    ) -> AsyncRequestStatus:
        """Get async request status

        Tells how far an asynchronous request and its webhook have come, with the errors so far, but not the output.
        At most 20 requests a second. The path carries no model id: the gateway takes the model from the credential
        stored in the account.

        Sent again after a lost connection, a timeout, 408, 429 or 5xx.

        Args:
            request_id: ID of the asynchronous request
            timeout: Seconds for the whole call, retries included; by default 60.
            extra_query, extra_headers: Sent besides those of the operation.
            extra_body: More fields of the JSON body, merged at its top level.

        Returns:
            The answer, as `AsyncRequestStatus`.

        Raises:
            LowCodeAPIError: The call failed; its class tells why. The plain client raises `UnexpectedStatus`.

        Example:
            `client.inference.get_async_request("request_id")`
        """
        result: AsyncRequestStatus = self._run(
            Call(
                "inference.get_async_request",
                path={
                    "request_id": request_id,
                },
                timeout=timeout,
                extra_query=extra_query,
                extra_headers=extra_headers,
                extra_body=extra_body,
            )
        )
        return result

    def get_deployment_queue_status(
        self,
        deployment_id: str,
        *,
        timeout: float | None = None,
        extra_query: Query | None = None,
        extra_headers: Mapping[str, str] | None = None,
        extra_body: Mapping[str, Any] | None = None,
    ) -> AsyncQueueStatus:
        """Get deployment async queue status

        Counts the asynchronous requests that wait and that run on one deployment. At most 20 requests a second. The
        path carries no model id: the gateway takes the model from the credential stored in the account.

        Sent again after a lost connection, a timeout, 408, 429 or 5xx.

        Args:
            deployment_id: Deployment ID
            timeout: Seconds for the whole call, retries included; by default 60.
            extra_query, extra_headers: Sent besides those of the operation.
            extra_body: More fields of the JSON body, merged at its top level.

        Returns:
            The answer, as `AsyncQueueStatus`.

        Raises:
            LowCodeAPIError: The call failed; its class tells why. The plain client raises `UnexpectedStatus`.

        Example:
            `client.inference.get_deployment_queue_status("deployment_id")`
        """
        result: AsyncQueueStatus = self._run(
            Call(
                "inference.get_deployment_queue_status",
                path={
                    "deployment_id": deployment_id,
                },
                timeout=timeout,
                extra_query=extra_query,
                extra_headers=extra_headers,
                extra_body=extra_body,
            )
        )
        return result

    def get_development_queue_status(
        self,
        *,
        timeout: float | None = None,
        extra_query: Query | None = None,
        extra_headers: Mapping[str, str] | None = None,
        extra_body: Mapping[str, Any] | None = None,
    ) -> AsyncQueueStatus:
        """Get development async queue status

        Counts the asynchronous requests that wait and that run on the development deployment. At most 20 requests a
        second. The path carries no model id: the gateway takes the model from the credential stored in the account.

        Sent again after a lost connection, a timeout, 408, 429 or 5xx.

        Args:
            timeout: Seconds for the whole call, retries included; by default 60.
            extra_query, extra_headers: Sent besides those of the operation.
            extra_body: More fields of the JSON body, merged at its top level.

        Returns:
            The answer, as `AsyncQueueStatus`.

        Raises:
            LowCodeAPIError: The call failed; its class tells why. The plain client raises `UnexpectedStatus`.

        Example:
            `client.inference.get_development_queue_status()`
        """
        result: AsyncQueueStatus = self._run(
            Call(
                "inference.get_development_queue_status",
                timeout=timeout,
                extra_query=extra_query,
                extra_headers=extra_headers,
                extra_body=extra_body,
            )
        )
        return result

    def get_environment_queue_status(
        self,
        env_name: str,
        *,
        timeout: float | None = None,
        extra_query: Query | None = None,
        extra_headers: Mapping[str, str] | None = None,
        extra_body: Mapping[str, Any] | None = None,
    ) -> AsyncQueueStatus:
        """Get environment async queue status

        Counts the asynchronous requests that wait and that run in an environment. At most 20 requests a second. The
        path carries no model id: the gateway takes the model from the credential stored in the account.

        Sent again after a lost connection, a timeout, 408, 429 or 5xx.

        Args:
            env_name: Name of the environment
            timeout: Seconds for the whole call, retries included; by default 60.
            extra_query, extra_headers: Sent besides those of the operation.
            extra_body: More fields of the JSON body, merged at its top level.

        Returns:
            The answer, as `AsyncQueueStatus`.

        Raises:
            LowCodeAPIError: The call failed; its class tells why. The plain client raises `UnexpectedStatus`.

        Example:
            `client.inference.get_environment_queue_status("env_name")`
        """
        result: AsyncQueueStatus = self._run(
            Call(
                "inference.get_environment_queue_status",
                path={
                    "env_name": env_name,
                },
                timeout=timeout,
                extra_query=extra_query,
                extra_headers=extra_headers,
                extra_body=extra_body,
            )
        )
        return result

    def predict_deployment(
        self,
        deployment_id: str,
        *,
        input: Any = UNSET,
        body: Any = UNSET,
        timeout: float | None = None,
        extra_query: Query | None = None,
        extra_headers: Mapping[str, str] | None = None,
        extra_body: Mapping[str, Any] | None = None,
    ) -> Any:
        """Call deployment predict

        Runs one deployment of the model and waits for its answer, which may be any JSON, text or bytes. The path
        carries no model id: the gateway takes the model from the credential stored in the account.

        Sent again only if it is certain that nothing was done.

        Args:
            deployment_id: Deployment ID
            input: Model input, any JSON value
            body: The whole body, in place of `input`: any JSON.
            timeout: Seconds for the whole call, retries included; by default 600.
            extra_query, extra_headers: Sent besides those of the operation.
            extra_body: More fields of the JSON body, merged at its top level.

        Returns:
            The decoded answer: JSON, text or bytes.

        Raises:
            LowCodeAPIError: The call failed; its class tells why. The plain client raises `UnexpectedStatus`.

        Example:
            `client.inference.predict_deployment("deployment_id", input=…)`
        """
        result: Any = self._run(
            Call(
                "inference.predict_deployment",
                path={
                    "deployment_id": deployment_id,
                },
                body=either("predict_deployment", {"input": input}, body),
                timeout=timeout,
                extra_query=extra_query,
                extra_headers=extra_headers,
                extra_body=extra_body,
            )
        )
        return result

    def predict_development(
        self,
        *,
        input: Any = UNSET,
        body: Any = UNSET,
        timeout: float | None = None,
        extra_query: Query | None = None,
        extra_headers: Mapping[str, str] | None = None,
        extra_body: Mapping[str, Any] | None = None,
    ) -> Any:
        """Call development predict

        Runs the model's development deployment and waits for its answer, which may be any JSON, text or bytes. The
        path carries no model id: the gateway takes the model from the credential stored in the account.

        Sent again only if it is certain that nothing was done.

        Args:
            input: Model input, any JSON value
            body: The whole body, in place of `input`: any JSON.
            timeout: Seconds for the whole call, retries included; by default 600.
            extra_query, extra_headers: Sent besides those of the operation.
            extra_body: More fields of the JSON body, merged at its top level.

        Returns:
            The decoded answer: JSON, text or bytes.

        Raises:
            LowCodeAPIError: The call failed; its class tells why. The plain client raises `UnexpectedStatus`.

        Example:
            `client.inference.predict_development(input=…)`
        """
        result: Any = self._run(
            Call(
                "inference.predict_development",
                body=either("predict_development", {"input": input}, body),
                timeout=timeout,
                extra_query=extra_query,
                extra_headers=extra_headers,
                extra_body=extra_body,
            )
        )
        return result

    def predict_environment(
        self,
        env_name: str,
        *,
        input: Any = UNSET,
        body: Any = UNSET,
        timeout: float | None = None,
        extra_query: Query | None = None,
        extra_headers: Mapping[str, str] | None = None,
        extra_body: Mapping[str, Any] | None = None,
    ) -> Any:
        """Call environment predict

        Runs the model behind an environment and waits for its answer, which may be any JSON, text or bytes. The path
        carries no model id: the gateway takes the model from the credential stored in the account.

        Sent again only if it is certain that nothing was done.

        Args:
            env_name: Name of the environment
            input: Model input, any JSON value
            body: The whole body, in place of `input`: any JSON.
            timeout: Seconds for the whole call, retries included; by default 600.
            extra_query, extra_headers: Sent besides those of the operation.
            extra_body: More fields of the JSON body, merged at its top level.

        Returns:
            The decoded answer: JSON, text or bytes.

        Raises:
            LowCodeAPIError: The call failed; its class tells why. The plain client raises `UnexpectedStatus`.

        Example:
            `client.inference.predict_environment("env_name", input=…)`
        """
        result: Any = self._run(
            Call(
                "inference.predict_environment",
                path={
                    "env_name": env_name,
                },
                body=either("predict_environment", {"input": input}, body),
                timeout=timeout,
                extra_query=extra_query,
                extra_headers=extra_headers,
                extra_body=extra_body,
            )
        )
        return result

    def wake_deployment(
        self,
        deployment_id: str,
        *,
        timeout: float | None = None,
        extra_query: Query | None = None,
        extra_headers: Mapping[str, str] | None = None,
        extra_body: Mapping[str, Any] | None = None,
    ) -> None:
        """Wake deployment

        Starts one deployment if it is scaled to zero, without waiting until it is ready. Returns nothing, and the
        gateway may never answer though the wake-up was done. The path carries no model id: the gateway takes the
        model from the credential stored in the account.

        Sent again after a lost connection, a timeout, 408, 429 or 5xx.

        Args:
            deployment_id: Deployment ID
            timeout: Seconds for the whole call, retries included; by default 60.
            extra_query, extra_headers: Sent besides those of the operation.
            extra_body: More fields of the JSON body, merged at its top level.

        Returns:
            Nothing.

        Raises:
            LowCodeAPIError: The call failed; its class tells why. The plain client raises `UnexpectedStatus`.

        Example:
            `client.inference.wake_deployment("deployment_id")`
        """
        result: None = self._run(
            Call(
                "inference.wake_deployment",
                path={
                    "deployment_id": deployment_id,
                },
                timeout=timeout,
                extra_query=extra_query,
                extra_headers=extra_headers,
                extra_body=extra_body,
            )
        )
        return result

    def wake_development(
        self,
        *,
        timeout: float | None = None,
        extra_query: Query | None = None,
        extra_headers: Mapping[str, str] | None = None,
        extra_body: Mapping[str, Any] | None = None,
    ) -> None:
        """Wake development deployment

        Starts the development deployment if it is scaled to zero, without waiting until it is ready. Returns nothing,
        and the gateway may never answer though the wake-up was done. The path carries no model id: the gateway takes
        the model from the credential stored in the account.

        Sent again after a lost connection, a timeout, 408, 429 or 5xx.

        Args:
            timeout: Seconds for the whole call, retries included; by default 60.
            extra_query, extra_headers: Sent besides those of the operation.
            extra_body: More fields of the JSON body, merged at its top level.

        Returns:
            Nothing.

        Raises:
            LowCodeAPIError: The call failed; its class tells why. The plain client raises `UnexpectedStatus`.

        Example:
            `client.inference.wake_development()`
        """
        result: None = self._run(
            Call(
                "inference.wake_development",
                timeout=timeout,
                extra_query=extra_query,
                extra_headers=extra_headers,
                extra_body=extra_body,
            )
        )
        return result

    def wake_production(
        self,
        *,
        timeout: float | None = None,
        extra_query: Query | None = None,
        extra_headers: Mapping[str, str] | None = None,
        extra_body: Mapping[str, Any] | None = None,
    ) -> None:
        """Wake production environment

        Starts the production environment if it is scaled to zero, without waiting until it is ready. Returns nothing,
        and the gateway may never answer though the wake-up was done. The path carries no model id: the gateway takes
        the model from the credential stored in the account.

        Sent again after a lost connection, a timeout, 408, 429 or 5xx.

        Args:
            timeout: Seconds for the whole call, retries included; by default 60.
            extra_query, extra_headers: Sent besides those of the operation.
            extra_body: More fields of the JSON body, merged at its top level.

        Returns:
            Nothing.

        Raises:
            LowCodeAPIError: The call failed; its class tells why. The plain client raises `UnexpectedStatus`.

        Example:
            `client.inference.wake_production()`
        """
        result: None = self._run(
            Call(
                "inference.wake_production",
                timeout=timeout,
                extra_query=extra_query,
                extra_headers=extra_headers,
                extra_body=extra_body,
            )
        )
        return result


class AsyncInference:
    """The operations of the group `inference`, asynchronous."""

    def __init__(self, run: Callable[[Call], Any]) -> None:
        self._run = run

    async def async_predict_deployment(
        self,
        deployment_id: str,
        *,
        model_input: Mapping[str, Any] | Unset = UNSET,
        input: Mapping[str, Any] | Unset = UNSET,
        max_time_in_queue_seconds: int | Unset = UNSET,
        priority: int | Unset = UNSET,
        webhook_endpoint: str | Unset = UNSET,
        inference_retry_config: InferenceRetryConfig | InferenceRetryConfigDict | Unset = UNSET,
        timeout: float | None = None,
        extra_query: Query | None = None,
        extra_headers: Mapping[str, str] | None = None,
        extra_body: Mapping[str, Any] | None = None,
    ) -> AsyncPredictResponse:
        """Call deployment async predict

        Queues a prediction for one deployment of the model and answers at once with the request's id. The output goes
        to webhook_endpoint and is stored nowhere else; a request is 256 KiB at most. The path carries no model id:
        the gateway takes the model from the credential stored in the account.

        Sent again only if it is certain that nothing was done.

        Args:
            deployment_id: Deployment ID
            model_input: Model input, any JSON object
            input: Another name of `model_input`.
            max_time_in_queue_seconds: Seconds a request may stay queued, 10 to 259200
            priority: 0 (first) to 2 (last)
            webhook_endpoint: HTTPS URL that receives the result
            inference_retry_config: Retry settings: max_attempts, initial_delay_ms, max_delay_ms
            timeout: Seconds for the whole call, retries included; by default 60.
            extra_query, extra_headers: Sent besides those of the operation.
            extra_body: More fields of the JSON body, merged at its top level.

        Returns:
            The answer, as `AsyncPredictResponse`.

        Raises:
            LowCodeAPIError: The call failed; its class tells why. The plain client raises `UnexpectedStatus`.

        Example:
            `client.inference.async_predict_deployment("deployment_id")`
        """
        result: AsyncPredictResponse = await self._run(
            Call(
                "inference.async_predict_deployment",
                path={
                    "deployment_id": deployment_id,
                },
                body={
                    "max_time_in_queue_seconds": max_time_in_queue_seconds,
                    "model_input": renamed("async_predict_deployment", "model_input", model_input, "input", input),
                    "priority": priority,
                    "webhook_endpoint": webhook_endpoint,
                    "inference_retry_config": inference_retry_config,
                },
                timeout=timeout,
                extra_query=extra_query,
                extra_headers=extra_headers,
                extra_body=extra_body,
            )
        )
        return result

    async def async_predict_development(
        self,
        *,
        model_input: Mapping[str, Any] | Unset = UNSET,
        input: Mapping[str, Any] | Unset = UNSET,
        max_time_in_queue_seconds: int | Unset = UNSET,
        priority: int | Unset = UNSET,
        webhook_endpoint: str | Unset = UNSET,
        inference_retry_config: InferenceRetryConfig | InferenceRetryConfigDict | Unset = UNSET,
        timeout: float | None = None,
        extra_query: Query | None = None,
        extra_headers: Mapping[str, str] | None = None,
        extra_body: Mapping[str, Any] | None = None,
    ) -> AsyncPredictResponse:
        """Call development async predict

        Queues a prediction for the model's development deployment and answers at once with the request's id. The
        output goes to webhook_endpoint and is stored nowhere else; a request is 256 KiB at most. The path carries no
        model id: the gateway takes the model from the credential stored in the account.

        Sent again only if it is certain that nothing was done.

        Args:
            model_input: Model input, any JSON object
            input: Another name of `model_input`.
            max_time_in_queue_seconds: Seconds a request may stay queued, 10 to 259200
            priority: 0 (first) to 2 (last)
            webhook_endpoint: HTTPS URL that receives the result
            inference_retry_config: Retry settings: max_attempts, initial_delay_ms, max_delay_ms
            timeout: Seconds for the whole call, retries included; by default 60.
            extra_query, extra_headers: Sent besides those of the operation.
            extra_body: More fields of the JSON body, merged at its top level.

        Returns:
            The answer, as `AsyncPredictResponse`.

        Raises:
            LowCodeAPIError: The call failed; its class tells why. The plain client raises `UnexpectedStatus`.

        Example:
            `client.inference.async_predict_development()`
        """
        result: AsyncPredictResponse = await self._run(
            Call(
                "inference.async_predict_development",
                body={
                    "max_time_in_queue_seconds": max_time_in_queue_seconds,
                    "model_input": renamed("async_predict_development", "model_input", model_input, "input", input),
                    "priority": priority,
                    "webhook_endpoint": webhook_endpoint,
                    "inference_retry_config": inference_retry_config,
                },
                timeout=timeout,
                extra_query=extra_query,
                extra_headers=extra_headers,
                extra_body=extra_body,
            )
        )
        return result

    async def async_predict_environment(
        self,
        env_name: str,
        *,
        model_input: Mapping[str, Any] | Unset = UNSET,
        input: Mapping[str, Any] | Unset = UNSET,
        max_time_in_queue_seconds: int | Unset = UNSET,
        priority: int | Unset = UNSET,
        webhook_endpoint: str | Unset = UNSET,
        inference_retry_config: InferenceRetryConfig | InferenceRetryConfigDict | Unset = UNSET,
        timeout: float | None = None,
        extra_query: Query | None = None,
        extra_headers: Mapping[str, str] | None = None,
        extra_body: Mapping[str, Any] | None = None,
    ) -> AsyncPredictResponse:
        """Call environment async predict

        Queues a prediction for the model behind an environment and answers at once with the request's id. The output
        goes to webhook_endpoint and is stored nowhere else; a request is 256 KiB at most. The path carries no model
        id: the gateway takes the model from the credential stored in the account.

        Sent again only if it is certain that nothing was done.

        Args:
            env_name: Name of the environment
            model_input: Model input, any JSON object
            input: Another name of `model_input`.
            max_time_in_queue_seconds: Seconds a request may stay queued, 10 to 259200
            priority: 0 (first) to 2 (last)
            webhook_endpoint: HTTPS URL that receives the result
            inference_retry_config: Retry settings: max_attempts, initial_delay_ms, max_delay_ms
            timeout: Seconds for the whole call, retries included; by default 60.
            extra_query, extra_headers: Sent besides those of the operation.
            extra_body: More fields of the JSON body, merged at its top level.

        Returns:
            The answer, as `AsyncPredictResponse`.

        Raises:
            LowCodeAPIError: The call failed; its class tells why. The plain client raises `UnexpectedStatus`.

        Example:
            `client.inference.async_predict_environment("env_name")`
        """
        result: AsyncPredictResponse = await self._run(
            Call(
                "inference.async_predict_environment",
                path={
                    "env_name": env_name,
                },
                body={
                    "max_time_in_queue_seconds": max_time_in_queue_seconds,
                    "model_input": renamed("async_predict_environment", "model_input", model_input, "input", input),
                    "priority": priority,
                    "webhook_endpoint": webhook_endpoint,
                    "inference_retry_config": inference_retry_config,
                },
                timeout=timeout,
                extra_query=extra_query,
                extra_headers=extra_headers,
                extra_body=extra_body,
            )
        )
        return result

    async def cancel_async_request(
        self,
        request_id: str,
        *,
        timeout: float | None = None,
        extra_query: Query | None = None,
        extra_headers: Mapping[str, str] | None = None,
        extra_body: Mapping[str, Any] | None = None,
    ) -> CancelAsyncRequestResponse:
        """Cancel async request

        Takes an asynchronous request out of the queue. Only a QUEUED request can be cancelled: read `canceled` in the
        answer. The path carries no model id: the gateway takes the model from the credential stored in the account.

        Sent again after a lost connection, a timeout, 408, 429 or 5xx.

        Args:
            request_id: ID of the asynchronous request
            timeout: Seconds for the whole call, retries included; by default 60.
            extra_query, extra_headers: Sent besides those of the operation.
            extra_body: More fields of the JSON body, merged at its top level.

        Returns:
            The answer, as `CancelAsyncRequestResponse`.

        Raises:
            LowCodeAPIError: The call failed; its class tells why. The plain client raises `UnexpectedStatus`.

        Example:
            `client.inference.cancel_async_request("request_id")`
        """
        result: CancelAsyncRequestResponse = await self._run(
            Call(
                "inference.cancel_async_request",
                path={
                    "request_id": request_id,
                },
                timeout=timeout,
                extra_query=extra_query,
                extra_headers=extra_headers,
                extra_body=extra_body,
            )
        )
        return result

    async def get_async_request(
        self,
        request_id: str,
        *,
        timeout: float | None = None,
        extra_query: Query | None = None,
        extra_headers: Mapping[str, str] | None = None,
        extra_body: Mapping[str, Any] | None = None,
    ) -> AsyncRequestStatus:
        """Get async request status

        Tells how far an asynchronous request and its webhook have come, with the errors so far, but not the output.
        At most 20 requests a second. The path carries no model id: the gateway takes the model from the credential
        stored in the account.

        Sent again after a lost connection, a timeout, 408, 429 or 5xx.

        Args:
            request_id: ID of the asynchronous request
            timeout: Seconds for the whole call, retries included; by default 60.
            extra_query, extra_headers: Sent besides those of the operation.
            extra_body: More fields of the JSON body, merged at its top level.

        Returns:
            The answer, as `AsyncRequestStatus`.

        Raises:
            LowCodeAPIError: The call failed; its class tells why. The plain client raises `UnexpectedStatus`.

        Example:
            `client.inference.get_async_request("request_id")`
        """
        result: AsyncRequestStatus = await self._run(
            Call(
                "inference.get_async_request",
                path={
                    "request_id": request_id,
                },
                timeout=timeout,
                extra_query=extra_query,
                extra_headers=extra_headers,
                extra_body=extra_body,
            )
        )
        return result

    async def get_deployment_queue_status(
        self,
        deployment_id: str,
        *,
        timeout: float | None = None,
        extra_query: Query | None = None,
        extra_headers: Mapping[str, str] | None = None,
        extra_body: Mapping[str, Any] | None = None,
    ) -> AsyncQueueStatus:
        """Get deployment async queue status

        Counts the asynchronous requests that wait and that run on one deployment. At most 20 requests a second. The
        path carries no model id: the gateway takes the model from the credential stored in the account.

        Sent again after a lost connection, a timeout, 408, 429 or 5xx.

        Args:
            deployment_id: Deployment ID
            timeout: Seconds for the whole call, retries included; by default 60.
            extra_query, extra_headers: Sent besides those of the operation.
            extra_body: More fields of the JSON body, merged at its top level.

        Returns:
            The answer, as `AsyncQueueStatus`.

        Raises:
            LowCodeAPIError: The call failed; its class tells why. The plain client raises `UnexpectedStatus`.

        Example:
            `client.inference.get_deployment_queue_status("deployment_id")`
        """
        result: AsyncQueueStatus = await self._run(
            Call(
                "inference.get_deployment_queue_status",
                path={
                    "deployment_id": deployment_id,
                },
                timeout=timeout,
                extra_query=extra_query,
                extra_headers=extra_headers,
                extra_body=extra_body,
            )
        )
        return result

    async def get_development_queue_status(
        self,
        *,
        timeout: float | None = None,
        extra_query: Query | None = None,
        extra_headers: Mapping[str, str] | None = None,
        extra_body: Mapping[str, Any] | None = None,
    ) -> AsyncQueueStatus:
        """Get development async queue status

        Counts the asynchronous requests that wait and that run on the development deployment. At most 20 requests a
        second. The path carries no model id: the gateway takes the model from the credential stored in the account.

        Sent again after a lost connection, a timeout, 408, 429 or 5xx.

        Args:
            timeout: Seconds for the whole call, retries included; by default 60.
            extra_query, extra_headers: Sent besides those of the operation.
            extra_body: More fields of the JSON body, merged at its top level.

        Returns:
            The answer, as `AsyncQueueStatus`.

        Raises:
            LowCodeAPIError: The call failed; its class tells why. The plain client raises `UnexpectedStatus`.

        Example:
            `client.inference.get_development_queue_status()`
        """
        result: AsyncQueueStatus = await self._run(
            Call(
                "inference.get_development_queue_status",
                timeout=timeout,
                extra_query=extra_query,
                extra_headers=extra_headers,
                extra_body=extra_body,
            )
        )
        return result

    async def get_environment_queue_status(
        self,
        env_name: str,
        *,
        timeout: float | None = None,
        extra_query: Query | None = None,
        extra_headers: Mapping[str, str] | None = None,
        extra_body: Mapping[str, Any] | None = None,
    ) -> AsyncQueueStatus:
        """Get environment async queue status

        Counts the asynchronous requests that wait and that run in an environment. At most 20 requests a second. The
        path carries no model id: the gateway takes the model from the credential stored in the account.

        Sent again after a lost connection, a timeout, 408, 429 or 5xx.

        Args:
            env_name: Name of the environment
            timeout: Seconds for the whole call, retries included; by default 60.
            extra_query, extra_headers: Sent besides those of the operation.
            extra_body: More fields of the JSON body, merged at its top level.

        Returns:
            The answer, as `AsyncQueueStatus`.

        Raises:
            LowCodeAPIError: The call failed; its class tells why. The plain client raises `UnexpectedStatus`.

        Example:
            `client.inference.get_environment_queue_status("env_name")`
        """
        result: AsyncQueueStatus = await self._run(
            Call(
                "inference.get_environment_queue_status",
                path={
                    "env_name": env_name,
                },
                timeout=timeout,
                extra_query=extra_query,
                extra_headers=extra_headers,
                extra_body=extra_body,
            )
        )
        return result

    async def predict_deployment(
        self,
        deployment_id: str,
        *,
        input: Any = UNSET,
        body: Any = UNSET,
        timeout: float | None = None,
        extra_query: Query | None = None,
        extra_headers: Mapping[str, str] | None = None,
        extra_body: Mapping[str, Any] | None = None,
    ) -> Any:
        """Call deployment predict

        Runs one deployment of the model and waits for its answer, which may be any JSON, text or bytes. The path
        carries no model id: the gateway takes the model from the credential stored in the account.

        Sent again only if it is certain that nothing was done.

        Args:
            deployment_id: Deployment ID
            input: Model input, any JSON value
            body: The whole body, in place of `input`: any JSON.
            timeout: Seconds for the whole call, retries included; by default 600.
            extra_query, extra_headers: Sent besides those of the operation.
            extra_body: More fields of the JSON body, merged at its top level.

        Returns:
            The decoded answer: JSON, text or bytes.

        Raises:
            LowCodeAPIError: The call failed; its class tells why. The plain client raises `UnexpectedStatus`.

        Example:
            `client.inference.predict_deployment("deployment_id", input=…)`
        """
        result: Any = await self._run(
            Call(
                "inference.predict_deployment",
                path={
                    "deployment_id": deployment_id,
                },
                body=either("predict_deployment", {"input": input}, body),
                timeout=timeout,
                extra_query=extra_query,
                extra_headers=extra_headers,
                extra_body=extra_body,
            )
        )
        return result

    async def predict_development(
        self,
        *,
        input: Any = UNSET,
        body: Any = UNSET,
        timeout: float | None = None,
        extra_query: Query | None = None,
        extra_headers: Mapping[str, str] | None = None,
        extra_body: Mapping[str, Any] | None = None,
    ) -> Any:
        """Call development predict

        Runs the model's development deployment and waits for its answer, which may be any JSON, text or bytes. The
        path carries no model id: the gateway takes the model from the credential stored in the account.

        Sent again only if it is certain that nothing was done.

        Args:
            input: Model input, any JSON value
            body: The whole body, in place of `input`: any JSON.
            timeout: Seconds for the whole call, retries included; by default 600.
            extra_query, extra_headers: Sent besides those of the operation.
            extra_body: More fields of the JSON body, merged at its top level.

        Returns:
            The decoded answer: JSON, text or bytes.

        Raises:
            LowCodeAPIError: The call failed; its class tells why. The plain client raises `UnexpectedStatus`.

        Example:
            `client.inference.predict_development(input=…)`
        """
        result: Any = await self._run(
            Call(
                "inference.predict_development",
                body=either("predict_development", {"input": input}, body),
                timeout=timeout,
                extra_query=extra_query,
                extra_headers=extra_headers,
                extra_body=extra_body,
            )
        )
        return result

    async def predict_environment(
        self,
        env_name: str,
        *,
        input: Any = UNSET,
        body: Any = UNSET,
        timeout: float | None = None,
        extra_query: Query | None = None,
        extra_headers: Mapping[str, str] | None = None,
        extra_body: Mapping[str, Any] | None = None,
    ) -> Any:
        """Call environment predict

        Runs the model behind an environment and waits for its answer, which may be any JSON, text or bytes. The path
        carries no model id: the gateway takes the model from the credential stored in the account.

        Sent again only if it is certain that nothing was done.

        Args:
            env_name: Name of the environment
            input: Model input, any JSON value
            body: The whole body, in place of `input`: any JSON.
            timeout: Seconds for the whole call, retries included; by default 600.
            extra_query, extra_headers: Sent besides those of the operation.
            extra_body: More fields of the JSON body, merged at its top level.

        Returns:
            The decoded answer: JSON, text or bytes.

        Raises:
            LowCodeAPIError: The call failed; its class tells why. The plain client raises `UnexpectedStatus`.

        Example:
            `client.inference.predict_environment("env_name", input=…)`
        """
        result: Any = await self._run(
            Call(
                "inference.predict_environment",
                path={
                    "env_name": env_name,
                },
                body=either("predict_environment", {"input": input}, body),
                timeout=timeout,
                extra_query=extra_query,
                extra_headers=extra_headers,
                extra_body=extra_body,
            )
        )
        return result

    async def wake_deployment(
        self,
        deployment_id: str,
        *,
        timeout: float | None = None,
        extra_query: Query | None = None,
        extra_headers: Mapping[str, str] | None = None,
        extra_body: Mapping[str, Any] | None = None,
    ) -> None:
        """Wake deployment

        Starts one deployment if it is scaled to zero, without waiting until it is ready. Returns nothing, and the
        gateway may never answer though the wake-up was done. The path carries no model id: the gateway takes the
        model from the credential stored in the account.

        Sent again after a lost connection, a timeout, 408, 429 or 5xx.

        Args:
            deployment_id: Deployment ID
            timeout: Seconds for the whole call, retries included; by default 60.
            extra_query, extra_headers: Sent besides those of the operation.
            extra_body: More fields of the JSON body, merged at its top level.

        Returns:
            Nothing.

        Raises:
            LowCodeAPIError: The call failed; its class tells why. The plain client raises `UnexpectedStatus`.

        Example:
            `client.inference.wake_deployment("deployment_id")`
        """
        result: None = await self._run(
            Call(
                "inference.wake_deployment",
                path={
                    "deployment_id": deployment_id,
                },
                timeout=timeout,
                extra_query=extra_query,
                extra_headers=extra_headers,
                extra_body=extra_body,
            )
        )
        return result

    async def wake_development(
        self,
        *,
        timeout: float | None = None,
        extra_query: Query | None = None,
        extra_headers: Mapping[str, str] | None = None,
        extra_body: Mapping[str, Any] | None = None,
    ) -> None:
        """Wake development deployment

        Starts the development deployment if it is scaled to zero, without waiting until it is ready. Returns nothing,
        and the gateway may never answer though the wake-up was done. The path carries no model id: the gateway takes
        the model from the credential stored in the account.

        Sent again after a lost connection, a timeout, 408, 429 or 5xx.

        Args:
            timeout: Seconds for the whole call, retries included; by default 60.
            extra_query, extra_headers: Sent besides those of the operation.
            extra_body: More fields of the JSON body, merged at its top level.

        Returns:
            Nothing.

        Raises:
            LowCodeAPIError: The call failed; its class tells why. The plain client raises `UnexpectedStatus`.

        Example:
            `client.inference.wake_development()`
        """
        result: None = await self._run(
            Call(
                "inference.wake_development",
                timeout=timeout,
                extra_query=extra_query,
                extra_headers=extra_headers,
                extra_body=extra_body,
            )
        )
        return result

    async def wake_production(
        self,
        *,
        timeout: float | None = None,
        extra_query: Query | None = None,
        extra_headers: Mapping[str, str] | None = None,
        extra_body: Mapping[str, Any] | None = None,
    ) -> None:
        """Wake production environment

        Starts the production environment if it is scaled to zero, without waiting until it is ready. Returns nothing,
        and the gateway may never answer though the wake-up was done. The path carries no model id: the gateway takes
        the model from the credential stored in the account.

        Sent again after a lost connection, a timeout, 408, 429 or 5xx.

        Args:
            timeout: Seconds for the whole call, retries included; by default 60.
            extra_query, extra_headers: Sent besides those of the operation.
            extra_body: More fields of the JSON body, merged at its top level.

        Returns:
            Nothing.

        Raises:
            LowCodeAPIError: The call failed; its class tells why. The plain client raises `UnexpectedStatus`.

        Example:
            `client.inference.wake_production()`
        """
        result: None = await self._run(
            Call(
                "inference.wake_production",
                timeout=timeout,
                extra_query=extra_query,
                extra_headers=extra_headers,
                extra_body=extra_body,
            )
        )
        return result


class RawInference:
    """`Inference`, each answer as a `RawResponse`."""

    def __init__(self, methods: Inference) -> None:
        self.async_predict_deployment = raw(methods.async_predict_deployment)
        self.async_predict_development = raw(methods.async_predict_development)
        self.async_predict_environment = raw(methods.async_predict_environment)
        self.cancel_async_request = raw(methods.cancel_async_request)
        self.get_async_request = raw(methods.get_async_request)
        self.get_deployment_queue_status = raw(methods.get_deployment_queue_status)
        self.get_development_queue_status = raw(methods.get_development_queue_status)
        self.get_environment_queue_status = raw(methods.get_environment_queue_status)
        self.predict_deployment = raw(methods.predict_deployment)
        self.predict_development = raw(methods.predict_development)
        self.predict_environment = raw(methods.predict_environment)
        self.wake_deployment = raw(methods.wake_deployment)
        self.wake_development = raw(methods.wake_development)
        self.wake_production = raw(methods.wake_production)


class AsyncRawInference:
    """`AsyncInference`, each answer as a `RawResponse`."""

    def __init__(self, methods: AsyncInference) -> None:
        self.async_predict_deployment = async_raw(methods.async_predict_deployment)
        self.async_predict_development = async_raw(methods.async_predict_development)
        self.async_predict_environment = async_raw(methods.async_predict_environment)
        self.cancel_async_request = async_raw(methods.cancel_async_request)
        self.get_async_request = async_raw(methods.get_async_request)
        self.get_deployment_queue_status = async_raw(methods.get_deployment_queue_status)
        self.get_development_queue_status = async_raw(methods.get_development_queue_status)
        self.get_environment_queue_status = async_raw(methods.get_environment_queue_status)
        self.predict_deployment = async_raw(methods.predict_deployment)
        self.predict_development = async_raw(methods.predict_development)
        self.predict_environment = async_raw(methods.predict_environment)
        self.wake_deployment = async_raw(methods.wake_deployment)
        self.wake_development = async_raw(methods.wake_development)
        self.wake_production = async_raw(methods.wake_production)
