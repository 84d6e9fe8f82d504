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
    or, from memory, elsewhere) goes first. `turn` is the lock that lets one call at a time ask the gateway.
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
        self._is_recalled = memory is None

    def first(self, operation: str) -> str:
        """The format to try first."""
        return self._known(operation) or NEW

    def is_known(self, operation: str) -> bool:
        """Whether a format has worked before, for this operation or for this gateway."""
        return self._known(operation) is not None

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
            if self._gateway not in self._proven or self._gateway == name:
                # What was only remembered or guessed gives way to what was just seen.
                self._adopt(name)
                self._operations.pop(operation, None)
            else:
                self._operations[operation] = name
                log.info("%s is called in the %s URL format", operation, name)
            gateway, operations = self._gateway, dict(self._operations)
        if self._memory is not None and gateway is not None:
            self._memory.store(self._base_url, gateway, operations)

    def shown(self, name: str) -> None:
        """A probe says that the gateway serves this format. Silence is no proof, so the old one is only adopted."""
        with self._lock:
            if name == NEW:
                self._proven.add(NEW)
            self._adopt(name)
            if name == NEW:
                self._operations.clear()
            is_final, operations = name in self._proven, dict(self._operations)
        if self._memory is not None and is_final:
            self._memory.store(self._base_url, name, operations)

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
                self._gateway, self._operations = self._memory.recall(self._base_url)
                self._is_recalled = True

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
