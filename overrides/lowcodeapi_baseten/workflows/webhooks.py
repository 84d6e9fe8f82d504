"""Webhooks of asynchronous predictions: verify that Baseten sent them, and parse them.

The output of an asynchronous prediction is sent here and nowhere else, so answer with a 2xx status only after storing
it: Baseten tries twice, ten seconds each. A webhook may come twice; recognise it by `request_id`.
"""

from __future__ import annotations

import datetime
import hashlib
import hmac
import json
import re
from collections.abc import Iterable, Sequence
from typing import Any

import attrs
from lowcodeapi_baseten_api import decode
from lowcodeapi_baseten_api.models import AsyncRequestError

from ..errors import InvalidParameterError
from .errors import WebhookError
from .fields import text

SIGNATURE = "X-BASETEN-SIGNATURE"
"""The header with the signatures."""
MAX_AGE = 300.0
_SURROGATE = re.compile("[\ud800-\udfff]")
_VERSION = re.compile(r"v1=([0-9a-f]{64})", re.ASCII)


@attrs.frozen(kw_only=True)
class AsyncPredictResult:
    """An asynchronous prediction's result, from its webhook.

    Attributes:
        request_id: ID of the asynchronous request, as `submit` returned it.
        model_id: ID of the model.
        deployment_id: ID of the deployment.
        type: Kind of event, "async_request_completed".
        time: When it was sent; text if that can't be read.
        data: The model's answer, any JSON; None if it failed.
        errors: Errors reported by the webhook, in any shape; empty if there are none.
        received: The whole body as decoded JSON.
    """

    request_id: str
    model_id: str | None
    deployment_id: str | None
    type: str | None
    time: datetime.datetime | str | None
    data: Any = attrs.field(repr=False)
    errors: list[AsyncRequestError]
    received: dict[str, Any] = attrs.field(repr=False)

    @property
    def is_success(self) -> bool:
        """True if the model answered."""
        return not self.errors


def verify(body: bytes, signature: str | None, secret: str | Sequence[str]) -> None:
    """Verify that Baseten sent this body. Returns nothing; raises `WebhookError` if it did not.

    Args:
        body: The raw body, byte for byte: not parsed and written again.
        signature: The header `X-BASETEN-SIGNATURE`; it has several signatures while a secret is rotated.
        secret: The webhook secret, or several of them while one is rotated: one match is enough.
    """
    secrets = [secret] if isinstance(secret, str) else list(secret) if isinstance(secret, Iterable) else []
    if not secrets or not all(isinstance(known, str) and known for known in secrets):
        raise WebhookError("no webhook secret was given")
    # A lone surrogate can't be encoded, so nothing can have been signed with this text.
    if any(_SURROGATE.search(known) for known in secrets):
        raise WebhookError("the webhook secret is not valid text: was it decoded as UTF-8?")
    if not isinstance(body, (bytes, bytearray, memoryview)):
        raise WebhookError(f"the body must be the bytes as received; got {type(body).__name__}")
    if not signature:
        raise WebhookError(f"the webhook has no {SIGNATURE}: is a webhook secret set in Baseten?")
    if not isinstance(signature, str):
        raise WebhookError(f"the header {SIGNATURE} must be text; got {type(signature).__name__}")
    given = [match[1] for part in signature.split(",") if (match := _VERSION.fullmatch(part.strip()))]
    fits = False
    for known in secrets:
        expected = hmac.new(known.encode(), bytes(body), hashlib.sha256).hexdigest()
        for candidate in given:
            # Compare every pair, each in constant time, so that the time taken says nothing.
            fits |= hmac.compare_digest(expected, candidate)
    if not fits:
        raise WebhookError(
            "the webhook's signature does not match: Baseten did not send this body, or the secret is old"
        )


def parse(body: bytes, *, max_age: float | None = MAX_AGE, now: datetime.datetime | None = None) -> AsyncPredictResult:
    """Parse a verified webhook.

    Args:
        body: The raw body.
        max_age: Most seconds between its own time and now, either way: an old webhook may be a replay. None accepts
            any age.
        now: The time, with a time zone; by default this machine's.

    Raises:
        WebhookError: It is not a webhook of an asynchronous prediction, or too old.
        InvalidParameterError: `now` has no time zone.
    """
    if isinstance(body, memoryview):
        body = bytes(body)
    if not isinstance(body, (bytes, bytearray, str)):
        raise WebhookError(f"the body must be the bytes as received; got {type(body).__name__}")
    try:
        received = json.loads(body)
    except (ValueError, RecursionError):
        raise WebhookError("the webhook's body is not JSON") from None
    if not isinstance(received, dict) or not text(received.get("request_id")):
        raise WebhookError("the webhook's body is not an object with a request_id")
    errors = received.get("errors")
    if not isinstance(errors, list):
        errors = [] if errors is None else [errors]
    result = AsyncPredictResult(
        request_id=received["request_id"],
        model_id=text(received.get("model_id")),
        deployment_id=text(received.get("deployment_id")),
        type=text(received.get("type")),
        time=decode.date_time(text(received.get("time"))),
        data=received.get("data"),
        errors=[_error(error) for error in errors],
        received=received,
    )
    if now is not None and now.tzinfo is None:
        raise InvalidParameterError("now", "must have a time zone: without one it differs between machines")
    if max_age is not None:
        _check_age(result.time, max_age, now or datetime.datetime.now(datetime.UTC))
    return result


def _error(error: object) -> AsyncRequestError:
    """Read an error of any shape: anything but an object becomes its message."""
    if isinstance(error, dict):
        return AsyncRequestError.from_dict(error)
    return AsyncRequestError.from_dict({"message": text(error) or f"an error that is a {type(error).__name__}"})


def _check_age(time: object, max_age: float, now: datetime.datetime) -> None:
    if not isinstance(time, datetime.datetime):
        raise WebhookError("the webhook does not say when it was sent")
    if time.tzinfo is None:
        time = time.replace(tzinfo=datetime.UTC)
    age = (now - time).total_seconds()
    if not abs(age) <= max_age:
        when = f"{age:.0f} s old" if age > 0 else f"{-age:.0f} s in the future"
        raise WebhookError(
            f"the webhook is {when}, and at most {max_age:g} s are allowed: it is a replay, or a clock is wrong"
        )
