"""One engine for every wait: look, judge and pause until it is done, has failed, or the time is up.

It is polite: pauses grow, passing failures are tolerated, and there is a deadline.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from functools import partial
from typing import Any, Literal, NamedTuple

from ..errors import APIConnectionError, APIStatusError, InvalidParameterError, LowCodeAPIError, ResponseError
from ..request import check_timeout
from .base import INTERVAL, MAX_INTERVAL
from .driving import Clock, Do, Pause, Workflow
from .errors import WaitFailedError, WaitTimeoutError

GROWTH = 1.5
LONGEST_LOOK = 60.0  # seconds, for one look
LAST_LOOK = 1.0  # seconds
PATIENCE = 300.0  # seconds for which every look may fail
GRACE = 60.0  # seconds that a dead-end state may last


class Watch:
    """A series of looks. `answer` and `state` keep the latest, for the error that ends it.

    Raises `InvalidParameterError` for an option that can't work.

    Attributes:
        last_look: Seconds allowed for a look at the very end of the time; 0 if there is none.
    """

    def __init__(
        self,
        what: str,
        clock: Clock,
        *,
        timeout: float | None,
        interval: float = INTERVAL,
        max_interval: float = MAX_INTERVAL,
    ) -> None:
        for name, seconds in (("timeout", timeout), ("interval", interval), ("max_interval", max_interval)):
            if not (seconds is None and name == "timeout"):
                check_timeout(seconds, name)
        if max_interval < interval:
            raise InvalidParameterError("max_interval", "must be at least interval")
        self.what, self.clock, self.timeout = what, clock, timeout
        self.answer: Any = None
        self.state: str | None = None
        self.last_look = LAST_LOOK
        self._verdict: Verdict | None = None
        self._since = clock.now()
        self._deadline = None if timeout is None else clock.now() + timeout
        self._interval, self._pause, self._longest = interval, interval, max_interval

    def ask(self, look: Callable[..., Any]) -> Workflow[Any]:
        """Return the answer of `look(timeout=…)`, retrying as needed.

        Raises its error at once if a retry can't help, and after `PATIENCE` if it might.
        """
        failing_since: float | None = None
        while True:
            left = self.left() if self.last_look else self.rest()
            budget = LONGEST_LOOK if left is None else min(LONGEST_LOOK, max(left, self.last_look))
            try:
                return (yield Do(partial(look, timeout=budget)))
            except LowCodeAPIError as error:
                if not may_pass(error):
                    raise
                failing_since = self.clock.now() if failing_since is None else failing_since
                if self.clock.now() - failing_since >= PATIENCE:
                    raise
                trouble = error
            yield from self.pause(trouble)

    def rest(self) -> float | None:
        """Seconds left after the looks. Raises `WaitTimeoutError` if there are none."""
        left = self.left()
        if left is not None and left <= 0:
            raise self._timed_out()
        return left

    def pause(self, trouble: LowCodeAPIError | None = None) -> Workflow[None]:
        """Wait before the next look. Raises `WaitTimeoutError` if no time is left."""
        # Jitter, so that many waiting clients don't all look at once.
        seconds = self._pause * random.uniform(0.8, 1.0)
        self._pause = min(self._pause * GROWTH, self._longest)
        asked = getattr(trouble, "retry_after", None) or 0.0
        left = self.left()
        if left is not None and (left <= 0 or asked > left):
            raise self._timed_out(trouble) from trouble
        # An answer may ask for years: wait no longer than looks may fail.
        seconds = max(seconds, min(asked, PATIENCE))
        # The last look is at the deadline itself, so that no timeout is shorter than asked for.
        yield Pause(seconds if left is None else min(seconds, left))

    def saw(self, answer: Any, verdict: Verdict) -> bool:
        """Keep the latest answer; True if its state has changed."""
        is_new = verdict.state != self.state
        self.answer, self.state, self._verdict = answer, verdict.state, verdict
        if is_new:
            self._since = self.clock.now()
        return is_new

    def unchanged(self) -> float:
        """Seconds since the state last changed."""
        return self.clock.now() - self._since

    def begin_anew(self) -> None:
        """Something happened: look more often again."""
        self._pause = self._interval

    def left(self) -> float | None:
        """Seconds until the deadline; None if there is none."""
        return None if self._deadline is None else self._deadline - self.clock.now()

    def _timed_out(self, trouble: LowCodeAPIError | None = None) -> WaitTimeoutError:
        seen = f"it was {self.state} when last seen" if self.state else "its state was never seen"
        failed = f" (the last look failed: {trouble})" if trouble else ""
        if self._verdict is None:
            advice = "" if trouble else "; allow more time"
        elif self._verdict.outcome == "going":
            advice = "; it continues: wait again, or longer"
        else:
            # Nothing continues: somebody has to act, or it has ended.
            advice = f"; {self._verdict.why}" if self._verdict.why else ""
        return WaitTimeoutError(
            f"{self.what}: not done after {self.timeout:g} s; {seen}{failed}{advice}",
            answer=self.answer,
            state=self.state,
        )


def may_pass(error: LowCodeAPIError) -> bool:
    """True if a retry may succeed a little later."""
    if isinstance(error, APIStatusError):
        return error.status_code in {408, 429} or error.status_code >= 500
    return isinstance(error, (APIConnectionError, ResponseError))


class Verdict(NamedTuple):
    """The state in an answer, and its meaning for the wait.

    "going" is in progress, or in a state that this version does not know. "resting" is a state that it leaves only when
    somebody acts; that may have happened a moment ago, so it counts as failed only after `GRACE`.
    """

    outcome: Literal["done", "failed", "going", "resting"]
    state: str
    why: str = ""


Judge = Callable[[Any], Verdict]


def wait(watch: Watch, look: Callable[..., Any], judge: Judge, on_change: Callable[[Any], Any] | None) -> Workflow[Any]:
    """Poll until an answer is judged done, and return it.

    Raises `WaitFailedError` or `WaitTimeoutError`, both with the last answer, or the final error of `look`.
    """
    while True:
        answer = yield from watch.ask(look)
        verdict = judge(answer)
        if watch.saw(answer, verdict) and on_change is not None:
            yield Do(partial(on_change, answer))
        if verdict.outcome == "done":
            return answer
        if verdict.outcome == "failed":
            raise failed(watch, verdict)
        check_rest(watch, verdict)
        yield from watch.pause()


def check_rest(watch: Watch, verdict: Verdict) -> None:
    """Raise `WaitFailedError` if a dead-end state has lasted too long."""
    if verdict.outcome == "resting" and watch.unchanged() >= GRACE:
        raise failed(watch, verdict)


def failed(watch: Watch, verdict: Verdict) -> WaitFailedError:
    """The error for this verdict."""
    why = f": {verdict.why}" if verdict.why else ""
    return WaitFailedError(f"{watch.what} is {verdict.state}{why}", answer=watch.answer, state=verdict.state)
