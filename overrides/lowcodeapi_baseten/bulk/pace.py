"""How many requests of a run may be under way: fewer after a 429, for all items together, then slowly more again."""

from __future__ import annotations

import asyncio
import random
import time
from collections import OrderedDict
from typing import NamedTuple

from ..envelope import Answer

_FIRST_PAUSE, _LONGEST_PAUSE = 0.05, 8.0


class Refusal(NamedTuple):
    """The answer that it was too much, to a request of this target; with the seconds that it asks to wait, or None."""

    target: str
    answer: Answer
    retry_after: float | None


class Pace:
    """The gate that every request of a run goes through. Used in one event loop, which is running.

    A refusal halves the number that may be under way and stops all until `retry-after` is over; where there is none,
    for a pause that doubles as long as nothing works. What was under way when it came counts as the same refusal. Who
    waits and has less time than the pause takes is sent away at once.

    Attributes:
        refusal: The latest one, or None.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self.limit = float(most)
        self.under_way = 0
        self.refusal: Refusal | None = None
        self._resume_at = 0.0
        self._in_a_row = 0
        self._loop = asyncio.get_running_loop()
        # Who waits, in order, with the time at which each gives up.
        self._line: OrderedDict[asyncio.Future[bool], float] = OrderedDict()
        self._timer: asyncio.TimerHandle | None = None

    def entered(self) -> bool:
        """Take a place, where there is one now and nobody waits for it."""
        if self._line or self.under_way + 1 > self.limit or (self._resume_at and self.seconds_left() > 0):
            return False
        self.under_way += 1
        return True

    async def enter(self, until: float) -> bool:
        """Wait for a place, until then on the monotonic clock. Returns whether there is one."""
        place: asyncio.Future[bool] = self._loop.create_future()
        self._line[place] = until
        timer = self._loop.call_later(max(until - time.monotonic(), 0.0), self._send_away, place)
        self._let_in()
        try:
            return await place
        except asyncio.CancelledError:
            if not place.cancelled() and place.result():
                self.leave()  # it was let in at the same moment
            raise
        finally:
            timer.cancel()
            self._line.pop(place, None)

    def leave(self, refusal: Refusal | None = None) -> None:
        """Give the place back. A refusal slows everyone down."""
        self.under_way -= 1
        if refusal is not None:
            self._slow_down(refusal)
        elif self._resume_at and self.seconds_left() <= 0:
            self._in_a_row = 0
            if self.limit < self._most:
                self.limit = min(self._most, self.limit + 1 / self.limit)
        if self._line:
            self._let_in()

    def seconds_left(self) -> float:
        """How long nothing is sent."""
        return self._resume_at - time.monotonic() if self._resume_at else 0.0

    def close(self) -> None:
        """Let nobody in any more."""
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
            for place in [place for place, until in self._line.items() if until < self._resume_at]:
                self._send_away(place)

    def _let_in(self) -> None:
        left = self.seconds_left()
        if left > 0:
            # One timer is enough. Where the pause has become longer meanwhile, it is set anew when it is over.
            if self._timer is None:
                self._timer = self._loop.call_later(left, self._resume)
            return
        while self._line and self.under_way + 1 <= self.limit:
            place, _ = self._line.popitem(last=False)
            if not place.done():
                self.under_way += 1
                place.set_result(True)

    def _send_away(self, place: asyncio.Future[bool]) -> None:
        self._line.pop(place, None)
        if not place.done():
            place.set_result(False)

    def _resume(self) -> None:
        self._timer = None
        self._let_in()
