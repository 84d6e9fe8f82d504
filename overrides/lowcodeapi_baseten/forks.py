"""Locks and other state shared by threads. A forked child finds them free, whoever held them in the parent."""

from __future__ import annotations

import os
import threading
import weakref
from typing import Protocol


class Renewed(Protocol):
    """State to reset in a forked child, where the threads that used it don't exist."""

    def in_child(self) -> None:
        """Reset the state."""
        ...


def Lock() -> threading.Lock:
    """A `threading.Lock`. Ctrl-C between two lines of a lock written in Python could leave that locked for ever."""
    made = threading.Lock()
    _locks.add(made)
    return made


def renew_in_child(thing: Renewed) -> None:
    """Call `in_child` in a forked child, as long as the object is alive."""
    _things.add(thing)


_locks: weakref.WeakSet[threading.Lock] = weakref.WeakSet()
_things: weakref.WeakSet[Renewed] = weakref.WeakSet()


def _in_child() -> None:
    for lock in list(_locks):
        if lock.locked():
            lock.release()
    for thing in list(_things):
        thing.in_child()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_in_child)
