"""How many requests of a run may be under way: fewer after a 429, for all workers together, then slowly more again."""

from __future__ import annotations

import asyncio
import random
import time
from collections import deque

_FIRST_PAUSE, _LONGEST_PAUSE = 0.05, 8.0


class Pace:
    """The gate that every request of a run goes through. Used in one event loop.

    A refusal halves the number that may be under way and stops all until `retry-after` is over; where there is none,
    for a pause that doubles as long as nothing works. What was under way when it came counts as the same refusal.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self.limit = float(most)
        self.under_way = 0
        self._resume_at = 0.0
        self._in_a_row = 0
        self._waiting: deque[asyncio.Future[None]] = deque()
        self._timer: asyncio.TimerHandle | None = None

    def is_open(self) -> bool:
        """Whether there is a place now."""
        return self.under_way < int(self.limit) and (not self._resume_at or self.seconds_left() <= 0)

    async def enter(self) -> None:
        """Wait for a place."""
        while not self.is_open():
            place: asyncio.Future[None] = asyncio.get_running_loop().create_future()
            self._waiting.append(place)
            self._call_later()
            try:
                await place
            except asyncio.CancelledError:
                # Whoever is cancelled with a place in hand passes it on.
                self._let_in()
                raise
        self.under_way += 1

    def leave(self, *, was_refused: bool = False, retry_after: float | None = None) -> None:
        """Give the place back. A refusal slows everyone down."""
        self.under_way -= 1
        if was_refused:
            self._slow_down(retry_after)
        elif self.seconds_left() <= 0:
            self._in_a_row = 0
            if self.limit < self._most:
                self.limit = min(self._most, self.limit + 1 / self.limit)
        if self._waiting:
            self._let_in()

    def seconds_left(self) -> float:
        """How long nothing is sent."""
        return self._resume_at - time.monotonic() if self._resume_at else 0.0

    def _slow_down(self, retry_after: float | None) -> None:
        now = time.monotonic()
        if now >= self._resume_at:
            self.limit = max(1.0, min(self.limit, self.under_way + 1) / 2)
            self._in_a_row += 1
        doublings = 0 if retry_after is not None else min(self._in_a_row - 1, 20)
        pause = min(_FIRST_PAUSE * 2**doublings, _LONGEST_PAUSE) * random.uniform(0.5, 1.0)
        self._resume_at = max(self._resume_at, now + max(retry_after or 0.0, pause))
        self._call_later()

    def _call_later(self) -> None:
        left = self.seconds_left()
        if left > 0:
            if self._timer is not None:
                self._timer.cancel()
            self._timer = asyncio.get_running_loop().call_later(left, self._let_in)

    def _let_in(self) -> None:
        if self.seconds_left() > 0:
            self._call_later()
            return
        free = int(self.limit) - self.under_way
        while self._waiting and free > 0:
            place = self._waiting.popleft()
            if not place.done():
                place.set_result(None)
                free -= 1
