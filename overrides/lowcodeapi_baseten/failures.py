"""What went wrong → which error, in one line: what was tried, what came back, what to do next."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from lowcodeapi_baseten_api.types import Attempt

from . import errors
from .envelope import Reading

_BY_STATUS: Mapping[int, type[errors.APIStatusError]] = {
    400: errors.BadRequestError,
    401: errors.AuthenticationError,
    403: errors.PermissionDeniedError,
    404: errors.NotFoundError,
    409: errors.ConflictError,
    413: errors.PayloadTooLargeError,
    422: errors.UnprocessableEntityError,
    429: errors.RateLimitError,
}
_ADVICE: Mapping[int, str] = {
    400: "check the arguments",
    401: "check the token in LOWCODEAPI_API_TOKEN and the Baseten key stored in the LowCodeAPI account",
    403: "check what the account may do",
    404: "check the ids",
    409: "look at the state of the thing first",
    413: "send less",
    422: "check the values",
    429: "wait and try again",
}


def of_reading(reading: Reading, operation: str, attempts: Sequence[Attempt]) -> errors.LowCodeAPIError:
    """The error of an answer."""
    status, tried = reading.status, _tried(attempts)
    known: dict[str, Any] = {"operation": operation, "attempts": attempts, "request_id": reading.request_id}
    if (status < 400 or reading.is_success) and not (reading.envelope.error and reading.problem is None):
        problem = reading.problem or "not the documented shape"
        text = f"{operation}: the answer can't be understood ({problem}) ({tried}); its body is on the error"
        return errors.ResponseError(text, status_code=status, body=reading.body, **known)
    cls = errors.EndpointUnavailableError if reading.is_route_miss else _class_of(status)
    message = "the gateway does not know the route" if reading.is_route_miss else reading.message
    advice = "check base_url and url_format" if reading.is_route_miss else _ADVICE.get(status, "try again later")
    identified = f", request id {reading.request_id}" if reading.request_id else ""
    return cls(
        f"{operation}: {status}: {message} ({tried}{identified}); {advice}",
        status_code=status,
        message=message,
        error_code=reading.error_code,
        payload=reading.envelope.error if reading.envelope.error is not None else reading.envelope.payload,
        headers=reading.envelope.headers,
        retry_after=reading.retry_after,
        **known,
    )


def of_silence(
    kind: str, text: str, operation: str, attempts: Sequence[Attempt], *, is_fate_unknown: bool
) -> errors.LowCodeAPIError:
    """The error of a call that got no answer."""
    known: dict[str, Any] = {"operation": operation, "attempts": attempts}
    if kind == "refused":
        text = f"{operation}: the answer is not read: {text} ({_tried(attempts)})"
        return errors.ResponseError(text, status_code=attempts[-1].status_code or 0, body=b"", **known)
    if is_fate_unknown:
        advice = "the request may have been carried out: look before you send it again"
    elif not any(attempt.purpose == "call" for attempt in attempts):
        advice = "the call itself was not sent"
    else:
        advice = "check base_url and the network"
    cls = errors.APITimeoutError if kind == "timeout" else errors.APIConnectionError
    return cls(f"{operation}: {text} ({_tried(attempts)}); {advice}", **known)


def _class_of(status: int) -> type[errors.APIStatusError]:
    return _BY_STATUS.get(status, errors.ServerError if status >= 500 else errors.APIStatusError)


def _tried(attempts: Sequence[Attempt]) -> str:
    parts = []
    for attempt in attempts:
        name = "probe" if attempt.purpose == "probe" else f"{attempt.format} format"
        parts.append(f"{name}: {attempt.status_code or attempt.outcome}")
    return ", ".join(parts) or "nothing was sent"
