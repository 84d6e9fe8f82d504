"""Webhooks of asynchronous predictions: their body, their signature, and posting them to this machine."""

from __future__ import annotations

import hashlib
import hmac
import http.client
import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeAlias
from urllib.parse import urlsplit

from .objects import AsyncRequest

_ATTEMPTS = 2
_SHOWN = 200  # bytes of the receiver's answer

Deliver: TypeAlias = Callable[[str, Mapping[str, str], bytes], tuple[int | None, str]]
"""Posts one webhook: URL, headers, body. Returns the status and the answer's text, or ``None`` and why nobody
answered."""


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


def deliver(post: Deliver, url: str, request_id: str, body: bytes, secrets: str | Sequence[str] | None) -> str | None:
    """Posts it until it is accepted. Otherwise returns the outcome of the last attempt."""
    headers = {"content-type": "application/json", "X-BASETEN-REQUEST-ID": request_id}
    if secrets:
        headers["X-BASETEN-SIGNATURE"] = _sign([secrets] if isinstance(secrets, str) else secrets, body)
    status, text = None, ""
    for _ in range(_ATTEMPTS):
        status, text = post(url, headers, body)
        if status is not None and 200 <= status < 300:
            return None
    if status is None:
        return f"the webhook was not delivered: {text}"
    return f"the webhook's receiver answered {status}{': ' if text else ''}{text}"


def _sign(secrets: Sequence[str], body: bytes) -> str:
    """``X-BASETEN-SIGNATURE``: one ``v1=<hex>`` per secret, several during a rotation."""
    return ",".join("v1=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest() for secret in secrets)


def post(url: str, headers: Mapping[str, str], body: bytes, timeout: float) -> tuple[int | None, str]:
    """Posts one webhook. Returns the status and the start of the answer, or ``None`` and why nobody answered."""
    target = urlsplit(url)
    status, text = None, ""
    connection = http.client.HTTPConnection(target.hostname or "", target.port or 80, timeout=timeout)
    path = (target.path or "/") + (f"?{target.query}" if target.query else "")
    try:
        connection.request("POST", path, body, dict(headers))
        answer = connection.getresponse()
        status = answer.status
        text = answer.read(_SHOWN).decode("utf-8", "replace")
    except (OSError, http.client.HTTPException) as error:
        text = f"{type(error).__name__}: {error}"
    finally:
        connection.close()
    return status, text
