"""The sender of one run: it has its own connections, unless the client was given a transport."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple, cast

from ..errors import APIConnectionError
from ..transport._async.shared import AsyncShared
from ..transport._sync.shared import Shared
from ..transport.choice import Name, async_sender
from .item import Exchange

RUN = "inference.predict_many"


class Sender(NamedTuple):
    """Sends requests. `aclose` closes the run's connections; call it when nothing is under way."""

    exchange: Exchange
    aclose: Callable[[], Awaitable[None]]


async def _nothing() -> None:
    """Leave a given transport open: its client closes it."""


def refuse_closed(shared: Shared | AsyncShared) -> None:
    """Raise `APIConnectionError` if the client is closed."""
    if shared.is_closed:
        raise APIConnectionError(f"{RUN}: the client is closed (nothing was sent)", operation=RUN)


def sender(shared: Shared | AsyncShared, concurrency: int) -> Sender:
    """The sender of a run. Raises `APIConnectionError` if the client is closed."""
    refuse_closed(shared)
    if shared.transport is None:
        # A run is asynchronous even for a sync client.
        asked = cast("Name | None", shared.asked)
        made = async_sender(shared.origin, shared.token, shared.max_bytes, concurrency, asked)
        return Sender(made.exchange, made.aclose)
    if isinstance(shared, AsyncShared):
        return Sender(shared.engine.exchange, _nothing)
    return _in_threads(shared, concurrency)


def _in_threads(shared: Shared, concurrency: int) -> Sender:
    """Send over the blocking transport of a sync client, in threads."""
    threads = ThreadPoolExecutor(concurrency, "lowcodeapi-baseten-transport")
    exchange, loop = shared.engine.exchange, asyncio.get_running_loop()

    async def close() -> None:
        # A blocking call can't be cut off.
        threads.shutdown(wait=False, cancel_futures=True)

    return Sender(lambda send: loop.run_in_executor(threads, exchange, send), close)
