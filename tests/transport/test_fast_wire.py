"""The fast wire: closing it waits for whatever it has opened, that too of which nobody was told yet."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import socket

import pytest
from lowcodeapi_baseten import AsyncBaseten, LowCodeAPIError
from lowcodeapi_baseten.transport import fast

from tests.raw_wire import RawWire
from tests.transport.peers import Patient
from tests.wire import TOKEN

pytestmark = pytest.mark.skipif(not fast.is_installed(), reason="the extra `fast`")


def connections(port: int) -> int:
    """How many sockets of this process are connected to that port."""
    found = 0
    for thing in gc.get_objects():
        if isinstance(thing, socket.socket) and thing.family == socket.AF_INET and thing.fileno() != -1:
            with contextlib.suppress(OSError):
                found += thing.getpeername()[1] == port
    return found


@pytest.mark.parametrize("how", ["cancelled", "closed", "both"])
def test_closing_it_leaves_no_connection_of_a_call_that_was_cut_off_while_it_connected(how: str) -> None:
    async def main(steps: int) -> int:
        client = AsyncBaseten(
            api_token=TOKEN, base_url=wire.base_url, url_format="new", remember=False, transport="fast"
        )
        task = asyncio.ensure_future(client.inference.predict_development(input=1))
        for _ in range(steps):
            await asyncio.sleep(0)
        if how != "closed":
            task.cancel()
        if how == "cancelled":
            await asyncio.wait([task])
        await client.aclose()
        left = connections(wire.port)
        with contextlib.suppress(asyncio.CancelledError, LowCodeAPIError):
            await task
        return left

    with RawWire(Patient()) as wire:
        assert [asyncio.run(main(steps)) for steps in range(24)] == [0] * 24
