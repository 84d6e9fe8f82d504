"""Where the inputs of a run come from. None is pulled before there is room to send it."""

from __future__ import annotations

import asyncio
import queue
import threading
import time
from collections.abc import AsyncIterable, Iterable, Sequence
from typing import Any, Protocol

_PROMPT = 0.002  # seconds; a source that takes longer hands over what it has


class Source(Protocol):
    """Inputs, in order."""

    async def take(self, most: int) -> list[Any]:
        """The next inputs, 1 to `most`; none at the end."""
        ...


class Inline:
    """Inputs of an iterable that is pulled in the event loop."""

    def __init__(self, inputs: Iterable[Any]) -> None:
        self._inputs = iter(inputs)

    async def take(self, most: int) -> list[Any]:
        return _next(self._inputs, most)


class Awaited:
    """Inputs of an async iterable."""

    def __init__(self, inputs: AsyncIterable[Any]) -> None:
        self._inputs = aiter(inputs)

    async def take(self, most: int) -> list[Any]:
        try:
            return [await anext(self._inputs)]
        except StopAsyncIteration:
            return []


class Threaded:
    """Inputs of an iterable that may block, such as a file: pulled in a thread of its own."""

    def __init__(self, inputs: Iterable[Any]) -> None:
        self._inputs = iter(inputs)
        self._asked: queue.SimpleQueue[tuple[int, asyncio.Future[list[Any]]]] = queue.SimpleQueue()
        # It may wait in the iterable for ever, and must not keep the process alive.
        threading.Thread(target=self._work, name="lowcodeapi-baseten-inputs", daemon=True).start()

    async def take(self, most: int) -> list[Any]:
        answer: asyncio.Future[list[Any]] = asyncio.get_running_loop().create_future()
        self._asked.put((most, answer))
        return await answer

    def _work(self) -> None:
        while True:
            most, answer = self._asked.get()
            inputs, error = [], None
            try:
                inputs = _next(self._inputs, most)
            except Exception as raised:
                error = raised
            try:
                answer.get_loop().call_soon_threadsafe(_settle, answer, inputs, error)
            except RuntimeError:  # the run was closed meanwhile
                return
            if not inputs:
                return


def _settle(answer: asyncio.Future[list[Any]], inputs: list[Any], error: Exception | None) -> None:
    if answer.cancelled():
        return
    if error is None:
        answer.set_result(inputs)
    else:
        answer.set_exception(error)


def _next(inputs: Any, most: int) -> list[Any]:
    taken: list[Any] = []
    until = time.monotonic() + _PROMPT
    for item in inputs:
        taken.append(item)
        if len(taken) >= most or time.monotonic() > until:
            break
    return taken


def source_of(inputs: Iterable[Any] | AsyncIterable[Any], *, is_sync: bool) -> Source:
    """The source for these inputs. Raises `TypeError` for what can't be iterated."""
    if isinstance(inputs, AsyncIterable) and not is_sync:
        return Awaited(inputs)
    if not isinstance(inputs, Iterable) or isinstance(inputs, (str, bytes, dict)):
        raise TypeError(f"inputs is an iterable of inputs, not a {type(inputs).__name__}")
    return Threaded(inputs) if is_sync and not isinstance(inputs, (Sequence, range)) else Inline(inputs)
