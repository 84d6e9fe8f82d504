"""Who waits for something, in order, and each for so long at most. Used in one event loop, by callbacks."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Callable

Go = Callable[[bool], object]
"""What is called once the waiting is over: with whether it was for something, or only the time was over."""


class Line:
    """A line of those who wait. `waiting` is empty where nobody does."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self.waiting: OrderedDict[object, tuple[Go, asyncio.TimerHandle]] = OrderedDict()

    def join(self, seconds: float, go: Go) -> None:
        """Wait at the end of the line. `go` is called later, never from here."""
        place = object()
        timer = self._loop.call_later(max(seconds, 0.0), self._give_up, place)
        self.waiting[place] = go, timer

    def let_in(self) -> None:
        """The first one need not wait any longer."""
        _, (go, timer) = self.waiting.popitem(last=False)
        timer.cancel()
        # Not from here: each may let in the next one, and a thousand of them would be a thousand frames deep.
        self._loop.call_soon(go, True)

    def send_away(self, seconds: float) -> None:
        """Whose time is over within so many seconds need not wait for that."""
        end = self._loop.time() + seconds
        for place, (go, timer) in list(self.waiting.items()):
            if timer.when() < end:
                del self.waiting[place]
                timer.cancel()
                self._loop.call_soon(go, False)

    def _give_up(self, place: object) -> None:
        go, _ = self.waiting.pop(place)
        go(False)

    def close(self) -> None:
        """Send all away; nobody is told."""
        for _, timer in self.waiting.values():
            timer.cancel()
        self.waiting.clear()


class Turns:
    """A lock: one has the turn, the others wait in line."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop, self._line = loop, Line(loop)
        self._is_taken = False

    def take(self, seconds: float, go: Go) -> None:
        """Wait for the turn. `go` is called later, never from here."""
        if self._is_taken:
            self._line.join(seconds, go)
        else:
            self._is_taken = True
            self._loop.call_soon(go, True)

    def release(self) -> None:
        """Give it back."""
        if self._line.waiting:
            self._line.let_in()
        else:
            self._is_taken = False

    def close(self) -> None:
        """Send all away."""
        self._line.close()
