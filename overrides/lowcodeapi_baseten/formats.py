"""Which URL format this gateway serves: what was shown, what is remembered, what to ask."""

from __future__ import annotations

import logging
import math
import time
from collections.abc import Callable, Mapping

from lowcodeapi_baseten_api.types import Operation, Route

from .locks import Lock
from .memory import NEW, OLD, Memory

log = logging.getLogger("lowcodeapi_baseten")

MADE_UP_ID = "lowcodeapi-format-probe"
_PROBE_EVERY = 60.0


def other(name: str) -> str:
    """The other format."""
    return OLD if name == NEW else NEW


class Formats:
    """What is known of one gateway. Shared by threads; every method is short and does its own locking.

    What only asks what is known takes no lock: each name that it reads changes at once, and so it sees what was known
    before another thread's discovery, or after it.

    A format is *proven* by a success or by an upstream error other than 404, in this process. What worked before (here
    or, from memory, elsewhere) goes first; what the documents say is no proof.

    The new format is *barred* where a request in it would end the gateway: its documents know the old format alone, or
    it broke off such a request, and the old format was answered. Then only its documents can say that it has changed.
    """

    def __init__(self, base_url: str, memory: Memory | None, clock: Callable[[], float] = time.monotonic) -> None:
        self._base_url = base_url
        self._memory = memory
        self._clock = clock
        self._lock = Lock()
        self._gateway: str | None = None
        self._operations: dict[str, str] = {}
        self._proven: set[str] = set()
        self._probed_at = -math.inf
        self._is_asked = False
        self._said: str | None = None
        # Broken off, and the old format was not answered yet: it may have been chance.
        self._is_suspect = False
        self._is_barred = False
        self._is_recalled = memory is None

    def first(self, operation: str) -> str:
        """The format to try first."""
        return self._known(operation) or (OLD if self.is_barred() else NEW)

    def is_known(self, operation: str) -> bool:
        """Whether a format has worked before, for this operation or for this gateway, or the other one is barred."""
        return self._known(operation) is not None or self.is_barred()

    def is_barred(self) -> bool:
        """Whether nothing may go out in the new format."""
        return self._is_barred or self._is_suspect

    def is_new_served(self) -> bool:
        """Whether it is sure that the new format is: it is proven, or in the documents."""
        return NEW in self._proven or self._said == NEW

    def is_asked(self) -> bool:
        """Whether the documents were asked."""
        return self._is_asked

    def is_proven(self) -> bool:
        """Whether any format is proven."""
        with self._lock:
            return bool(self._proven)

    def worked(self, operation: str, name: str) -> None:
        """A call was answered with a success, or with an upstream error other than 404, in this format."""
        # Nearly every call ends here with nothing new. (Asking takes the lock, the first time, so it comes first.)
        if self._known(operation) == name and name in self._proven:
            return
        with self._lock:
            if self._known(operation) == name and name in self._proven:
                return
            self._proven.add(name)
            self._is_barred = name == OLD and self.is_barred()
            self._is_suspect = False
            if self._gateway not in self._proven or self._gateway == name:
                # What was only remembered or guessed gives way to what was just seen.
                self._adopt(name)
                self._operations.pop(operation, None)
            else:
                self._operations[operation] = name
                log.info("%s is called in the %s URL format", operation, name)
        self._store()

    def shown(self, name: str) -> None:
        """A probe says that the gateway serves this format. Silence is no proof, so the old one is only adopted."""
        with self._lock:
            if name == NEW:
                self._proven.add(NEW)
            self._adopt(name)
            if name == NEW:
                self._operations.clear()
                self._is_barred = self._is_suspect = False
            is_final = name in self._proven
        if is_final:
            self._store()

    def said(self, name: str | None) -> None:
        """The documents say that the gateway serves this format; None: they say nothing."""
        with self._lock:
            self._is_asked, self._said = True, name or self._said
            # What was seen goes before what is said.
            if name is None or (name == OLD and NEW in self._proven):
                return
            self._probed_at = self._clock()
            self._is_barred, self._is_suspect = name == OLD, False
            self._operations.clear()
            self._adopt(name)
        self._store()

    def broke_off(self, operation: str) -> bool:
        """A request in the new format ended with its connection. Returns whether the new format is barred by that.

        Where it worked before, it is only doubted; where it is proven or documented, it was chance.
        """
        known = self._known(operation)
        with self._lock:
            if self.is_new_served():
                return False
            self._operations.pop(operation, None)
            if known == NEW:
                self._gateway = None
                return False
            self._probed_at = self._clock()
            self._is_barred |= OLD in self._proven
            self._is_suspect = not self._is_barred
            self._adopt(OLD)
        if self._is_barred:
            self._store()
        return True

    def answered(self, name: str, *, is_miss: bool) -> None:
        """A call was answered with a 404, by the gateway or from behind the route: was it chance that it broke off?"""
        if name != OLD or not self._is_suspect:
            return
        with self._lock:
            self._is_suspect, self._is_barred = False, not is_miss
            if is_miss and OLD not in self._proven:
                self._gateway = None
        if not is_miss:
            self._store()

    def doubt(self, operation: str, name: str) -> None:
        """A call got no answer in a format that this process has not seen working: ask again next time."""
        with self._lock:
            if name not in self._proven:
                self._operations.pop(operation, None)
                if self._gateway == name:
                    self._gateway = None

    def probed(self) -> None:
        """A probe is sent."""
        with self._lock:
            self._probed_at = self._clock()

    def may_probe(self) -> bool:
        """Whether the last probe is a minute ago."""
        with self._lock:
            return self._clock() - self._probed_at >= _PROBE_EVERY

    def _known(self, operation: str) -> str | None:
        if not self._is_recalled:
            self._recall()
        return self._operations.get(operation) or self._gateway

    def _recall(self) -> None:
        with self._lock:
            if not self._is_recalled:
                assert self._memory is not None
                self._gateway, self._operations, self._is_barred = self._memory.recall(self._base_url)
                self._is_recalled = True

    def _store(self) -> None:
        with self._lock:
            gateway, operations, is_barred = self._gateway, dict(self._operations), self._is_barred
        if self._memory is not None and gateway is not None:
            self._memory.store(self._base_url, gateway, operations, is_barred=is_barred)

    def _adopt(self, name: str) -> None:
        if self._gateway != name:
            log.info("%s is called in the %s URL format", self._base_url, name)
        self._gateway = name


def differ(new: Route, old: Route) -> bool:
    """Whether the two routes of an operation look different on the wire."""
    return new != old


def probe_operation(
    operations: Mapping[str, Operation], new: Mapping[str, Route], old: Mapping[str, Route]
) -> str | None:
    """The operation that a probe calls: the safe GET with the fewest path parameters whose routes differ."""
    candidates = [
        (new[id_].path.count("{"), id_)
        for id_, operation in operations.items()
        if operation.safety == "safe" and id_ in new and id_ in old and new[id_].method == "GET"
        if differ(new[id_], old[id_]) and "{" in new[id_].path
    ]
    return min(candidates)[1] if candidates else None
