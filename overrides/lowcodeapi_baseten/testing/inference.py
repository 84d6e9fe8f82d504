"""Predictions, asynchronous ones, and wake-ups. The paths have no model id: it comes with the account's credential.

A look at an asynchronous prediction moves it on: QUEUED, IN_PROGRESS, then its end. The webhook is delivered before the
look that shows the end is answered. Without looks, call ``settle``. A failed delivery is shown in ``errors``, so that a
waiting caller sees why; Baseten itself may not do so.
"""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from typing import Any

from . import webhooks
from .baseten import Baseten, handles, time_of
from .objects import AsyncRequest
from .settings import echo
from .upstream import Answer, Call, UpstreamError, found, invalid, object_body, predicted, required

_MAX_REQUEST_BYTES = 256 * 1024
_LIMITS = {"priority": (0, 2), "max_time_in_queue_seconds": (10, 259_200)}
_RETRY_LIMITS = {"max_attempts": (1, 10), "initial_delay_ms": (0, 10_000), "max_delay_ms": (0, 60_000)}


@handles("inference.predict_environment", "inference.predict_development", "inference.predict_deployment")
def predict(baseten: Baseten, call: Call) -> Any:
    deployment = baseten.deployment(call)
    if deployment.status in ("INACTIVE", "DEACTIVATING", "FAILED"):
        raise UpstreamError(503, {"error": "the deployment is not active", "error_code": "model_unavailable"})
    if deployment.status == "SCALED_TO_ZERO":
        deployment.progress.begin("ACTIVE")  # a prediction wakes it, and waits until it is active
    model, body = baseten.settings.predict, call.body
    return predicted(model, body) if model is echo else lambda: predicted(model, body)


@handles("inference.wake_production", "inference.wake_development", "inference.wake_deployment")
def wake(baseten: Baseten, call: Call) -> Any:
    baseten.deployment(call).wake()
    return Answer(202, raw=b"")


@handles(
    "inference.async_predict_environment", "inference.async_predict_development", "inference.async_predict_deployment"
)
def submit(baseten: Baseten, call: Call) -> Any:
    deployment, body = baseten.deployment(call), object_body(call)
    required(body, "model_input", dict)
    if len(json.dumps(body)) > _MAX_REQUEST_BYTES:
        raise UpstreamError(413, {"error": "request over 256 KiB", "error_code": "payload_too_large"})
    _check_limits(body, _LIMITS)
    retries = body.get("inference_retry_config") or {}
    if not isinstance(retries, dict):
        raise invalid("inference_retry_config must be an object")
    _check_limits(retries, _RETRY_LIMITS)
    endpoint = body.get("webhook_endpoint")
    # Baseten takes https alone; a receiver configured in LocalGateway needs no certificate.
    if endpoint is not None and not _is_https(endpoint) and endpoint not in baseten.settings.webhook_endpoints:
        raise invalid("webhook_endpoint must be an https URL, or one of LocalGateway(webhook_endpoints=[...])")
    request = AsyncRequest(
        baseten.new_id("async"), deployment.model_id, deployment.id, baseten.now(), body["model_input"], endpoint
    )
    request.status_at = request.created_at
    if endpoint is not None:
        request.webhook_status = "PENDING"
    baseten.async_requests[request.id] = request
    return Answer(201, {"request_id": request.id})


def _check_limits(body: Mapping[str, Any], limits: Mapping[str, tuple[int, int]]) -> None:
    for field, (low, high) in limits.items():
        value = body.get(field)
        if value is not None and (not isinstance(value, int) or not low <= value <= high):
            raise invalid(f"{field} must be an integer from {low} to {high}")


def _is_https(endpoint: object) -> bool:
    return isinstance(endpoint, str) and endpoint.lower().startswith("https://")


@handles("inference.get_async_request")
def get_request(baseten: Baseten, call: Call) -> Any:
    request = found(baseten.async_requests, call.path["request_id"], "Async request")
    if request.progress.is_over() and not request.is_done and not request.is_claimed:
        request.is_claimed = True

        def carry_out_and_show() -> Answer:
            carry_out(baseten, request)
            return Answer(200, request.show())

        return carry_out_and_show
    before = request.progress.status
    if request.progress.look() != before:
        request.status_at = baseten.now()
    return request.show()


@handles("inference.cancel_async_request")
def cancel_request(baseten: Baseten, call: Call) -> Any:
    request = found(baseten.async_requests, call.path["request_id"], "Async request")
    if request.progress.status != "QUEUED":
        message = f"Request {request.id} is {request.progress.status}: only a queued request can be canceled"
        return {"request_id": request.id, "canceled": False, "message": message}
    request.become("CANCELED", baseten.now())
    if request.webhook_endpoint is not None:
        request.webhook_status = "CANCELED"
    return {"request_id": request.id, "canceled": True, "message": "Request canceled"}


@handles(
    "inference.get_environment_queue_status",
    "inference.get_development_queue_status",
    "inference.get_deployment_queue_status",
)
def queue_status(baseten: Baseten, call: Call) -> Any:
    deployment = baseten.deployment(call)
    requests = [r for r in baseten.async_requests.values() if r.deployment_id == deployment.id]
    statuses = [request.progress.status for request in requests]
    return {
        "model_id": deployment.model_id,
        "deployment_id": deployment.id,
        "num_queued_requests": statuses.count("QUEUED"),
        "num_in_progress_requests": statuses.count("IN_PROGRESS"),
    }


def carry_out(baseten: Baseten, request: AsyncRequest) -> None:
    """Predicts, delivers, and ends a claimed request. Runs without the lock: both may take their time."""
    settings, endpoint = baseten.settings, request.webhook_endpoint
    try:
        answer = predicted(settings.predict, request.model_input)
    except ConnectionError as error:
        answer = Answer(500, {"error": str(error)})
    output, errors = None, []
    if answer.status < 400:
        output = answer.value if answer.raw is None else answer.raw.decode("utf-8", "replace")
    else:
        text = answer.value.get("error") if isinstance(answer.value, dict) else None
        errors = [{"code": "MODEL_PREDICT_ERROR", "message": text or f"the model answered {answer.status}"}]
    refusal = None
    if endpoint is not None:
        body = webhooks.webhook_body(request, time_of(int(time.time())), output, errors)
        refusal = webhooks.deliver(baseten.deliver, endpoint, request.id, body, settings.webhook_secret)
    with baseten.lock:
        if endpoint is not None:
            request.webhook_status = "SUCCEEDED" if refusal is None else "FAILED"
        request.errors = errors if refusal is None else [*errors, {"code": "WEBHOOK_FAILED", "message": refusal}]
        request.become("FAILED" if errors else "SUCCEEDED" if refusal is None else "WEBHOOK_FAILED", baseten.now())


def settle(baseten: Baseten) -> None:
    """Carries every asynchronous request to its end, and delivers its webhook, as looks would."""
    with baseten.lock:
        waiting = [r for r in baseten.async_requests.values() if not r.is_done and not r.is_claimed]
        for request in waiting:
            request.is_claimed = True
            request.progress.begin("IN_PROGRESS")
    for request in waiting:
        carry_out(baseten, request)
