"""A lock on a folder, so that one run at a time writes to it. It ends with its process."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Generator
from contextlib import contextmanager, suppress
from pathlib import Path

from ..document.reading import DocumentError

WAIT = 30.0
"""Seconds that a run waits for another."""
_POLL = 0.05

_held: set[str] = set()


@contextmanager
def locked(folder: Path, *, wait: float | None = None) -> Generator[None]:
    """Lock a folder against other runs, creating it if needed; this process may hold it more than once.

    Raises `DocumentError` if another run holds it for more than `wait` seconds (`WAIT`).
    """
    name = os.path.realpath(folder)
    if name in _held:
        yield
        return
    made = _make(folder)
    try:
        handle = _open(folder)
        try:
            _take(handle, folder, WAIT if wait is None else wait)
            _held.add(name)
            yield
        finally:
            _held.discard(name)
            os.close(handle)
    finally:
        for each in made:
            # An empty folder was created in vain.
            with suppress(OSError):
                each.rmdir()


def _make(folder: Path) -> list[Path]:
    """Make a folder; return the folders that were created."""
    missing = [path for path in (folder, *folder.parents) if not path.exists()]
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise DocumentError(f"{folder}: can't be written ({error.strerror}); nothing was changed") from None
    return missing


def _open(folder: Path) -> int:
    try:
        return _handle(folder)
    except OSError as error:
        raise DocumentError(f"{folder}: can't be written ({error.strerror}); nothing was changed") from None


def _take(handle: int, folder: Path, wait: float) -> None:
    end = time.monotonic() + wait
    while not _is_taken(handle):
        if time.monotonic() >= end:
            raise DocumentError(f"{folder}: another run writes there; nothing was changed. Wait for its end")
        time.sleep(_POLL)


if sys.platform == "win32":
    import msvcrt

    def _handle(folder: Path) -> int:
        return os.open(folder / ".codegen.lock", os.O_RDWR | os.O_CREAT)

    def _is_taken(handle: int) -> bool:
        try:
            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

else:
    import fcntl

    def _handle(folder: Path) -> int:
        # Lock the folder itself, so that no lock file is left behind.
        return os.open(folder, os.O_RDONLY)

    def _is_taken(handle: int) -> bool:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True
