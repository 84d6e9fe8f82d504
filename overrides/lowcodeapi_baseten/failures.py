"""A failure or error answer → the error to raise, in one line: what was tried, what came back, what to do next."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from lowcodeapi_baseten_api.types import Attempt

from . import errors
from .envelope import Reading, one_line
from .steps import Failure

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


# Failure texts begin like this if the network, or the host of base_url, is to be checked.
UNREACHED = "the gateway could not be reached"
_NEVER_NEW = 'if the gateway ended with the request in the new format, as the published one may, give url_format="old"'
_LOOK = "the request may have been carried out: look before you send it again"


def of_reading(
    reading: Reading, operation: str, attempts: Sequence[Attempt], *, is_open: bool, may_be_fatal: bool = False
) -> errors.LowCodeAPIError:
    """Return the error of an answer. `is_open`: the request may have been carried out, and must not be repeated.

    `may_be_fatal`: a request in the new format may have ended the gateway.
    """
    status, tried = reading.status, _tried(attempts)
    known: dict[str, Any] = {"operation": operation, "attempts": attempts, "request_id": reading.request_id}
    is_told = reading.is_route_miss or (bool(reading.envelope.error) and reading.problem is None)
    if status < 400 and not is_told:
        problem = reading.problem or "not the documented shape"
        text = f"{operation}: the answer can't be understood ({problem}) ({tried}); its body is on the error"
        if is_open:
            text += f"; {_LOOK}"
        if may_be_fatal:
            text += f"; {_NEVER_NEW}"
        return errors.ResponseError(text, status_code=status, body=reading.body, **known)
    cls = errors.EndpointUnavailableError if reading.is_route_miss else _class_of(status)
    message = "the gateway does not know the route" if reading.is_route_miss else reading.message
    advice = "check base_url and url_format" if reading.is_route_miss else _ADVICE.get(status, "try again later")
    if status == 429 and reading.retry_after is not None:
        advice = f"try again in {reading.retry_after:.10g} s, as it asks"
    if is_open:
        advice = _LOOK
    if may_be_fatal:
        advice += f"; {_NEVER_NEW}"
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


def of_failure(
    failure: Failure,
    operation: str,
    attempts: Sequence[Attempt],
    *,
    request_id: str | None,
    is_open: bool,
    may_be_fatal: bool = False,
) -> errors.LowCodeAPIError:
    """Return the error of a call that got no answer, or none that may be read."""
    text = one_line(failure.text)
    if is_open:
        advice = _LOOK
    elif not any(attempt.purpose == "call" for attempt in attempts):
        advice = "the call itself was not sent"
    elif failure.kind == "unsent" and not failure.text.startswith(UNREACHED):
        advice = ""  # the text already says what is wrong on this side
    elif failure.kind == "refused":
        is_large = "max_response_bytes" in failure.text
        advice = "give the client a larger max_response_bytes" if is_large else "check base_url and what stands between"
    else:
        advice = "check base_url and the network"
    if may_be_fatal:
        advice = f"{advice}; {_NEVER_NEW}" if advice else _NEVER_NEW
    known: dict[str, Any] = {"operation": operation, "attempts": attempts, "request_id": request_id}
    identified = f", request id {request_id}" if request_id else ""
    tail = f"({_tried(attempts)}{identified}){'; ' if advice else ''}{advice}"
    if failure.kind == "refused":
        status = failure.status or 0
        return errors.ResponseError(
            f"{operation}: the answer is not read: {text} {tail}", status_code=status, body=failure.body, **known
        )
    cls = errors.APITimeoutError if failure.kind in {"timeout", "late"} else errors.APIConnectionError
    return cls(f"{operation}: {text} {tail}", **known)


def _class_of(status: int) -> type[errors.APIStatusError]:
    return _BY_STATUS.get(status, errors.ServerError if status >= 500 else errors.APIStatusError)


def _tried(attempts: Sequence[Attempt]) -> str:
    parts = []
    for attempt in attempts:
        name = f"{attempt.format} format" if attempt.purpose == "call" else attempt.purpose
        parts.append(f"{name}: {attempt.status_code or attempt.outcome}")
    return ", ".join(parts) or "nothing was sent"
