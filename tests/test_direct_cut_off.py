"""An exchange that is cancelled, closed or interrupted ends at once, is heard of once at most, and leaves nothing."""

from __future__ import annotations

import asyncio
import signal
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

pytest.importorskip("httptools")

from lowcodeapi_baseten.envelope import Answer
from lowcodeapi_baseten.steps import Failure
from lowcodeapi_baseten.transport.fast.incoming import Incoming

from tests.engines import LOOPS, OK, answers, async_engine, is_bare, origin, run, send, sync_engine
from tests.raw_wire import Peer, RawWire
from tests.transport.peers import full_backlog

# --- cancelled


@LOOPS
def test_a_task_that_is_cancelled_while_it_waits_for_an_answer_closes_its_connection(kind: str) -> None:
    left = threading.Event()

    def play(peer: Peer) -> None:
        peer.request()
        if peer.number == 1:
            assert peer.connection.recv(1) == b""
            left.set()
        else:
            peer.send(OK)
            answers(peer)

    async def main() -> None:
        engine = async_engine(origin(wire))
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(engine.exchange(send()), 0.1)
        assert await asyncio.to_thread(left.wait, 10)
        assert is_bare(engine)
        assert isinstance(await engine.exchange(send()), Answer)
        await engine.aclose()

    with RawWire(play) as wire:
        run(kind, main)


@LOOPS
def test_a_task_that_is_cancelled_while_it_connects_leaves_nothing_behind(kind: str) -> None:
    async def main(port: int) -> None:
        engine = async_engine(f"http://127.0.0.1:{port}")
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(engine.exchange(send()), 0.05)
        await asyncio.sleep(0.01)
        assert is_bare(engine)

    with full_backlog() as port:
        run(kind, lambda: main(port))


# --- closed


def silent(peer: Peer) -> None:
    while peer.request():
        pass


@LOOPS
def test_closing_ends_what_is_under_way_and_what_waits(kind: str) -> None:
    async def main() -> None:
        engine = async_engine(origin(wire), most=1)
        tasks = [asyncio.create_task(engine.exchange(send())) for _ in range(3)]
        while not wire.connections:
            await asyncio.sleep(0.001)
        await asyncio.sleep(0.01)
        await engine.aclose()
        kinds = [outcome.kind for outcome in await asyncio.gather(*tasks) if isinstance(outcome, Failure)]
        assert kinds == ["lost", "unsent", "unsent"]
        assert is_bare(engine)
        outcome = await engine.exchange(send())
        assert isinstance(outcome, Failure) and outcome.kind == "unsent"

    with RawWire(silent) as wire:
        run(kind, main)
    assert wire.connections == 1


@LOOPS
def test_closing_while_a_connection_is_made_ends_that(kind: str) -> None:
    async def main(port: int) -> None:
        engine = async_engine(f"http://127.0.0.1:{port}")
        task = asyncio.create_task(engine.exchange(send()))
        await asyncio.sleep(0.01)
        await engine.aclose()
        outcome = await task
        assert isinstance(outcome, Failure) and outcome.kind == "unsent"
        assert is_bare(engine)

    with full_backlog() as port:
        run(kind, lambda: main(port))


def test_closing_from_another_thread_ends_an_exchange() -> None:
    arrived = threading.Event()

    def play(peer: Peer) -> None:
        peer.request()
        arrived.set()
        peer.wait()

    with RawWire(play) as wire, ThreadPoolExecutor(1) as threads:
        engine = sync_engine(origin(wire))
        under_way = threads.submit(engine.exchange, send(timeout=60))
        arrived.wait(10)
        engine.close()
        outcome = under_way.result(10)
        assert isinstance(outcome, Failure) and outcome.kind == "lost"
        (lane,) = engine.lanes.all()
        assert not lane._open and not lane.gate.inside
        outcome = engine.exchange(send())
        assert isinstance(outcome, Failure) and outcome.kind == "unsent"
    assert wire.connections == 1


# --- interrupted


_INTERRUPTED = """
import sys, warnings
from lowcodeapi_baseten.auth import Token
from lowcodeapi_baseten.envelope import Answer
from lowcodeapi_baseten.steps import Send
from lowcodeapi_baseten.transport._sync.sender import Sender
engine = Sender(sys.argv[1], Token("abc"), 1000, 100)
try:
    engine.exchange(Send("GET", "/x", {}, None, 600.0))
except KeyboardInterrupt:
    (lane,) = engine.lanes.all()
    assert not lane._open and not lane.gate.inside
    assert isinstance(engine.exchange(Send("GET", "/x", {}, None, 10.0)), Answer)
    engine.close()
    sys.exit(7)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGINT to send")
def test_ctrl_c_ends_an_exchange_at_once_and_its_connection_is_not_used_again() -> None:
    process: subprocess.Popen[bytes]

    def play(peer: Peer) -> None:
        peer.request()
        if peer.number > 1:
            peer.send(OK)
        else:
            process.send_signal(signal.SIGINT)
            peer.wait()

    with RawWire(play) as wire:
        process = subprocess.Popen(
            [sys.executable, "-W", "error", "-c", _INTERRUPTED, origin(wire)], stderr=subprocess.PIPE
        )
        _, errors = process.communicate(timeout=60)
    assert (process.returncode, errors) == (7, b"")


@pytest.mark.parametrize("name", ["on_header", "on_headers_complete", "on_body", "on_message_complete"])
def test_ctrl_c_while_an_answer_is_parsed_is_not_swallowed(name: str) -> None:
    class Interrupted(Incoming):
        __slots__ = ()

    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    setattr(Interrupted, name, interrupted)
    with pytest.raises(KeyboardInterrupt):
        Interrupted(1 << 20, "POST").feed(OK)
