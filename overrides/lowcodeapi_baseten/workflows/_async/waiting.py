"""One engine for every wait: look, judge and pause until it is done, has failed, or the time is up.

It is polite: pauses grow, passing failures are tolerated, and there is a deadline.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

from ...errors import APIConnectionError, APIStatusError, InvalidParameterError, LowCodeAPIError, ResponseError
from ...request import check_timeout
from ..base import INTERVAL, MAX_INTERVAL, Clock, async_told
from ..errors import WaitFailedError, WaitTimeoutError

if TYPE_CHECKING:
    from ..states import Verdict

T = TypeVar("T")

GROWTH = 1.5
LONGEST_LOOK = 60.0  # seconds, for one look
LAST_LOOK = 1.0  # seconds, for a look at the very end of the time
PATIENCE = 300.0  # seconds for which every look may fail
GRACE = 60.0  # seconds that a dead-end state may last


class AsyncWatch:
    """A series of looks. It keeps the latest answer and its state for the error that ends it.

    Raises `InvalidParameterError` for an option that can't work.
    """

    def __init__(
        self,
        what: str,
        clock: Clock,
        timeout: float | None,
        interval: float = INTERVAL,
        max_interval: float = MAX_INTERVAL,
        last_look: float = LAST_LOOK,
    ) -> None:
        for name, seconds in (("timeout", timeout), ("interval", interval), ("max_interval", max_interval)):
            if not (seconds is None and name == "timeout"):
                check_timeout(seconds, name)
        if max_interval < interval:
            raise InvalidParameterError("max_interval", "must be at least interval")
        self.what, self.clock = what, clock
        self._timeout, self._last_look = timeout, last_look
        self._answer: Any = None
        self._verdict: Verdict | None = None
        self._since = clock.now()
        self.deadline = None if timeout is None else self._since + timeout
        self._interval, self._pause, self._longest = interval, interval, max_interval

    async def until(
        self, look: Callable[..., Any], judge: Callable[[T], Verdict], on_change: Callable[[T], Any] | None
    ) -> T:
        """Poll until an answer is judged done, and return it.

        Raises `WaitFailedError` or `WaitTimeoutError`, both with the last answer, or the final error of `look`.
        """
        while True:
            answer: T = await self.ask(look)
            verdict = judge(answer)
            if self.saw(answer, verdict) and on_change is not None:
                await async_told(on_change, answer)
            if verdict.outcome == "done":
                return answer
            if verdict.outcome == "failed":
                raise self._failed(verdict)
            self.check_rest(verdict)
            await self.pause()

    async def ask(self, look: Callable[..., Any]) -> Any:
        """Return the answer of `look(timeout=…)`, retrying as needed.

        Raises its error at once if a retry can't help, and after `PATIENCE` if it might.
        """
        failing_since: float | None = None
        while True:
            left = self._left() if self._last_look else self.rest()
            budget = LONGEST_LOOK if left is None else min(LONGEST_LOOK, max(left, self._last_look))
            try:
                return await look(timeout=budget)
            except LowCodeAPIError as error:
                now = self.clock.now()
                failing_since = now if failing_since is None else failing_since
                if not _may_pass(error) or now - failing_since >= PATIENCE:
                    raise
                trouble = error
            await self.pause(trouble)

    async def pause(self, trouble: LowCodeAPIError | None = None) -> None:
        """Wait before the next look. Raises `WaitTimeoutError` if no time is left."""
        # Jitter, so that many waiting clients don't all look at once.
        seconds = self._pause * random.uniform(0.8, 1.0)
        self._pause = min(self._pause * GROWTH, self._longest)
        asked = getattr(trouble, "retry_after", None) or 0.0
        left = self._left()
        if left is not None and (left <= 0 or asked > left):
            raise self._timed_out(trouble) from trouble
        # An answer may ask for years: wait no longer than looks may fail.
        seconds = max(seconds, min(asked, PATIENCE))
        # The last look is at the deadline itself, so that no timeout is shorter than asked for.
        await self.clock.asleep(seconds if left is None else min(seconds, left))

    def begin_anew(self) -> None:
        """Something happened: look more often again."""
        self._pause = self._interval

    def saw(self, answer: Any, verdict: Verdict) -> bool:
        """Keep the latest answer; True if its state has changed."""
        is_new = self._verdict is None or verdict.state != self._verdict.state
        self._answer, self._verdict = answer, verdict
        if is_new:
            self._since = self.clock.now()
        return is_new

    def check_rest(self, verdict: Verdict) -> None:
        """Raise `WaitFailedError` if a dead-end state has lasted too long."""
        if verdict.outcome == "resting" and self.clock.now() - self._since >= GRACE:
            raise self._failed(verdict)

    def rest(self) -> float | None:
        """Seconds left; None without a deadline. Raises `WaitTimeoutError` if there are none."""
        left = self._left()
        if left is not None and left <= 0:
            raise self._timed_out()
        return left

    def _left(self) -> float | None:
        return None if self.deadline is None else self.deadline - self.clock.now()

    def _failed(self, verdict: Verdict) -> WaitFailedError:
        why = f": {verdict.why}" if verdict.why else ""
        return WaitFailedError(f"{self.what} is {verdict.state}{why}", answer=self._answer, state=verdict.state)

    def _timed_out(self, trouble: LowCodeAPIError | None = None) -> WaitTimeoutError:
        failed = f" (the last look failed: {trouble})" if trouble else ""
        state = None
        if self._verdict is None:
            seen, advice = "its state was never seen", "" if trouble else "; allow more time"
        else:
            state = self._verdict.state
            seen, advice = f"it was {state} when last seen", "; it continues: wait again, or longer"
            if self._verdict.outcome != "going":
                # Nothing continues: somebody has to act, or it has ended.
                advice = f"; {self._verdict.why}" if self._verdict.why else ""
        text = f"{self.what}: not done after {self._timeout:g} s; {seen}{failed}{advice}"
        return WaitTimeoutError(text, answer=self._answer, state=state)


def _may_pass(error: LowCodeAPIError) -> bool:
    """True if a retry may succeed a little later."""
    if isinstance(error, APIStatusError):
        return error.status_code in {408, 429} or error.status_code >= 500
    return isinstance(error, (APIConnectionError, ResponseError))
