"""The call of one input of a run, from its first request to its output or error."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Any, cast

from lowcodeapi_baseten_api.types import Attempt, Call, RawResponse

from ..envelope import Answer, read
from ..errors import APIStatusError, LowCodeAPIError
from ..steps import Failure, Send, Steps
from ..transport._async.driver import adrive
from ..transport._async.gate import AsyncGate
from .pace import Pace, Refusal

Exchange = Callable[[Send], Awaitable[Answer | Failure]]


class Calls:
    """The calls of one run: what each of them sends goes through the gate of the run.

    Attributes:
        turn: One at a time asks the gateway which format it serves.
    """

    def __init__(self, call: Call, exchange: Exchange, pace: Pace) -> None:
        self._call, self._exchange, self._pace, self.turn = call, exchange, pace, AsyncGate(1)

    @property
    def engine(self) -> Calls:
        """What sends, for the driver."""
        return self

    async def output(self, steps: Steps[RawResponse[Any]]) -> Any:
        """What the call of an input brings: an output, or the error that it ends in."""
        try:
            return (await adrive(cast("Any", self), steps, self._call)).result
        except LowCodeAPIError as error:
            # Its frames would keep the whole run alive, for as long as somebody collects errors.
            return error.with_traceback(None)

    async def exchange(self, send: Send) -> Answer | Failure:
        """Send; and where the answer is that it was too much and nothing was done, again, as long as there is time."""
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
                outcome = await self._exchange(send)
                refusal = _refusal(send, outcome)
            except asyncio.CancelledError:
                task = asyncio.current_task()
                if task is None or task.cancelling():
                    raise
                # By a transport that was given, against the rules.
                outcome = Failure("lost", "the exchange was cancelled")
            finally:
                pace.leave(refusal)
            if refusal is None:
                return outcome
            refused = refusal.answer

    def _refused_already(self, send: Send) -> Answer | None:
        """The answer that nothing is sent for now.

        Only the same request would be answered so: a probe asks which format is served, and must not believe another's.
        """
        refusal = self._pace.refusal if self._pace.seconds_left() > 0 else None
        return refusal.answer if refusal is not None and refusal.target == send.target else None


def _refusal(send: Send, outcome: Answer | Failure) -> Refusal | None:
    if not isinstance(outcome, Answer) or outcome.status not in {429, 503}:
        return None
    reading = read(outcome, method=send.method)
    if outcome.status == 503 and reading.error_code != "model_not_ready":
        return None
    return Refusal(send.target, outcome, reading.retry_after)


def is_fate_unknown(error: LowCodeAPIError) -> bool:
    """Whether nobody can tell if the input was carried out: what `verdicts` said of any request of the call.

    The answers themselves are gone by now, so it is told from the attempts that the error keeps.
    """
    is_not_ready = isinstance(error, APIStatusError) and error.error_code == "model_not_ready"
    attempts: tuple[Attempt, ...] = getattr(error, "attempts", ())
    return any(_is_open(attempt, is_not_ready) for attempt in attempts if attempt.purpose == "call")


def _is_open(attempt: Attempt, is_not_ready: bool) -> bool:
    if attempt.outcome != "answered":
        return attempt.outcome in {"timeout", "lost", "refused"}
    status = attempt.status_code or 0
    if status == 503 and is_not_ready:
        # Nothing was done. Nor was it by a 503 before the last one: only the same is sent again, unless the client may
        # repeat predictions anyway.
        return False
    # An answer that is no error, and yet the call has ended in one: it could not be understood, or it redirects.
    return status < 400 or status == 408 or status >= 500
