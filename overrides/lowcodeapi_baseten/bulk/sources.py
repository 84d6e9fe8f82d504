"""Where the inputs of a run come from. None is pulled before there is room to send it."""

from __future__ import annotations

import asyncio
import queue
import threading
import time
from collections import deque
from collections.abc import AsyncIterable, Callable, Iterable, Sequence
from typing import Any

_PROMPT = 0.002  # seconds; a source that takes longer hands over what it has

Made = Callable[[Any], Any]
"""What is made of an input. It is made as soon as the input is pulled: a source may change what it gave."""


class Source:
    """Inputs, in order, as what was made of each. `is_slow` says that to ask takes long, for however many."""

    is_slow = False

    async def take(self, most: int) -> list[Any]:
        """The next inputs, 1 to `most`; none at the end. Raises what the source raised, after what it gave before."""
        raise NotImplementedError

    def close(self) -> None:
        """Nothing more is taken."""


class Inline(Source):
    """Inputs of an iterable that is pulled in the event loop."""

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


class Awaited(Source):
    """Inputs of an async iterable."""

    def __init__(self, inputs: AsyncIterable[Any], made: Made) -> None:
        self._inputs, self._made = aiter(inputs), made

    async def take(self, most: int) -> list[Any]:
        try:
            return [self._made(await anext(self._inputs))]
        except StopAsyncIteration:
            return []


class Threaded(Source):
    """Inputs of an iterable that may block, such as a file: pulled in a thread of its own.

    The thread may pull as many as were asked for. What it has is taken while it waits for the next one.
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
        # It may wait in the iterable for ever, and must not keep the process alive.
        self._thread = threading.Thread(target=self._work, name="lowcodeapi-baseten-inputs", daemon=True)

    async def take(self, most: int) -> list[Any]:
        if self._thread.ident is None:
            self._thread.start()
        if most > self._due:
            self._asked.put(most - self._due)
            self._due = most
        waiting = self._waiting = asyncio.get_running_loop().create_future()
        # The thread looks whether somebody waits once it has put down what it has: so look for that only now.
        end = self._end
        if not self._got and end is None:
            await waiting
            end = self._end
        self._waiting = None
        if end is not None and not isinstance(end, Exception):
            raise end  # Ctrl-C and the like: nothing more is sent
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
                # Once for each time that somebody waits: it may be a while until the event loop has its turn.
                if (waiting := self._waiting) is not None and waiting is not woken:
                    woken = waiting
                    try:
                        waiting.get_loop().call_soon_threadsafe(_settle, waiting)
                    except RuntimeError:  # the event loop was closed meanwhile
                        return
                if self._end is not None or self._is_closed:
                    return


def _settle(waiting: asyncio.Future[None]) -> None:
    if not waiting.done():
        waiting.set_result(None)


def source_of(inputs: Iterable[Any] | AsyncIterable[Any], made: Made, *, is_sync: bool) -> Source:
    """The source for these inputs. Raises `TypeError` for what is no iterable of inputs, such as a string."""
    if isinstance(inputs, AsyncIterable) and not is_sync:
        return Awaited(inputs, made)
    if not isinstance(inputs, Iterable) or isinstance(inputs, (str, bytes, dict)):
        raise TypeError(f"inputs is an iterable of inputs, not a {type(inputs).__name__}")
    return (Threaded if is_sync and not isinstance(inputs, (Sequence, range)) else Inline)(inputs, made)
