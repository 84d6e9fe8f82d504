"""Which URL format this gateway serves: observed formats, remembered formats, and when to probe."""

from __future__ import annotations

import logging
import math
import time
from collections.abc import Callable, Mapping

from lowcodeapi_baseten_api.types import Operation, Route

from .forks import Lock
from .logger import say
from .memory import NEW, OLD, Memory

MADE_UP_ID = "lowcodeapi-format-probe"
_PROBE_EVERY = 60.0


def other(name: str) -> str:
    """The other format."""
    return OLD if name == NEW else NEW


class Formats:
    """The known facts about one gateway. Threads share it; every method is short and does its own locking.

    Read-only methods take no lock: each attribute changes at once, so a reader sees the state either before or after
    another thread's discovery.

    A format is *proven* by a success or by an upstream error other than 404, in this process. A format that worked
    before (here or, from memory, elsewhere) goes first; the documents are no proof.

    The new format is *barred* if a request in it would end the gateway: its documents have the old format alone, or it
    broke off such a request and then answered the old format. After that only its documents can lift the bar.
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
        # A request broke off, and the old format has not been answered yet: it may have been chance.
        self._is_suspect = False
        self._is_barred = False
        self._is_recalled = memory is None

    def first(self, operation: str) -> str:
        """The format to try first."""
        return self._known(operation) or (OLD if self.is_barred() else NEW)

    def is_known(self, operation: str) -> bool:
        """True if a format has worked before for this operation or this gateway, or the other one is barred."""
        return self._known(operation) is not None or self.is_barred()

    def is_barred(self) -> bool:
        """True if nothing may go out in the new format."""
        return self._is_barred or self._is_suspect

    def is_new_served(self) -> bool:
        """True if the new format is certain: proven, or in the documents."""
        return NEW in self._proven or self._said == NEW

    def is_asked(self) -> bool:
        """True if the documents were asked."""
        return self._is_asked

    def is_proven(self) -> bool:
        """True if any format is proven."""
        with self._lock:
            return bool(self._proven)

    def worked(self, operation: str, name: str) -> None:
        """Record a success, or an upstream error other than 404, in this format."""
        # Nearly every call ends here with nothing new. (`_known` takes the lock the first time, so it comes first.)
        if self._known(operation) == name and name in self._proven:
            return
        with self._lock:
            if self._known(operation) == name and name in self._proven:
                return
            self._proven.add(name)
            self._is_barred = name == OLD and self.is_barred()
            self._is_suspect = False
            if self._gateway not in self._proven or self._gateway == name:
                # An observed format replaces a remembered or guessed one.
                self._adopt(name)
                self._operations.pop(operation, None)
            else:
                self._operations[operation] = name
                say(logging.INFO, "%s is called in the %s URL format", operation, name)
        self._store()

    def shown(self, name: str) -> None:
        """Record which format a probe showed. Silence is no proof, so the old format is only adopted."""
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
        """Record the format that the documents name; None if they name none."""
        with self._lock:
            self._is_asked, self._said = True, name or self._said
            # Observations outrank the documents.
            if name is None or (name == OLD and NEW in self._proven):
                return
            self._probed_at = self._clock()
            self._is_barred, self._is_suspect = name == OLD, False
            self._operations.clear()
            self._adopt(name)
        self._store()

    def broke_off(self, operation: str) -> bool:
        """Record that the connection ended during a request in the new format. True if that bars the new format.

        A format that worked before is only doubted; a proven or documented one is left alone, as it was chance.
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
        """Record a 404, from the gateway or from behind the route. It tells if an earlier break-off was chance."""
        if name != OLD or not self._is_suspect:
            return
        with self._lock:
            self._is_suspect, self._is_barred = False, not is_miss
            if is_miss and OLD not in self._proven:
                self._gateway = None
        if not is_miss:
            self._store()

    def doubt(self, operation: str, name: str) -> None:
        """Record silence in a format that this process has not seen working, so that the next call asks again."""
        with self._lock:
            if name not in self._proven:
                self._operations.pop(operation, None)
                if self._gateway == name:
                    self._gateway = None

    def probed(self) -> None:
        """Record that a probe is sent."""
        with self._lock:
            self._probed_at = self._clock()

    def may_probe(self) -> bool:
        """True if the last probe was at least a minute ago."""
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
            say(logging.INFO, "%s is called in the %s URL format", self._base_url, name)
        self._gateway = name


def differ(new: Route, old: Route) -> bool:
    """True if the two routes of an operation look different on the wire."""
    return new != old


def probe_operation(
    operations: Mapping[str, Operation], new: Mapping[str, Route], old: Mapping[str, Route]
) -> str | None:
    """The operation for probing: the safe GET with the fewest path parameters whose routes differ."""
    candidates = [
        (new[id_].path.count("{"), id_)
        for id_, operation in operations.items()
        if operation.safety == "safe" and id_ in new and id_ in old and new[id_].method == "GET"
        if differ(new[id_], old[id_]) and "{" in new[id_].path
    ]
    return min(candidates)[1] if candidates else None
