# Generated from _async/lane.py by `python -m codegen unasync`: change that, and run it again.
"""The connections of one client in one event loop, or in all threads: taken for one call at a time, and given back.

Each serves one call at a time, so calls share nothing. After a clean answer it is used again; in any other case it is
closed, so a failed call leaves nothing behind.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from typing import Generic, Protocol, TypeVar

from ...forks import renew_in_child
from ..errand import NONE
from .backend import Backend
from .gate import Gate


class Line(Protocol):
    """A connection: a transport of ours, or one of the fast wire."""

    @property
    def backend(self) -> Backend: ...
    def is_fresh(self) -> bool:
        """True if it may be used again."""
        ...

    def has_expired(self) -> bool:
        """True if it was idle for too long. Safe to ask without having taken it."""
        ...

    def abandon(self) -> None:
        """Let go of the parent's connection in a forked child."""
        ...

    def close(self) -> None:
        """Close it. A call under way ends, and nothing more is sent."""
        ...


L = TypeVar("L", bound=Line)


class Lane(Generic[L]):
    """The connections of one event loop, or of all threads, and the gate to them. `make` makes one."""

    def __init__(self, make: Callable[[], L], most: int) -> None:
        self._make = make
        self._parents: list[object] = []
        self._open: set[L] = set()
        self.idle: list[L] = []
        self.gate = Gate(most)
        renew_in_child(self)

    def take(self) -> L:
        """The transport that became idle last, or a new one. Raises `Unusable`."""
        try:
            return self.idle.pop()
        except IndexError:
            made = self._make()
        self._open.add(made)
        return made

    def give(self, transport: L, *, is_clean: bool) -> None:
        """Take a transport back: keep it after a clean answer, else close it. Also close one that was idle too long."""
        is_kept = False
        try:
            transport.backend.errand = NONE  # an idle transport holds no token
            is_kept = is_clean and transport.is_fresh()
        finally:
            if is_kept:
                self.idle.append(transport)
            else:
                self._end(transport)
        for oldest in self.idle[:1]:
            if oldest is not transport and oldest.has_expired():
                with contextlib.suppress(ValueError):  # another thread took it
                    self.idle.remove(oldest)
                    self._end(oldest)

    def _end(self, transport: L) -> None:
        if transport not in self._parents:
            # Close it even if the lane is closed already: it may have connected after that.
            self._open.discard(transport)
            transport.close()

    def refuse(self) -> None:
        """Send nothing more over any of the transports."""
        for transport in list(self._open):
            transport.backend.is_closed = True

    def close(self) -> None:
        """Close all transports, those in use too. If this is cut off at one, still close the others."""
        self.idle.clear()
        cut_off: BaseException | None = None
        for transport in list(self._open):
            self._open.discard(transport)
            try:
                transport.close()
            except BaseException as error:
                cut_off = error
        if cut_off is not None:
            raise cut_off

    def in_child(self) -> None:
        """Start without transports. Let go of the parent's without closing them, as the parent still uses them."""
        for transport in self._open:
            transport.abandon()
        self._parents += self._open
        self._open, self.idle = set(), []
