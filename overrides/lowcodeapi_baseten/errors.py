"""One hierarchy of errors, and the error for an answer or a failure.

Every message is one line: what was tried, what came back, what to do next.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from lowcodeapi_baseten_api.types import Attempt

from .envelope import Reading, one_line
from .steps import Failure


class LowCodeAPIError(Exception):
    """Base of every error that this package raises on purpose. A call with wrong arguments is a plain `TypeError`."""

    # Tracebacks show the name by which users import it, not the module that it is in.
    __module__ = __name__.partition(".")[0]

    def __init_subclass__(cls) -> None:
        if cls.__module__.startswith(f"{LowCodeAPIError.__module__}."):
            cls.__module__ = LowCodeAPIError.__module__

    def __reduce__(self) -> tuple[Any, ...]:
        return _rebuild, (type(self), self.args, self.__dict__)


def _rebuild(cls: type[LowCodeAPIError], arguments: tuple[Any, ...], state: dict[str, Any]) -> LowCodeAPIError:
    error = cls.__new__(cls, *arguments)
    error.args = arguments
    error.__dict__.update(state)
    return error


class ConfigurationError(LowCodeAPIError):
    """The client can't work like this: no token, plain HTTP to another machine, a bad option. Nothing was sent."""


class InvalidParameterError(LowCodeAPIError, ValueError):
    """A parameter that can't be sent safely. Nothing was sent.

    Attributes:
        parameter: The name of the parameter.
    """

    def __init__(self, parameter: str, problem: str) -> None:
        super().__init__(f"{parameter} {problem}")
        self.parameter = parameter


class _CallError(LowCodeAPIError):
    """Base of the errors of a call that was sent.

    Attributes:
        operation: The operation's ID, such as "models.get".
        attempts: Every request of the call, in order.
        request_id: The provider's ID of the request, or None.
    """

    def __init__(
        self, message: str, *, operation: str, attempts: Sequence[Attempt] = (), request_id: str | None = None
    ) -> None:
        super().__init__(message)
        self.operation = operation
        self.attempts = tuple(attempts)
        self.request_id = request_id

    def curl(self) -> str:
        """The call as a line to paste into a shell, in the URL format that was tried last.

        It names the token as `$LOWCODEAPI_API_TOKEN`, which the shell fills in. Errors are logged, so it shows no body:
        curl reads that from `body.json`. Raises ValueError if no client raised the error.
        """
        line = self.__dict__.get("_curl")
        if line is None:
            raise ValueError("no client raised this error")
        return str(line)


class APIConnectionError(_CallError):
    """The gateway could not be reached, or the connection was lost before an answer."""


class APITimeoutError(APIConnectionError):
    """The deadline passed before an answer came, or before a connection was made.

    The message says if the request may have been carried out.
    """


class ResponseError(_CallError):
    """An answer that could not be understood.

    Attributes:
        status_code: The HTTP status.
        body: The body as it came, cut to 64 KiB, the token replaced.
    """

    def __init__(self, message: str, *, status_code: int, body: bytes, **known: Any) -> None:
        super().__init__(message, **known)
        self.status_code = status_code
        self.body = body[:65536]


class APIStatusError(_CallError):
    """The gateway or Baseten answered with an error.

    Attributes:
        status_code: The HTTP status.
        message: The message of the gateway or Baseten.
        error_code: Baseten's own code, such as "model_not_ready", or None.
        payload: The error as decoded JSON, text or bytes, the token replaced.
        headers: Baseten's headers, names in lower case.
        retry_after: Seconds to wait, from the answer's header or from inside the envelope, or None.
    """

    def __init__(
        self,
        text: str,
        *,
        status_code: int,
        message: str,
        error_code: str | None = None,
        payload: Any = None,
        headers: Mapping[str, str] | None = None,
        retry_after: float | None = None,
        **known: Any,
    ) -> None:
        super().__init__(text, **known)
        self.status_code = status_code
        self.message = message
        self.error_code = error_code
        self.payload = payload
        self.headers = dict(headers or {})
        self.retry_after = retry_after


class BadRequestError(APIStatusError):
    """400: Baseten rejected the request as malformed."""


class AuthenticationError(APIStatusError):
    """401: the gateway rejected the token, or Baseten the key behind it."""


class PermissionDeniedError(APIStatusError):
    """403: the account may not do this, or the gateway refuses the token; the message says which."""


class NotFoundError(APIStatusError):
    """404: not found."""


class ConflictError(APIStatusError):
    """409: the resource's state doesn't allow this."""


class PayloadTooLargeError(APIStatusError):
    """413: the request is too large."""


class UnprocessableEntityError(APIStatusError):
    """422: Baseten refuses the value of a field."""


class RateLimitError(APIStatusError):
    """429: too many requests. `retry_after` says how long to wait, if the answer does."""


class ServerError(APIStatusError):
    """5xx: the gateway or Baseten failed."""


class EndpointUnavailableError(APIStatusError):
    """The gateway has the route in neither format, or not in the requested one. Nothing was done."""


# --- the error to raise

_BY_STATUS: Mapping[int, type[APIStatusError]] = {
    400: BadRequestError,
    401: AuthenticationError,
    403: PermissionDeniedError,
    404: NotFoundError,
    409: ConflictError,
    413: PayloadTooLargeError,
    422: UnprocessableEntityError,
    429: RateLimitError,
}
_ADVICE: Mapping[int, str] = {
    400: "check the arguments",
    401: "check the token in LOWCODEAPI_API_TOKEN and the Baseten key stored in the LowCodeAPI account",
    402: "check the billing of the account",
    403: "check what the account may do",
    404: "check the ids",
    405: "the API does not offer this operation here: look for a newer version of this package",
    409: "check the current state of the resource",
    410: "the resource is gone for good",
    413: "send less",
    415: "the API does not accept this type of body: check extra_headers",
    422: "check the values",
    424: "something that this call depends on failed: fix that first",
    429: "wait and try again",
}
_MAY_PASS = frozenset({408, 423, 425, 429})
"""Client errors that may go away by themselves."""
_TOKEN_REFUSED = (
    "the gateway refuses the token: check the token in LOWCODEAPI_API_TOKEN, and that the LowCodeAPI account stores a "
    "key of the provider"
)


_NEVER_NEW = (
    'if a request in the new format stopped the gateway, as it may stop the published one, pass url_format="old"'
)
_MAY_HAVE_HAPPENED = "the request may have been carried out"
_LOOK = f"{_MAY_HAVE_HAPPENED}: check before you send it again"


def error_of_reading(
    reading: Reading,
    operation: str,
    attempts: Sequence[Attempt],
    *,
    is_open: bool,
    is_repeatable: bool = False,
    may_be_fatal: bool = False,
) -> LowCodeAPIError:
    """Return the error of an answer.

    `is_open`: the request may have been carried out. `is_repeatable`: sending it again does no harm.
    `may_be_fatal`: a request in the new format may have ended the gateway.
    """
    status, tried = reading.status, _tried(attempts)
    known: dict[str, Any] = {"operation": operation, "attempts": attempts, "request_id": reading.request_id}
    is_told = reading.is_route_miss or (bool(reading.envelope.error) and reading.problem is None)
    if status < 400 and not is_told:
        problem = reading.problem or "not the documented shape"
        text = f"{operation}: the answer can't be understood ({problem}) ({tried}); the error has its `body`"
        if is_open:
            text += f"; {_open(is_repeatable=is_repeatable)}"
        if may_be_fatal:
            text += f"; {_NEVER_NEW}"
        return ResponseError(text, status_code=status, body=reading.body, **known)
    cls = EndpointUnavailableError if reading.is_route_miss else _class_of(status)
    message = "the gateway does not know the route" if reading.is_route_miss else reading.message
    advice = _advice(reading)
    if is_open and is_repeatable:
        advice = f"{_open(is_repeatable=True)}; {advice}"
    elif is_open:
        advice = _LOOK if reading.retry_after is None else f"{_LOOK}; {_wait(reading.retry_after)}"
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


def error_of_failure(
    failure: Failure,
    operation: str,
    attempts: Sequence[Attempt],
    *,
    request_id: str | None,
    is_open: bool,
    is_repeatable: bool = False,
    may_be_fatal: bool = False,
    timeout: float | None = None,
) -> LowCodeAPIError:
    """Return the error of a call that got no answer, or none that may be read. See `error_of_reading`.

    `timeout`: the deadline of the whole call, in seconds.
    """
    text = one_line(failure.text)
    if is_open:
        advice = _open(is_repeatable=is_repeatable)
    elif not any(attempt.purpose == "call" for attempt in attempts):
        advice = "the call itself was not sent"
    elif failure.kind == "unsent" and failure.cause != "network":
        advice = ""  # the text already says what is wrong on this side
    elif failure.cause == "size":
        advice = "pass the client a larger max_response_bytes"
    elif failure.kind == "refused":
        advice = "check base_url and any proxy in between"
    else:
        advice = "check base_url and the network"
    is_timeout = failure.kind in {"timeout", "late"} or failure.is_overdue
    deadline = f"timeout was {timeout:g} s: raise it to wait longer" if is_timeout and timeout else ""
    advice = "; ".join(filter(None, (advice, deadline, _NEVER_NEW if may_be_fatal else "")))
    known: dict[str, Any] = {"operation": operation, "attempts": attempts, "request_id": request_id}
    identified = f", request id {request_id}" if request_id else ""
    tail = f"({_tried(attempts)}{identified}){'; ' if advice else ''}{advice}"
    if failure.kind == "refused":
        status = failure.status or 0
        return ResponseError(
            f"{operation}: the answer was rejected: {text} {tail}", status_code=status, body=failure.body, **known
        )
    cls = APITimeoutError if is_timeout else APIConnectionError
    return cls(f"{operation}: {text} {tail}", **known)


def _advice(reading: Reading) -> str:
    """Advise what to do about an answer, by its status."""
    status = reading.status
    if reading.is_route_miss:
        return "check base_url and url_format"
    may_pass = not 400 <= status < 500 or status in _MAY_PASS
    if may_pass and reading.retry_after is not None:
        return _wait(reading.retry_after)
    if status == 403 and _is_of_the_gateway(reading):
        return _TOKEN_REFUSED
    return _ADVICE.get(status, "try again later" if may_pass else "sending it again unchanged won't help")


def _is_of_the_gateway(reading: Reading) -> bool:
    """True for the gateway's own refusal of a token: it repeats the status inside, and has no upstream headers."""
    return not reading.is_behind_route and reading.error_code == str(reading.status)


def _wait(seconds: float) -> str:
    return f"try again in {seconds:.10g} s, as it asks"


def _open(*, is_repeatable: bool) -> str:
    return f"{_MAY_HAVE_HAPPENED}, and sending it again does no harm" if is_repeatable else _LOOK


def _class_of(status: int) -> type[APIStatusError]:
    return _BY_STATUS.get(status, ServerError if status >= 500 else APIStatusError)


def _tried(attempts: Sequence[Attempt]) -> str:
    parts = []
    for attempt in attempts:
        name = f"{attempt.format} format" if attempt.purpose == "call" else attempt.purpose
        parts.append(f"{name}: {attempt.status_code or attempt.outcome}")
    return ", ".join(parts) or "nothing was sent"
