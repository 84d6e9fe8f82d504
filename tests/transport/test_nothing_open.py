"""A call may be cut off in any step of the event loop: no connection stays open or is left to the garbage collector."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import Awaitable, Callable, Iterator
from contextlib import suppress
from typing import Any

import pytest
import trustme
from lowcodeapi_baseten import AsyncBaseten, LowCodeAPIError

from tests.support.pairs import in_pairs
from tests.support.raw_wire import RawWire
from tests.support.wire import TOKEN
from tests.transport.peers import Counting, secured
from tests.transport.seams import OURS, LoopFace, Seam, each, opened

pytestmark = pytest.mark.timeout(60)

LOOPS = {name: seam for name, seam in OURS.items() if name in {"asyncio", "uvloop", "fast"}}
# Steps of the event loop after which a call is ended. Those that matter are the first 10, and with TLS the first 60.
STEPS = {False: (*range(12), 15, 30), True: (*range(14), *range(16, 60, 4), 70)}


@pytest.fixture(autouse=True)
def without_the_collector() -> Iterator[None]:
    """Turn off the garbage collector: it would close forgotten connections."""
    gc.collect()
    gc.disable()
    yield
    gc.enable()


async def cut(work: Awaitable[Any], steps: int, end: Callable[[asyncio.Future[Any]], Awaitable[None]]) -> None:
    """End this after so many steps of the event loop."""
    task = asyncio.ensure_future(work)
    for _ in range(steps):
        await asyncio.sleep(0)
    await end(task)
    with suppress(asyncio.CancelledError, LowCodeAPIError):
        await task


@in_pairs(how=["cancelled", "closed"], is_secure={"plain": False, "TLS": True}, seam=LOOPS)
def test_a_call_that_ends_at_any_step(how: str, is_secure: bool, seam: Seam, authority: trustme.CA) -> None:
    async def main(steps: int) -> None:
        async with AsyncBaseten(**options) as client:

            async def end(task: asyncio.Future[Any]) -> None:
                if how == "cancelled":
                    task.cancel()
                else:
                    await client.aclose()

            running = asyncio.all_tasks()
            await cut(client.inference.predict_development(input=1), steps, end)
            assert asyncio.all_tasks() == running

    server = Counting()
    with RawWire(secured(server, authority) if is_secure else server) as wire:
        url = f"https://localhost:{wire.port}/baseten" if is_secure else wire.base_url
        options: Any = {"api_token": TOKEN, "base_url": url, "url_format": "new", "remember": False, **seam.options()}
        with opened(seam, url) as face:
            assert isinstance(face, LoopFace)
            for steps in STEPS[is_secure]:
                face.run(main, steps)
                assert wire.is_left_with(0), f"after {steps} steps"


@each(LOOPS)
def test_closing_a_client_that_is_cancelled_at_any_step(seam: Seam) -> None:
    async def main(client: AsyncBaseten, steps: int) -> None:
        async def cancel(task: asyncio.Future[Any]) -> None:
            task.cancel()

        await asyncio.gather(*(client.inference.predict_development(input=number) for number in range(4)))
        await cut(client.aclose(), steps, cancel)

    server = Counting()
    with RawWire(server) as wire:
        for steps in (1, 2, 3, 4, 5, 7, 10):
            with opened(seam, wire.base_url) as face:
                assert isinstance(face, LoopFace)
                face.run(main, face.client, steps)
                assert wire.is_left_with(0), f"after {steps} steps"
