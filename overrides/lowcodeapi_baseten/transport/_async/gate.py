"""So many at a time; the others wait in line, within their deadlines."""

from __future__ import annotations

import time
from collections import OrderedDict

from ...locks import Lock, renew_in_child
from ..waits import AsyncBell

_LONGEST = 1.0  # seconds of one wait: whoever left may have been interrupted before it could say so


class AsyncGate:
    """Lets `most` in at a time, in the order in which they came.

    To leave, take yourself out of `inside` in a `finally`, by its own `discard`: between that and what was before,
    Ctrl-C can't come. Then call `admit`.
    """

    def __init__(self, most: int) -> None:
        self._most, self._lock = most, Lock()
        self.inside: set[object] = set()
        self._line: OrderedDict[object, AsyncBell] = OrderedDict()
        renew_in_child(self)

    async def enter(self, who: object, until: float) -> bool:
        """Whether `who` was let in before `until`, on the monotonic clock. Leave in any case."""
        with self._lock:
            if not self._line and len(self.inside) < self._most:
                self.inside.add(who)
                return True
            bell = self._line[who] = AsyncBell()
        try:
            while who not in self.inside:
                left = until - time.monotonic()
                if left <= 0:
                    return False
                await bell.wait(min(left, _LONGEST))
                if who not in self.inside:
                    self.admit()
            return True
        finally:
            with self._lock:
                self._line.pop(who, None)

    def admit(self) -> None:
        """Let in whoever is next, if there is room."""
        with self._lock:
            while self._line and len(self.inside) < self._most:
                who, bell = self._line.popitem(last=False)
                self.inside.add(who)
                bell.ring()

    def in_child(self) -> None:
        """Be empty: those inside, and those in line, are the parent's."""
        self.inside.clear()
        self._line.clear()
