"""The fast wire: the line of calls that wait for a connection, and event loops other than its own."""

from __future__ import annotations

import asyncio
import time

import pytest
from lowcodeapi_baseten import AsyncBaseten, LowCodeAPIError
from lowcodeapi_baseten.secrets import Content, Token
from lowcodeapi_baseten.steps import Failure, Send
from lowcodeapi_baseten.transport import fast
from lowcodeapi_baseten.transport.failed import FULL
from lowcodeapi_baseten.transport.fast.sender import FastSender

from tests.support.raw_wire import Peer, RawWire
from tests.support.wire import TOKEN
from tests.transport.peers import Counting, taken_port
from tests.transport.seams import kinds

pytestmark = pytest.mark.skipif(not fast.is_installed(), reason="the extra `fast`")
SEND = Send("POST", "/x", {}, Content(b"{}"), 30.0)


def silent(peer: Peer) -> None:
    peer.wait(10)


def test_a_call_that_is_cancelled_as_its_time_in_the_line_ends_takes_nobodys_place() -> None:
    async def main() -> object:
        sender = FastSender(f"http://127.0.0.1:{wire.port}", Token(TOKEN), 1 << 20, most=1)
        first = asyncio.ensure_future(sender.exchange(SEND))
        while not wire.connections:
            await asyncio.sleep(0.001)
        second = asyncio.ensure_future(sender.exchange(SEND._replace(timeout=0.02)))
        await asyncio.sleep(0)
        # Both are due once this step is over: its deadline, and then this.
        asyncio.get_running_loop().call_later(0.03, second.cancel)
        time.sleep(0.05)
        await asyncio.wait([second])
        third = await sender.exchange(SEND._replace(timeout=0.1))
        await sender.aclose()
        await first
        return third

    with RawWire(silent) as wire:
        assert asyncio.run(main()) == FULL, "the first call still has the only place"
    assert wire.connections == 1


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
