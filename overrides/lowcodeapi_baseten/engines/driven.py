"""One call of a run, driven by callbacks: no task, no future, and nothing is left of it once it is cut off."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import Any, NamedTuple

from ..envelope import Answer, read
from ..errors import LowCodeAPIError
from ..steps import Failure, Outcome, Send, Sleep, Steps
from .line import Turns
from .pace import Pace, Refusal
from .sending import Begin

StepsOf = Callable[[Any, float | None], Steps[Any]]
"""What gives the steps of the call of an input, with so many seconds for it. The input is encoded at once."""


class Means(NamedTuple):
    """What the calls of a run share. `broken` is told of an error that is none of a call: the run can't go on."""

    loop: asyncio.AbstractEventLoop
    begin: Begin
    pace: Pace
    turns: Turns
    ended: Callable[[Driven, Any], object]
    broken: Callable[[BaseException], object]


class Driven:
    """What `client._run_raw` does for one call, through the gate of the run. It ends in an output, or in an error."""

    __slots__ = ("_cancel", "_has_turn", "_is_over", "_means", "_refusal", "_send", "_steps", "_then", "_until", "at")

    def __init__(self, means: Means, at: int) -> None:
        self._means, self.at = means, at
        self._has_turn = self._is_over = False
        self._steps: Steps[Any] | None = None
        self._cancel: Callable[[], object] | None = None
        # What is done with the news that it waits for. None while it does not wait: it would refer to itself.
        self._then: Callable[[Any], object] | None = None
        self._refusal: Answer | None = None

    def start(self, steps: Steps[Any] | LowCodeAPIError) -> None:
        """Begin the call. One that can't be sent has an error in the place of its steps, and ends at once."""
        if isinstance(steps, LowCodeAPIError):
            self._end(steps)
        else:
            self._steps = steps
            self._go_on(None)

    def cut_off(self) -> None:
        """Stop, wherever it is. Nobody is told."""
        self._is_over = True
        if self._cancel is not None:
            self._cancel()
        if self._steps is not None:
            self._steps.close()

    def _goes_on(self, news: Any) -> None:
        """What it waited for is there: every callback comes by here."""
        if self._is_over:
            return
        then, self._then, self._cancel = self._then, None, None
        assert then is not None
        try:
            then(news)
        except BaseException as error:
            # In a callback it would be logged and forgotten, and the run would wait for this call for ever.
            self._is_over = True
            self._means.broken(error)

    def _go_on(self, outcome: Outcome) -> None:
        means, steps = self._means, self._steps
        assert steps is not None
        try:
            while True:
                step = steps.send(outcome)
                if isinstance(step, Send):
                    return self._through_the_gate(step)
                self._then = self._go_on
                if isinstance(step, Sleep):
                    self._cancel = means.loop.call_later(step.seconds, self._goes_on, None).cancel
                    return None
                if step.take:
                    self._then = self._had_turn
                    means.turns.take(step.timeout, self._goes_on)
                    return None
                self._has_turn = False
                means.turns.release()
                outcome = None
        except StopIteration as done:
            result = done.value.result
        except LowCodeAPIError as error:
            # Its frames would keep the whole run alive, for as long as somebody collects errors.
            result = error.with_traceback(None)
        self._end(result)
        return None

    def _had_turn(self, has_turn: bool) -> None:
        self._has_turn = has_turn
        self._go_on(has_turn)

    def _through_the_gate(self, send: Send) -> None:
        """Send; and where the answer is that it was too much and nothing was done, again, as long as there is time."""
        self._send, self._until, self._refusal = send, time.monotonic() + send.timeout, None
        if self._means.pace.entered():
            self._begin(send)
        elif (refused := self._refused_by(send.timeout)) is not None:
            self._go_on(refused)
        else:
            self._then = self._let_in
            self._means.pace.enter(send.timeout, self._goes_on)

    def _let_in(self, is_in: bool) -> None:
        if is_in:
            self._begin(self._send._replace(timeout=max(self._until - time.monotonic(), 0.001)))
        else:
            self._go_on(self._refusal or self._refused_by(0.0) or Failure("late", "no time was left"))

    def _refused_by(self, left: float) -> Answer | None:
        """The answer that nothing is sent for, where that is for longer than there is time.

        Only the same request would be answered so: a probe asks which format is served, and must not believe another's.
        """
        pace = self._means.pace
        refusal = pace.refusal if pace.seconds_left() > left else None
        return refusal.answer if refusal is not None and refusal.target == self._send.target else None

    def _begin(self, send: Send) -> None:
        self._then = self._answered
        self._cancel = self._means.begin(send, self._goes_on)

    def _answered(self, outcome: Answer | Failure) -> None:
        pace = self._means.pace
        if not isinstance(outcome, Answer) or outcome.status not in {429, 503}:
            pace.leave()
            return self._go_on(outcome)
        reading = read(outcome, method=self._send.method)
        is_refused = outcome.status == 429 or reading.error_code == "model_not_ready"
        pace.leave(Refusal(self._send.target, outcome, reading.retry_after) if is_refused else None)
        left = self._until - time.monotonic()
        if not is_refused or pace.seconds_left() >= left:
            return self._go_on(outcome)
        self._refusal, self._then = outcome, self._let_in
        pace.enter(left, self._goes_on)
        return None

    def _end(self, result: Any) -> None:
        self._is_over = True
        if self._has_turn:
            self._means.turns.release()
        self._means.ended(self, result)
