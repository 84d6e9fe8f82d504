"""The fast wire: closing it waits for all that it has opened, even if nobody has been told of it yet."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import socket

import pytest
from lowcodeapi_baseten import AsyncBaseten, LowCodeAPIError
from lowcodeapi_baseten.auth import Token
from lowcodeapi_baseten.steps import Send
from lowcodeapi_baseten.transport import fast
from lowcodeapi_baseten.transport.fast.deadlines import end
from lowcodeapi_baseten.transport.fast.sender import FastSender

from tests.raw_wire import Peer, RawWire
from tests.transport.peers import Patient
from tests.wire import TOKEN

pytestmark = pytest.mark.skipif(not fast.is_installed(), reason="the extra `fast`")


def connections(port: int) -> int:
    """The number of sockets of this process that are connected to that port."""
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


def silent(peer: Peer) -> None:
    peer.wait(10)


def test_a_call_that_is_cancelled_as_its_time_in_the_line_ends_takes_nobodys_place() -> None:
    async def main() -> int:
        sender = FastSender(f"http://127.0.0.1:{wire.port}", Token(TOKEN), 1 << 20, most=1)
        send = Send("POST", "/silent", {}, b"{}", 30.0)
        calls = [asyncio.ensure_future(sender.exchange(send)) for _ in range(2)]
        connections = sender._here.here()
        while not connections._line:
            await asyncio.sleep(0)
        end(next(iter(connections._line)))
        calls[1].cancel()
        await asyncio.wait(calls[1:])
        taken = connections._taken
        await sender.aclose()
        await asyncio.wait(calls)
        return taken

    with RawWire(silent) as wire:
        assert asyncio.run(main()) == 1
