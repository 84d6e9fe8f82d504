"""One hierarchy of errors. Every message is one line: what was tried, what came back, what to do next."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from lowcodeapi_baseten_api.types import Attempt


class LowCodeAPIError(Exception):
    """Base of every error that this package raises on purpose, but `TypeError` for a call that Python refuses too."""

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
            raise ValueError("this error belongs to no call")
        return str(line)


class APIConnectionError(_CallError):
    """The gateway could not be reached, or the connection was lost before an answer."""


class APITimeoutError(APIConnectionError):
    """No answer before the deadline. The request may or may not have been carried out."""


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
    """The call failed, and an answer says so.

    Attributes:
        status_code: The HTTP status.
        message: The message of the gateway or Baseten.
        error_code: Baseten's own code, such as "model_not_ready", or None.
        payload: The error as decoded JSON, text or bytes, the token replaced.
        headers: Baseten's headers, names in lower case.
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
    """403: the account may not do this."""


class NotFoundError(APIStatusError):
    """404: not found."""


class ConflictError(APIStatusError):
    """409: the resource's state doesn't allow this."""


class PayloadTooLargeError(APIStatusError):
    """413: the request is too large."""


class UnprocessableEntityError(APIStatusError):
    """422: a field of the request has a value that Baseten refuses."""


class RateLimitError(APIStatusError):
    """429: too many requests.

    Attributes:
        retry_after: Seconds to wait, from the answer's header or from inside the envelope, or None.
    """


class ServerError(APIStatusError):
    """5xx: the gateway or Baseten failed."""


class EndpointUnavailableError(APIStatusError):
    """The gateway has the route in neither format, or not in the requested one. Nothing was done."""
