"""Small events for observers of the client: one for each request, answer, retry and change of format.

No event holds a query, a header, a body or a token. A hook that raises is logged, and the call goes on. The log comes
from here too: a DEBUG line for each request, an INFO line for each retry and change of format. It has no path either.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any, NamedTuple, TypeVar

from lowcodeapi_baseten_api.types import RawResponse

from .call import Begun
from .envelope import Answer, read
from .errors import ConfigurationError
from .logger import log, say
from .plan import Plan
from .request import Request
from .secrets import Withheld
from .steps import Failure, Outcome, Send, Sleep, Steps

E = TypeVar("E")


class RequestEvent(NamedTuple):
    """A request is about to be sent.

    Attributes:
        operation: The operation's ID, such as "models.get".
        method: The HTTP method.
        path: The path, without the query.
        format: The URL format, "new" or "old".
        purpose: "call"; or "probe" or "documents" for a request that only asks which format the gateway serves.
        number: 1 for the first request of the call.
    """

    operation: str
    method: str
    path: str
    format: str
    purpose: str
    number: int


class ResponseEvent(NamedTuple):
    """A request was answered, or failed.

    Attributes:
        request: The event of the request.
        status_code: The HTTP status, or None.
        outcome: "answered", or how it failed: "unsent", "timeout", "lost", "refused".
        seconds: How long it took.
    """

    request: RequestEvent
    status_code: int | None
    outcome: str
    seconds: float


class RetryEvent(NamedTuple):
    """A call is about to be sent again.

    Attributes:
        operation: The operation's ID.
        delay: Seconds waited before.
        reason: The status or the failure of the last request.
    """

    operation: str
    delay: float
    reason: str


class FallbackEvent(NamedTuple):
    """A call is about to be sent in the other URL format.

    Attributes:
        operation: The operation's ID.
        from_format: The format that did not work.
        to_format: The format tried next.
        reason: The status or the failure of the last request.
    """

    operation: str
    from_format: str
    to_format: str
    reason: str


class Hooks(NamedTuple):
    """A client's hooks. They run in the call's own thread or task: they must not block, and are not awaited.

    `hide` replaces the token in what the log shows.
    """

    on_request: Callable[[RequestEvent], Any] | None = None
    on_response: Callable[[ResponseEvent], Any] | None = None
    on_retry: Callable[[RetryEvent], Any] | None = None
    on_fallback: Callable[[FallbackEvent], Any] | None = None
    hide: Callable[[str], str] = str

    def checked(self) -> Hooks:
        """Return itself. Raises `ConfigurationError` if a hook can't be called."""
        for name, hook in zip(self._fields, self, strict=True):
            if hook is not None and not callable(hook):
                raise ConfigurationError(f"{name} must be a function; got {type(hook).__name__}")
        return self

    def is_watched(self, level: int) -> bool:
        """True if there is a hook, or the log is open for this level."""
        return self[:4] != _NONE or log.isEnabledFor(level)


_NONE = (None, None, None, None)


def _tell(hook: Callable[[E], Any] | None, event: E) -> None:
    if hook is None:
        return
    try:
        hook(event)
    except Exception:
        # A failing hook must not lose an answer, nor cause a call to be sent again.
        say(logging.WARNING, "a hook failed at a %s", type(event).__name__, exc_info=True)


def observed(
    steps: Steps[RawResponse[Any]],
    plan: Plan,
    request: Request,
    hooks: Hooks,
    now: Callable[[], float],
    begun: Begun | None = None,
) -> Steps[RawResponse[Any]]:
    """The same steps, calling the hooks and writing the log on the way."""
    operation = request.call.operation
    known, number, reason = ("", 0, "") if begun is None else (begun.format, 1, _reason(begun.outcome))
    delay: float | None = None
    is_told = log.isEnabledFor(logging.DEBUG)
    outcome: Any = None
    try:
        while True:
            step = steps.send(outcome)
            if not isinstance(step, Send):
                delay = step.seconds if isinstance(step, Sleep) else delay
                outcome = yield step
                continue
            if delay is not None:
                _tell(hooks.on_retry, RetryEvent(operation, delay, reason))
                say(logging.INFO, "%s: retry after %.2f s (last attempt: %s)", operation, delay, reason)
                delay = None
            if step.purpose == "call":
                if known not in {"", step.format}:
                    _tell(hooks.on_fallback, FallbackEvent(operation, known, step.format, reason))
                    text = "%s: fallback to the %s URL format (last attempt: %s)"
                    say(logging.INFO, text, operation, step.format, reason)
                known = step.format
            number += 1
            path = step.target.partition("?")[0]
            event = RequestEvent(operation, step.method, path, step.format, step.purpose, number)
            _tell(hooks.on_request, event)
            started = now()
            outcome = yield step
            seconds, reason = now() - started, _reason(outcome)
            kind = outcome.kind if isinstance(outcome, Failure) else "answered"
            _tell(hooks.on_response, ResponseEvent(event, getattr(outcome, "status", None), kind, seconds))
            if is_told:
                text = "%s: attempt=%d purpose=%s format=%s status=%s seconds=%.3f request_id=%s"
                id_ = hooks.hide(_request_id(plan, request, step, outcome) or "None")
                say(logging.DEBUG, text, operation, number, step.purpose, step.format, reason, seconds, id_)
    except StopIteration as end:
        result: RawResponse[Any] = end.value
        return result
    finally:
        steps.close()


def _request_id(plan: Plan, request: Request, sent: Send, outcome: Outcome) -> str | None:
    if not isinstance(outcome, Answer):
        return None
    reading = read(outcome, method=sent.method)
    return Withheld(plan.operations[request.call.operation], request.call, reading).text(reading.request_id)


def _reason(outcome: Outcome) -> str:
    return str(getattr(outcome, "status", None) or getattr(outcome, "kind", "answered"))
