"""How many requests of a run may be under way: fewer after a 429, for all items together, then slowly more again."""

from __future__ import annotations

import asyncio
import random
import time
from typing import NamedTuple

from ..envelope import Answer
from .line import Go, Line

_FIRST_PAUSE, _LONGEST_PAUSE = 0.05, 8.0


class Refusal(NamedTuple):
    """The answer that it was too much, to a request of this target; with the seconds that it asks to wait, or None."""

    target: str
    answer: Answer
    retry_after: float | None


class Pace:
    """The gate that every request of a run goes through. Used in one event loop.

    A refusal halves the number that may be under way and stops all until `retry-after` is over; where there is none,
    for a pause that doubles as long as nothing works. What was under way when it came counts as the same refusal. Who
    waits and has less time than the pause takes is sent away at once.

    Attributes:
        refusal: The latest one, or None.
    """

    def __init__(self, most: int, loop: asyncio.AbstractEventLoop) -> None:
        self._most = most
        self.limit = float(most)
        self.under_way = 0
        self.refusal: Refusal | None = None
        self._resume_at = 0.0
        self._in_a_row = 0
        self._loop, self._line = loop, Line(loop)
        self._timer: asyncio.TimerHandle | None = None

    def entered(self) -> bool:
        """Take a place, where there is one now and nobody waits for it."""
        if self._line.waiting or self.under_way + 1 > self.limit or (self._resume_at and self.seconds_left() > 0):
            return False
        self.under_way += 1
        return True

    def enter(self, seconds: float, go: Go) -> None:
        """Wait for a place, so many seconds at most. `go` is called later, with whether it has one."""
        self._line.join(seconds, go)
        self._let_in()

    def leave(self, refusal: Refusal | None = None) -> None:
        """Give the place back. A refusal slows everyone down."""
        self.under_way -= 1
        if refusal is not None:
            self._slow_down(refusal)
        elif self._resume_at and self.seconds_left() <= 0:
            self._in_a_row = 0
            if self.limit < self._most:
                self.limit = min(self._most, self.limit + 1 / self.limit)
        if self._line.waiting:
            self._let_in()

    def seconds_left(self) -> float:
        """How long nothing is sent."""
        return self._resume_at - time.monotonic() if self._resume_at else 0.0

    def close(self) -> None:
        """Send away who waits."""
        self._line.close()
        if self._timer is not None:
            self._timer.cancel()

    def _slow_down(self, refusal: Refusal) -> None:
        self.refusal, retry_after = refusal, refusal.retry_after
        now = time.monotonic()
        if now >= self._resume_at:
            self.limit = max(1.0, min(self.limit, self.under_way + 1) / 2)
            self._in_a_row += 1
        doublings = 0 if retry_after is not None else min(self._in_a_row - 1, 20)
        pause = min(_FIRST_PAUSE * 2**doublings, _LONGEST_PAUSE) * random.uniform(0.5, 1.0)
        before, self._resume_at = self._resume_at, max(self._resume_at, now + max(retry_after or 0.0, pause))
        if self._resume_at > before + _FIRST_PAUSE:  # not for each of a burst, which say the same
            self._line.send_away(self._resume_at - now)

    def _let_in(self) -> None:
        left = self.seconds_left()
        if left > 0:
            # One timer is enough. Where the pause has become longer meanwhile, it is set anew when it is over.
            if self._timer is None:
                self._timer = self._loop.call_later(left, self._resume)
            return
        while self._line.waiting and self.under_way + 1 <= self.limit:
            self.under_way += 1
            self._line.let_in()

    def _resume(self) -> None:
        self._timer = None
        self._let_in()
