"""A blocking call in a thread of its own, so that Ctrl-C reaches whoever waits for it.

Python looks for signals only in its main thread, and not while native code waits there.
"""

from __future__ import annotations

import os
import queue
import threading
from collections.abc import Callable
from typing import TypeVar, cast

T = TypeVar("T")


class Aside:
    """Runs what the main thread asks for in one other thread; what other threads ask for is run where it is asked."""

    def __init__(self) -> None:
        self._worker: _Worker | None = None

    def run(self, work: Callable[[], T]) -> T:
        """The result of the work, or the exception that it raised."""
        if threading.current_thread() is not threading.main_thread():
            return work()
        worker, self._worker = self._worker, None
        if worker is None or worker.pid != os.getpid():
            worker = _Worker()
        # Where the wait is interrupted, the worker is left to its work, and ends with it.
        worker.asked.put(work)
        result, error = worker.said.get()
        self._worker = worker
        if error is not None:
            raise error
        return cast("T", result)

    def close(self) -> None:
        """Let the thread end."""
        worker, self._worker = self._worker, None
        if worker is not None:
            worker.asked.put(None)


class _Worker:
    def __init__(self) -> None:
        self.asked: queue.SimpleQueue[Callable[[], object] | None] = queue.SimpleQueue()
        self.said: queue.SimpleQueue[tuple[object, BaseException | None]] = queue.SimpleQueue()
        self.pid = os.getpid()
        threading.Thread(target=self._work, name="lowcodeapi-baseten-fast", daemon=True).start()

    def _work(self) -> None:
        while (work := self.asked.get()) is not None:
            try:
                result = work()
            except BaseException as error:
                self.said.put((None, error))
            else:
                self.said.put((result, None))
