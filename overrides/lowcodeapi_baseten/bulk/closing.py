"""What ends with its client: a run, whose items are sent over connections of its own."""

from __future__ import annotations

import asyncio
import contextlib
import os
from collections.abc import Callable
from typing import Any

from ..errors import APIConnectionError
from ..transport._async.shared import AsyncShared
from ..transport._sync.shared import Shared

_RUN = "inference.predict_many"


def refuse_closed(shared: Shared | AsyncShared) -> None:
    """Raise `APIConnectionError` where the client is closed."""
    if shared.is_closed:
        raise APIConnectionError(f"{_RUN}: the client is closed (nothing was sent)", operation=_RUN)


def cut_off() -> APIConnectionError:
    """The error of a run whose client was closed."""
    text = f"{_RUN}: the client is closed; what was under way may have been carried out: look before you send it again"
    return APIConnectionError(text, operation=_RUN)


class AsyncRun:
    """A run in the running event loop. `end` makes `task`, which it is, raise an error."""

    def __init__(self, end: Callable[[APIConnectionError], object], task: asyncio.Task[Any]) -> None:
        self._end, self._task = end, task
        self._loop, self._pid = asyncio.get_running_loop(), os.getpid()

    async def cut_off(self) -> None:
        """End it, as its client is closed. In another event loop it ends by itself, later."""
        if self._pid != os.getpid():
            return
        with contextlib.suppress(RuntimeError):  # on trio there is no such loop, and another one may be closed
            if asyncio.get_running_loop() is self._loop:
                self._end(cut_off())
                # Inputs that are awaited run in that task, and may be what closes the client.
                if self._task is not asyncio.current_task():
                    await asyncio.wait([self._task])
                return
        with contextlib.suppress(RuntimeError):
            self._loop.call_soon_threadsafe(self._end, cut_off())
