"""The sources of a run's inputs. No input is pulled before there is room to send it."""

from __future__ import annotations

import asyncio
import queue
import threading
import time
from collections import deque
from collections.abc import AsyncIterable, Callable, Iterable, Sequence
from typing import Any

_PROMPT = 0.002  # seconds; after this time a source hands over what it has

Made = Callable[[Any], Any]
"""Prepares an input as soon as it is pulled, because the source may change it later."""


class InputSource:
    """Prepared inputs, in order. `is_slow` means that each `take` is slow, however many it asks for."""

    is_slow = False

    async def take(self, most: int) -> list[Any]:
        """The next 1 to `most` inputs; none at the end. The source's exception is raised after its last inputs."""
        raise NotImplementedError

    def close(self) -> None:
        """Stop: nothing more will be taken."""


class Inline(InputSource):
    """Inputs from an iterable that is pulled in the event loop."""

    def __init__(self, inputs: Iterable[Any], made: Made) -> None:
        self._inputs, self._made = iter(inputs), made
        self._end: Exception | None = None

    async def take(self, most: int) -> list[Any]:
        end, self._end = self._end, None
        if end is not None:
            raise end
        taken: list[Any] = []
        made = self._made
        until = time.monotonic() + _PROMPT
        try:
            for item in self._inputs:
                taken.append(made(item))
                if len(taken) >= most or time.monotonic() > until:
                    break
        except Exception as error:
            if not taken:
                raise
            self._end = error
        return taken


class Awaited(InputSource):
    """Inputs from an async iterable."""

    def __init__(self, inputs: AsyncIterable[Any], made: Made) -> None:
        self._inputs, self._made = aiter(inputs), made

    async def take(self, most: int) -> list[Any]:
        try:
            return [self._made(await anext(self._inputs))]
        except StopAsyncIteration:
            return []


class Threaded(InputSource):
    """Inputs from an iterable that may block, such as a file. They are pulled in a separate thread.

    The thread pulls no more than were asked for. Its inputs can be taken while it waits for the next one.
    """

    is_slow = True

    def __init__(self, inputs: Iterable[Any], made: Made) -> None:
        self._inputs, self._made = iter(inputs), made
        self._asked: queue.SimpleQueue[int | None] = queue.SimpleQueue()
        self._due = 0
        self._got: deque[Any] = deque()
        self._end: BaseException | None = None
        self._is_closed = False
        self._waiting: asyncio.Future[None] | None = None
        # It may block in the iterable for ever, and must not keep the process alive.
        self._thread = threading.Thread(target=self._work, name="lowcodeapi-baseten-inputs", daemon=True)

    async def take(self, most: int) -> list[Any]:
        if self._thread.ident is None:
            self._thread.start()
        if most > self._due:
            self._asked.put(most - self._due)
            self._due = most
        waiting = self._waiting = asyncio.get_running_loop().create_future()
        # The thread stores its input first and then looks for a waiter, so check in the opposite order.
        end = self._end
        if not self._got and end is None:
            await waiting
            end = self._end
        self._waiting = None
        if end is not None and not isinstance(end, Exception):
            raise end  # such as Ctrl-C: send nothing more
        taken = [self._got.popleft() for _ in range(min(most, len(self._got)))]
        self._due -= len(taken)
        if not taken and end is not None and not isinstance(end, StopIteration):
            raise end
        return taken

    def close(self) -> None:
        self._is_closed = True
        self._asked.put(None)

    def _work(self) -> None:
        woken: asyncio.Future[None] | None = None
        while (permits := self._asked.get()) is not None:
            for _ in range(permits):
                try:
                    self._got.append(self._made(next(self._inputs)))
                except BaseException as error:
                    self._end = error
                # Wake a waiter only once: it may take a while until the event loop runs.
                if (waiting := self._waiting) is not None and waiting is not woken:
                    woken = waiting
                    try:
                        waiting.get_loop().call_soon_threadsafe(_settle, waiting)
                    except RuntimeError:  # the event loop has been closed
                        return
                if self._end is not None or self._is_closed:
                    return


def _settle(waiting: asyncio.Future[None]) -> None:
    if not waiting.done():
        waiting.set_result(None)


def source_of(inputs: Iterable[Any] | AsyncIterable[Any], made: Made, *, is_sync: bool) -> InputSource:
    """The source for these inputs. Raises `TypeError` if they are not an iterable of inputs, such as a string."""
    if isinstance(inputs, AsyncIterable) and not is_sync:
        return Awaited(inputs, made)
    if not isinstance(inputs, Iterable) or isinstance(inputs, (str, bytes, dict)):
        raise TypeError(f"inputs must be an iterable, such as a list; got {type(inputs).__name__}")
    return (Threaded if is_sync and not isinstance(inputs, (Sequence, range)) else Inline)(inputs, made)
