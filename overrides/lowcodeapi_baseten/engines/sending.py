"""How a run sends: `begin(send, done)` starts an exchange, and a callback says what came of it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Protocol, cast

from ..envelope import Answer
from ..steps import Failure, Send
from .choice import Name, async_engine
from .closing import refuse_closed
from .direct_async import AsyncDirectEngine
from .shared import AsyncShared, Shared

Exchange = Callable[[Send], Awaitable[Answer | Failure]]
Done = Callable[[Answer | Failure], object]
Begin = Callable[[Send, Done], Callable[[], object]]
"""Start an exchange. `done` is called once, later. What is returned cancels it; what comes then means nothing."""


class Sender(Protocol):
    """What sends the requests of one run."""

    @property
    def begin(self) -> Begin:
        """Start an exchange."""
        ...

    async def aclose(self) -> None:
        """Close what the run opened, once all that was begun has ended or was cancelled."""
        ...


def sender(shared: Shared | AsyncShared, concurrency: int) -> Sender:
    """The sender of a run: with connections of its own, unless the client was given a transport.

    Raises `APIConnectionError` where the client is closed.
    """
    refuse_closed(shared)
    if shared.transport is None:
        # A run of a sync client has the async engine of the same name.
        asked = cast("Name | None", shared.asked)
        engine = async_engine(shared.origin, shared.token, shared.max_bytes, asked, most=concurrency)
        return engine if isinstance(engine, AsyncDirectEngine) else Tasks(engine.exchange, engine.aclose)
    if isinstance(shared, AsyncShared):
        return Tasks(shared.engine.exchange)
    return _Threads(shared.engine.exchange, concurrency)


class Tasks:
    """A sender over an `exchange` that is awaited: a task for each."""

    def __init__(self, exchange: Exchange, close: Callable[[], Awaitable[None]] | None = None) -> None:
        self._exchange, self._close = exchange, close
        self._tasks: set[asyncio.Future[Answer | Failure]] = set()

    def begin(self, send: Send, done: Done) -> Callable[[], object]:
        task = asyncio.ensure_future(self._exchange(send))
        self._tasks.add(task)
        task.add_done_callback(partial(self._ended, done))
        return task.cancel

    def _ended(self, done: Done, task: asyncio.Future[Answer | Failure]) -> None:
        self._tasks.discard(task)
        if task.cancelled():
            # By the run, which does not listen any longer; or by a transport that was given, against the rules.
            done(Failure("lost", "the exchange was cancelled"))
        elif (error := task.exception()) is not None:
            done(Failure("lost", f"the exchange ended in a {type(error).__name__}"))
        else:
            done(task.result())

    async def aclose(self) -> None:
        if self._tasks:
            # Those that were cancelled still close their connections.
            await asyncio.wait(self._tasks)
        if self._close is not None:
            await self._close()


class _Threads(Tasks):
    """A sender over the transport of a sync client, which blocks."""

    def __init__(self, exchange: Callable[[Send], Answer | Failure], concurrency: int) -> None:
        threads = ThreadPoolExecutor(concurrency, "lowcodeapi-baseten-transport")

        async def close() -> None:
            # What such a transport does can't be cut off.
            threads.shutdown(wait=False, cancel_futures=True)

        super().__init__(lambda send: asyncio.get_running_loop().run_in_executor(threads, exchange, send), close)
