"""Asynchronous predictions: queued, carried out, delivered to a webhook, and signed.

A look at a request moves it on: QUEUED, IN_PROGRESS, then its end. The webhook is delivered before the look that shows
the end is answered. Without looks, call ``settle``. A failed delivery is shown in ``errors``, so that a waiting caller
sees why; Baseten itself may not do so.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import time
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeAlias

import attrs

from lowcodeapi_baseten.testing.inference import target
from lowcodeapi_baseten.testing.progress import Progress
from lowcodeapi_baseten.testing.upstream import (
    Answer,
    Call,
    Outside,
    UpstreamError,
    invalid,
    not_found,
    object_body,
    predicted,
    required,
)

if TYPE_CHECKING:
    from lowcodeapi_baseten.testing.baseten import Baseten

ATTEMPTS = 2
MAX_REQUEST_BYTES = 256 * 1024
_LIMITS = {"priority": (0, 2), "max_time_in_queue_seconds": (10, 259_200)}
_RETRY_LIMITS = {"max_attempts": (1, 10), "initial_delay_ms": (0, 10_000), "max_delay_ms": (0, 60_000)}
_ENDS = ("SUCCEEDED", "FAILED", "EXPIRED", "CANCELED", "WEBHOOK_FAILED")

Deliver: TypeAlias = Callable[[str, Mapping[str, str], bytes], tuple[int | None, str]]
"""Posts one webhook: URL, headers, body. Returns the status and the answer's text, or ``None`` and why nobody
answered."""


@attrs.define
class AsyncRequest:
    """One asynchronous prediction. ``progress.status`` is its current status."""

    id: str
    model_id: str
    deployment_id: str
    created_at: str
    model_input: Any
    webhook_endpoint: str | None
    progress: Progress = attrs.field(factory=lambda: Progress("QUEUED", ["IN_PROGRESS"]))
    webhook_status: str = "NO_WEBHOOK_PROVIDED"
    status_at: str = ""
    errors: list[dict[str, str]] = attrs.field(factory=list)
    is_claimed: bool = False
    """True once somebody carries it out, so that it never happens twice."""

    @property
    def is_done(self) -> bool:
        return self.progress.status in _ENDS

    def show(self) -> dict[str, Any]:
        """``AsyncRequestStatus``."""
        return {
            "request_id": self.id,
            "model_id": self.model_id,
            "deployment_id": self.deployment_id,
            "status": self.progress.status,
            "webhook_status": self.webhook_status,
            "created_at": self.created_at,
            "status_at": self.status_at,
            "errors": list(self.errors),
        }


def submit(baseten: Baseten, call: Call) -> Answer:
    deployment, body = target(baseten, call), object_body(call)
    required(body, "model_input", dict)
    if len(json.dumps(body)) > MAX_REQUEST_BYTES:
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


def _request(baseten: Baseten, call: Call) -> AsyncRequest:
    found = baseten.async_requests.get(call.path["request_id"])
    if found is None:
        raise not_found("Async request")
    return found


def get_request(baseten: Baseten, call: Call) -> Answer | Outside:
    request = _request(baseten, call)
    if request.progress.is_over() and not request.is_done and not request.is_claimed:
        request.is_claimed = True

        def carry_out_and_show() -> Answer:
            carry_out(baseten, request)
            return Answer(200, request.show())

        return carry_out_and_show
    before = request.progress.status
    if request.progress.look() != before:
        request.status_at = baseten.now()
    return Answer(200, request.show())


def cancel_request(baseten: Baseten, call: Call) -> Answer:
    request = _request(baseten, call)
    if request.progress.status != "QUEUED":
        message = f"Request {request.id} is {request.progress.status}: only a queued request can be canceled"
        return Answer(200, {"request_id": request.id, "canceled": False, "message": message})
    request.progress.begin("CANCELED")
    request.status_at = baseten.now()
    if request.webhook_endpoint is not None:
        request.webhook_status = "CANCELED"
    return Answer(200, {"request_id": request.id, "canceled": True, "message": "Request canceled"})


def queue_status(baseten: Baseten, call: Call) -> Answer:
    deployment = target(baseten, call)
    statuses = [
        request.progress.status for request in baseten.async_requests.values() if request.deployment_id == deployment.id
    ]
    return Answer(
        200,
        {
            "model_id": deployment.model_id,
            "deployment_id": deployment.id,
            "num_queued_requests": statuses.count("QUEUED"),
            "num_in_progress_requests": statuses.count("IN_PROGRESS"),
        },
    )


def carry_out(baseten: Baseten, request: AsyncRequest) -> None:
    """Predicts, delivers, and ends a claimed request. Runs without the lock: both may take their time."""
    try:
        answer = predicted(baseten.settings.predict, request.model_input)
    except ConnectionError as error:
        answer = Answer(500, {"error": str(error)})
    output, errors = None, []
    if answer.status < 400:
        output = answer.value if answer.raw is None else answer.raw.decode("utf-8", "replace")
    else:
        text = answer.value.get("error") if isinstance(answer.value, dict) else None
        errors = [{"code": "MODEL_PREDICT_ERROR", "message": text or f"the model answered {answer.status}"}]
    refusal = None
    if request.webhook_endpoint is not None:
        body = webhook_body(request, baseten.time_of(int(time.time())), output, errors)
        refusal = _deliver(baseten, request.webhook_endpoint, request.id, body)
    with baseten.lock:
        if request.webhook_endpoint is not None:
            request.webhook_status = "SUCCEEDED" if refusal is None else "FAILED"
        request.progress.begin("FAILED" if errors else "SUCCEEDED" if refusal is None else "WEBHOOK_FAILED")
        request.errors = errors if refusal is None else [*errors, {"code": "WEBHOOK_FAILED", "message": refusal}]
        request.status_at = baseten.now()


def _deliver(baseten: Baseten, url: str, request_id: str, body: bytes) -> str | None:
    """Posts it until it is accepted. Otherwise returns the outcome of the last attempt."""
    headers = {"content-type": "application/json", "X-BASETEN-REQUEST-ID": request_id}
    secrets = baseten.settings.webhook_secret
    if secrets:
        headers["X-BASETEN-SIGNATURE"] = sign([secrets] if isinstance(secrets, str) else secrets, body)
    status, text = None, ""
    for _ in range(ATTEMPTS):
        status, text = baseten.deliver(url, headers, body)
        if status is not None and 200 <= status < 300:
            return None
    if status is None:
        return f"nobody took the webhook: {text}"
    return f"the webhook's receiver answered {status}{': ' if text else ''}{text}"


def webhook_body(request: AsyncRequest, time: str, output: Any, errors: list[dict[str, str]]) -> bytes:
    """The body of a webhook: the exact bytes that are signed."""
    content = {
        "request_id": request.id,
        "model_id": request.model_id,
        "deployment_id": request.deployment_id,
        "type": "async_request_completed",
        "time": time,
        "data": output,
        "errors": errors,
    }
    return json.dumps(content, separators=(",", ":")).encode()


def sign(secrets: Sequence[str], body: bytes) -> str:
    """``X-BASETEN-SIGNATURE``: one ``v1=<hex>`` per secret, several during a rotation."""
    return ",".join("v1=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest() for secret in secrets)


OPERATIONS: Mapping[str, Callable[[Baseten, Call], Answer | Outside]] = {
    "inference.async_predict_environment": submit,
    "inference.async_predict_development": submit,
    "inference.async_predict_deployment": submit,
    "inference.get_async_request": get_request,
    "inference.cancel_async_request": cancel_request,
    "inference.get_environment_queue_status": queue_status,
    "inference.get_development_queue_status": queue_status,
    "inference.get_deployment_queue_status": queue_status,
}
