"""What sends the requests of one run: connections of its own, unless the client was given a transport."""

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
    """`aclose` closes what the run opened, once nothing is under way any more."""

    exchange: Exchange
    aclose: Callable[[], Awaitable[None]]


async def _nothing() -> None:
    """A transport that was given is its client's to close."""


def refuse_closed(shared: Shared | AsyncShared) -> None:
    """Raise `APIConnectionError` where the client is closed."""
    if shared.is_closed:
        raise APIConnectionError(f"{RUN}: the client is closed (nothing was sent)", operation=RUN)


def sender(shared: Shared | AsyncShared, concurrency: int) -> Sender:
    """The sender of a run. Raises `APIConnectionError` where the client is closed."""
    refuse_closed(shared)
    if shared.transport is None:
        # A run of a sync client is asynchronous, too.
        asked = cast("Name | None", shared.asked)
        made = async_sender(shared.origin, shared.token, shared.max_bytes, concurrency, asked)
        return Sender(made.exchange, made.aclose)
    if isinstance(shared, AsyncShared):
        return Sender(shared.engine.exchange, _nothing)
    return _in_threads(shared, concurrency)


def _in_threads(shared: Shared, concurrency: int) -> Sender:
    """Over the transport of a sync client, which blocks."""
    threads = ThreadPoolExecutor(concurrency, "lowcodeapi-baseten-transport")
    exchange, loop = shared.engine.exchange, asyncio.get_running_loop()

    async def close() -> None:
        # What such a transport does can't be cut off.
        threads.shutdown(wait=False, cancel_futures=True)

    return Sender(lambda send: loop.run_in_executor(threads, exchange, send), close)
