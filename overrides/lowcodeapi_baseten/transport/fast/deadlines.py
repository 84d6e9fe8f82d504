"""Deadlines for the futures of an event loop."""

from __future__ import annotations

import asyncio
import math
import time
from typing import Any

_LONGEST = 86_400.0  # seconds; event loops limit the length of one wait


class Deadlines:
    """Ends futures that are not done in time with `TimeoutError`.

    They share one timer: setting and cancelling one for each costs more than parsing an answer.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._until: dict[asyncio.Future[Any], float] = {}
        self._timer: asyncio.TimerHandle | None = None
        self._timer_at = math.inf

    def future(self, until: float) -> asyncio.Future[Any]:
        """A future that ends by `until`, on the monotonic clock. Call `forget` when done with it."""
        future: asyncio.Future[Any] = self._loop.create_future()
        self._until[future] = until
        if until < self._timer_at:
            self._set_timer(until)
        return future

    def forget(self, future: asyncio.Future[Any]) -> None:
        """Drop the deadline of a future."""
        self._until.pop(future, None)

    def close(self) -> None:
        """Cancel the timer."""
        if self._timer is not None:
            self._timer.cancel()

    def _set_timer(self, until: float) -> None:
        self.close()
        self._timer_at = until
        wait = min(max(until - time.monotonic(), 0.001), _LONGEST)
        self._timer = self._loop.call_later(wait, self._on_time)

    def _on_time(self) -> None:
        self._timer, self._timer_at = None, math.inf
        now = time.monotonic()
        for future in [future for future, until in self._until.items() if until <= now]:
            end(future)
            self.forget(future)
        if self._until:
            self._set_timer(min(self._until.values()))


def end(future: asyncio.Future[Any]) -> None:
    """End a future now, as if its time were over."""
    if not future.done():
        future.set_exception(TimeoutError())
