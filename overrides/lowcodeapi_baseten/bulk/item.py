"""The call for one input of a run, from its first request to its output or error."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from contextlib import closing
from typing import Any, TypeGuard

from lowcodeapi_baseten_api.types import Attempt

from ..call import Begun
from ..client_call import sent
from ..envelope import Answer, Reading, read
from ..errors import APIStatusError, LowCodeAPIError
from ..request import Request
from ..steps import Failure, Send, Steps
from ..transport._async.driver import adrive
from ..transport._async.gate import AsyncGate
from ..verdicts import What, understood
from .options import RunOptions
from .pace import Pace, Refusal

Exchange = Callable[[Send], Awaitable[Answer | Failure]]


class Calls:
    """The calls of one run. All their requests go through the run's `Pace`.

    Attributes:
        turn: Lets one call at a time ask the gateway which format it serves.
    """

    def __init__(self, options: RunOptions, exchange: Exchange, pace: Pace) -> None:
        self._plan, self._hooks, self._like, self._rate = options.plan, options.hooks, options.like, options.rate
        self._exchange, self._pace, self.turn = exchange, pace, AsyncGate(1)
        self._operation = self._plan.operations[self._like.call.operation]
        self._result = self._plan.tables.decode.result
        # The first request of a call that worked, without its body; None until one has worked.
        self._first: Send | None = None

    @property
    def engine(self) -> Calls:
        """The sender, for the driver."""
        return self

    def output(self, request: Request) -> Awaitable[Any]:
        """The output for an input. Raises the error that its call ends in."""
        shared: Any = self  # it has all that the driver uses
        return adrive(shared, self._steps(request), request.call)

    def _steps(self, request: Request) -> Steps[Any]:
        """The call for an input. Once the first request is known, send it directly; only a plain success avoids `call`.

        The calls of a run differ only in their bodies, and nearly all of them take this short path.
        """
        first, begun, plan = self._first, None, self._plan
        if first is not None:
            at, timeout = time.monotonic(), request.call.timeout or first.timeout
            method, target, headers, name = first.method, first.target, first.headers, first.format
            outcome = yield Send(method, target, headers, request.content, timeout, True, name)
            try:
                what = understood(outcome, method, plan.origin, target)
                if is_plain(what):
                    return self._result(self._operation, what.envelope.payload)
            except Exception:
                pass  # `call` meets it again, and raises an error that says what was sent
            begun, self._first = Begun(at, name, outcome), None
        raw = yield from sent(plan, request, time.monotonic, self._hooks, begun)
        self._first = self._first or self._asked_first()
        return raw.result

    def _asked_first(self) -> Send | None:
        """The first request of `call`, now that one has worked; None if `call` must be asked each time."""
        if self._plan.retry_unsafe or self._hooks.is_watched(logging.DEBUG):
            return None
        with closing(sent(self._plan, self._like, time.monotonic, self._hooks)) as steps:
            first = next(steps)
        return first if isinstance(first, Send) and first.purpose == "call" else None

    async def exchange(self, send: Send) -> Answer | Failure:
        """Send, and while there is time, send again after each answer of 429 or "model not ready"."""
        pace, until = self._pace, time.monotonic() + send.timeout
        refused: Answer | None = None
        while True:
            if refused is not None or not pace.entered():
                refused = refused or self._refused_already(send)
                if refused is not None and pace.seconds_left() >= until - time.monotonic():
                    return refused
                if not await pace.enter(until):
                    return refused or self._refused_already(send) or Failure("late", "no time was left")
                send = send._replace(timeout=max(until - time.monotonic(), 0.001))
            refusal: Refusal | None = None
            outcome: Answer | Failure
            try:
                if self._rate is not None and send.purpose == "call":
                    # Waiting in line for all runs is no part of the item's timeout.
                    since = time.monotonic()
                    await self._rate.turn()
                    until += time.monotonic() - since
                outcome = await self._exchange(send)
                refusal = _refusal(send, outcome)
            except asyncio.CancelledError:
                task = asyncio.current_task()
                if task is None or task.cancelling():
                    raise
                # A transport of the user raised this, against the rules.
                outcome = Failure("lost", "the exchange was cancelled")
            finally:
                pace.leave(refusal)
            if refusal is None:
                return outcome
            if self._rate is not None:
                self._rate.pause(pace.seconds_left())
            refused = refusal.answer

    def _refused_already(self, send: Send) -> Answer | None:
        """The refusal that has paused sending, if it answered the same target.

        A probe asks which format is served, so it must not take the answer to another request.
        """
        refusal = self._pace.refusal if self._pace.seconds_left() > 0 else None
        return refusal.answer if refusal is not None and refusal.target == send.target else None


def is_plain(what: What | str) -> TypeGuard[Reading]:
    """True for a success that has only an output, as JSON or text."""
    return (
        isinstance(what, Reading)
        and what.is_success
        and not what.envelope.error
        and not isinstance(what.envelope.payload, bytes)
    )


def _refusal(send: Send, outcome: Answer | Failure) -> Refusal | None:
    if not isinstance(outcome, Answer) or outcome.status not in {429, 503}:
        return None
    reading = read(outcome, method=send.method)
    if outcome.status == 503 and reading.error_code != "model_not_ready":
        return None
    return Refusal(send.target, outcome, reading.retry_after)


def is_fate_unknown(error: LowCodeAPIError) -> bool:
    """True if the input may have been carried out, by the rules of `verdicts` for each request of the call.

    The answers are gone by now, so this looks at the attempts that the error keeps.
    """
    is_not_ready = isinstance(error, APIStatusError) and error.error_code == "model_not_ready"
    attempts: tuple[Attempt, ...] = getattr(error, "attempts", ())
    return any(_is_open(attempt, is_not_ready) for attempt in attempts if attempt.purpose == "call")


def _is_open(attempt: Attempt, is_not_ready: bool) -> bool:
    if attempt.outcome != "answered":
        return attempt.outcome in {"timeout", "lost", "refused"}
    status = attempt.status_code or 0
    if status == 503 and is_not_ready:
        # Nothing was done. Nor was it at an earlier 503: only after one like this is a request sent again, unless the
        # client may repeat predictions anyway.
        return False
    # The status is no error but the call ended in one: the answer was not understood, or it was a redirect.
    return status < 400 or status == 408 or status >= 500
