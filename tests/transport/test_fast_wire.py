"""The fast wire: its connections, the line of calls that wait for one, and what shows of it."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import socket

import pytest
from lowcodeapi_baseten import AsyncBaseten, LowCodeAPIError
from lowcodeapi_baseten.secrets import Content, Token
from lowcodeapi_baseten.steps import Failure, Send
from lowcodeapi_baseten.transport import fast
from lowcodeapi_baseten.transport.fast.deadlines import end
from lowcodeapi_baseten.transport.fast.incoming import Incoming
from lowcodeapi_baseten.transport.fast.request import Requests
from lowcodeapi_baseten.transport.fast.sender import FastSender

from tests.support.raw_wire import Peer, RawWire
from tests.support.wire import TOKEN
from tests.transport.peers import Counting, taken_port
from tests.transport.seams import kinds

pytestmark = pytest.mark.skipif(not fast.is_installed(), reason="the extra `fast`")
SEND = Send("POST", "/x", {}, Content(b"{}"), 30.0)


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

    with RawWire(Counting()) as wire:
        assert [asyncio.run(main(steps)) for steps in range(24)] == [0] * 24


def silent(peer: Peer) -> None:
    peer.wait(10)


def test_a_call_that_is_cancelled_as_its_time_in_the_line_ends_takes_nobodys_place() -> None:
    async def main() -> int:
        sender = FastSender(f"http://127.0.0.1:{wire.port}", Token(TOKEN), 1 << 20, most=1)
        calls = [asyncio.ensure_future(sender.exchange(SEND)) for _ in range(2)]
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


def hangs_up(peer: Peer) -> None:
    peer.request()


@pytest.mark.parametrize(("is_there", "kind"), [(True, "lost"), (False, "unsent")])
def test_no_call_waits_for_a_connection_that_breaks_or_can_not_be_made(is_there: bool, kind: str) -> None:
    async def main(port: int) -> list[str]:
        sender = FastSender(f"http://127.0.0.1:{port}", Token(TOKEN), 1 << 20, most=2)
        outcomes = await asyncio.gather(*(sender.exchange(SEND) for _ in range(6)))
        await sender.aclose()
        return [outcome.kind for outcome in outcomes if isinstance(outcome, Failure)]

    with RawWire(hangs_up) as wire:
        assert asyncio.run(main(wire.port if is_there else taken_port())) == [kind] * 6
    assert wire.connections == (6 if is_there else 0)


def test_a_client_that_was_opened_on_asyncio_sends_nothing_on_trio() -> None:
    trio = pytest.importorskip("trio")

    async def opened() -> AsyncBaseten:
        client = AsyncBaseten(
            api_token=TOKEN, base_url=wire.base_url, url_format="new", remember=False, transport="fast"
        )
        await client.inference.predict_development(input=1)
        return client

    with RawWire(server := Counting()) as wire, asyncio.Runner() as runner:
        client = runner.run(opened())
        with pytest.raises(LowCodeAPIError, match="runs on asyncio") as caught:
            trio.run(lambda: client.inference.predict_development(input=2))
        assert kinds(caught.value) == ["unsent"]
        runner.run(client.aclose())
    assert server.inputs == [1]


def test_no_repr_shows_the_token() -> None:
    requests = Requests("http://127.0.0.1:1", Token(TOKEN))
    pieces = list(requests.pieces(SEND))
    assert TOKEN.encode() in b"".join(pieces)
    assert TOKEN not in repr([requests, Incoming(1, "POST"), FastSender("http://127.0.0.1:1", Token(TOKEN), 1, 1)])
