"""The limit on requests under way in a run: lowered after a 429, for all items together, then slowly raised again."""

from __future__ import annotations

import asyncio
import random
import time
from collections import OrderedDict
from typing import NamedTuple, Protocol

from ..envelope import Answer

_FIRST_PAUSE, _LONGEST_PAUSE = 0.05, 8.0


class Refusal(NamedTuple):
    """An answer of 429 or "model not ready" to a request of this target, with its `retry-after` in seconds, or None."""

    target: str
    answer: Answer
    retry_after: float | None


class Rate(Protocol):
    """A limit on requests a second that runs share, also those of other processes. It never raises."""

    async def turn(self) -> None:
        """Wait until one request may be sent."""

    def pause(self, seconds: float) -> None:
        """Let nobody send for a while, because the gateway refused a request."""


class Pace:
    """The gate that every request of a run goes through. Create and use it in one running event loop.

    A refusal halves the limit and stops all requests until `retry-after` is over. Without `retry-after` the pause
    doubles until something works. Further refusals during the pause count as the same one. A waiting request whose
    deadline comes before the end of the pause is sent away at once.

    Attributes:
        refusal: The latest refusal, or None.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self.limit = float(most)
        self.under_way = 0
        self.refusal: Refusal | None = None
        self._resume_at = 0.0
        self._in_a_row = 0
        self._loop = asyncio.get_running_loop()
        # The waiting requests in order, with their deadlines.
        self._line: OrderedDict[asyncio.Future[bool], float] = OrderedDict()
        self._timer: asyncio.TimerHandle | None = None

    def entered(self) -> bool:
        """Take a place if one is free now and nobody waits for it."""
        if self._line or self.under_way + 1 > self.limit or (self._resume_at and self.seconds_left() > 0):
            return False
        self.under_way += 1
        return True

    async def enter(self, until: float) -> bool:
        """Wait for a place until then, on the monotonic clock. True if it got one."""
        place: asyncio.Future[bool] = self._loop.create_future()
        self._line[place] = until
        timer = self._loop.call_later(max(until - time.monotonic(), 0.0), self._send_away, place)
        self._let_in()
        try:
            return await place
        except asyncio.CancelledError:
            if not place.cancelled() and place.result():
                self.leave()  # it got its place at the same moment
            raise
        finally:
            timer.cancel()
            self._line.pop(place, None)

    def leave(self, refusal: Refusal | None = None) -> None:
        """Give the place back. A refusal slows the whole run down."""
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
        """Seconds until the run may send again; 0 or less if it may now."""
        return self._resume_at - time.monotonic() if self._resume_at else 0.0

    def close(self) -> None:
        """Cancel the timer, so that nobody is let in later."""
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
        if self._resume_at > before + _FIRST_PAUSE:  # once for a burst of refusals
            for place in [place for place, until in self._line.items() if until < self._resume_at]:
                self._send_away(place)

    def _let_in(self) -> None:
        left = self.seconds_left()
        if left > 0:
            # One timer is enough: if the pause has become longer when it fires, it is set again.
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
