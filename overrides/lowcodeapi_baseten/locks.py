"""Locks, and other things that threads share, which a forked child finds free, whoever held them in the parent."""

from __future__ import annotations

import os
import threading
import weakref
from typing import Protocol


class Renewed(Protocol):
    """What is to be as new in a forked child: the threads that used it are not there."""

    def in_child(self) -> None:
        """Be as new."""
        ...


def Lock() -> threading.Lock:
    """A `threading.Lock`: no lock in Python code, which Ctrl-C can leave locked for ever between two of its lines."""
    made = threading.Lock()
    _locks.add(made)
    return made


def renew_in_child(thing: Renewed) -> None:
    """Call its `in_child` in a forked child, as long as somebody has it."""
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
