"""A bounded number of connections that threads share; who finds none free waits in line, within the deadline."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from typing import Generic, TypeVar

T = TypeVar("T")


class _Place(Generic[T]):
    """A place in the line. `go` is locked until its turn has come."""

    __slots__ = ("go", "got")

    def __init__(self) -> None:
        self.go = threading.Lock()
        self.go.acquire()
        self.got: T | None = None


class Slots(Generic[T]):
    """At most so many; the one that was used last is used first."""

    def __init__(self, most: int) -> None:
        self._most, self._taken = most, 0
        self._lock = threading.Lock()
        self._idle: list[T] = []
        self._line: OrderedDict[int, _Place[T]] = OrderedDict()

    def take(self, until: float) -> T | None:
        """One that is idle; None where one may be opened. Raises `TimeoutError` where there is neither by then."""
        with self._lock:
            if self._idle:
                self._taken += 1
                return self._idle.pop()
            if self._taken < self._most:
                self._taken += 1
                return None
            place: _Place[T] = _Place()
            self._line[id(place)] = place
        is_in_turn = False
        try:
            is_in_turn = place.go.acquire(timeout=min(max(until - time.monotonic(), 0), threading.TIMEOUT_MAX))
        finally:
            if not is_in_turn:
                self._leave(place)
        if not is_in_turn:
            raise TimeoutError
        return place.got

    def _leave(self, place: _Place[T]) -> None:
        """Leave the line; where the turn has come in the same moment, pass it on."""
        with self._lock:
            if self._line.pop(id(place), None) is not None:
                return
        self.give(place.got)

    def give(self, idle: T | None) -> None:
        """Give a slot back, with the connection where it may be used again."""
        with self._lock:
            if self._line:
                _, place = self._line.popitem(last=False)
                place.got = idle
                place.go.release()
                return
            self._taken -= 1
            if idle is not None:
                self._idle.append(idle)

    def spare(self, is_old: Callable[[T], bool]) -> T | None:
        """The one that was idle for longest, taken out, where it is too old."""
        with self._lock:
            return self._idle.pop(0) if self._idle and is_old(self._idle[0]) else None

    def emptied(self) -> list[T]:
        """The idle ones, which are taken out."""
        with self._lock:
            idle, self._idle = self._idle, []
        return idle
