# Generated from _async/gate.py by `python -m codegen unasync`: change that, and run it again.
"""A gate that limits how many are inside at a time. The others wait in line until their deadlines."""

from __future__ import annotations

import time
from collections import OrderedDict

from ...forks import Lock, renew_in_child
from ..waits import Bell

_LONGEST = 1.0  # seconds of one wait: one that left may have been interrupted before it called `admit`


class Gate:
    """Lets in at most `most` at a time, first come, first served.

    To leave, start a `finally` with `inside.discard(who)`: at that point Ctrl-C can't come in between. Then call
    `admit`.
    """

    def __init__(self, most: int) -> None:
        self._most, self._lock = most, Lock()
        self.inside: set[object] = set()
        self._line: OrderedDict[object, Bell] = OrderedDict()
        renew_in_child(self)

    def enter(self, who: object, until: float) -> bool:
        """Wait until `until`, on the monotonic clock. True if `who` was let in. Leave in either case."""
        with self._lock:
            if not self._line and len(self.inside) < self._most:
                self.inside.add(who)
                return True
            bell = self._line[who] = Bell()
        try:
            while who not in self.inside:
                left = until - time.monotonic()
                if left <= 0:
                    return False
                bell.wait(min(left, _LONGEST))
                if who not in self.inside:
                    self.admit()
            return True
        finally:
            with self._lock:
                self._line.pop(who, None)

    def admit(self) -> None:
        """Let in the next ones in line while there is room."""
        with self._lock:
            while self._line and len(self.inside) < self._most:
                who, bell = self._line.popitem(last=False)
                self.inside.add(who)
                bell.ring()

    def in_child(self) -> None:
        """Empty the gate: those inside and in line belong to the parent."""
        self.inside.clear()
        self._line.clear()
