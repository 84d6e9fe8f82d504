"""Many at a time: threads or tasks share a bounded number of connections, and who finds none free waits in line."""

from __future__ import annotations

import asyncio
import socket
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from lowcodeapi_baseten.envelope import Answer
from lowcodeapi_baseten.steps import Failure

from tests.engines import LOOPS, OK, async_engine, engine, is_bare, origin, run, send
from tests.raw_wire import Peer, RawWire


class Crowd:
    """Answers requests with their own targets once `together` of them are there; counts how many there were at once."""

    def __init__(self, together: int) -> None:
        self._barrier = threading.Barrier(together)
        self._lock = threading.Lock()
        self.most = self._here = 0

    def __call__(self, peer: Peer) -> None:
        while request := peer.request():
            with self._lock:
                self._here += 1
                self.most = max(self.most, self._here)
            self._barrier.wait(10)
            with self._lock:
                self._here -= 1
            self._barrier.wait(10)
            target = request.split(b" ")[1].partition(b"?")[0]
            peer.send(b"HTTP/1.1 200 OK\r\ncontent-length: %d\r\n\r\n%s" % (len(target), target))


def test_threads_share_the_connections_and_each_gets_its_own_answer() -> None:
    crowd = Crowd(4)
    with RawWire(crowd) as wire, engine("sync", origin(wire), most=4) as exchange, ThreadPoolExecutor(16) as threads:
        targets = [f"/{number}" for number in range(80)]
        outcomes = list(threads.map(lambda target: exchange(send(target=target)), targets))
    assert [outcome.body.decode() for outcome in outcomes if isinstance(outcome, Answer)] == targets
    assert crowd.most == 4
    assert wire.connections == 4


@LOOPS
def test_tasks_share_the_connections_and_each_gets_its_own_answer(kind: str) -> None:
    async def main() -> list[Any]:
        engine = async_engine(origin(wire), most=4)
        outcomes = await asyncio.gather(*(engine.exchange(send(target=target)) for target in targets))
        await engine.aclose()
        assert is_bare(engine)
        return outcomes

    crowd, targets = Crowd(4), [f"/{number}" for number in range(80)]
    with RawWire(crowd) as wire:
        assert [outcome.body.decode() for outcome in run(kind, main)] == targets
    assert crowd.most == 4
    assert wire.connections == 4


def test_a_thread_that_waits_too_long_for_a_connection_sends_nothing_and_leaves_the_line() -> None:
    arrived, answer = threading.Event(), threading.Event()

    def play(peer: Peer) -> None:
        while peer.request():
            arrived.set()
            answer.wait(10)
            peer.send(OK)

    with RawWire(play) as wire, engine("sync", origin(wire), most=1) as exchange, ThreadPoolExecutor(2) as threads:
        first = threads.submit(exchange, send())
        arrived.wait(10)
        outcome = exchange(send(timeout=0.05))
        assert isinstance(outcome, Failure) and outcome.kind == "unsent"
        last = threads.submit(exchange, send())
        answer.set()
        assert isinstance(first.result(10), Answer) and isinstance(last.result(10), Answer)
    assert wire.connections == 1


@LOOPS
def test_a_task_that_waits_too_long_or_is_cancelled_sends_nothing_and_leaves_the_line(kind: str) -> None:
    async def main() -> None:
        engine = async_engine(origin(wire), most=1)
        first = asyncio.create_task(engine.exchange(send()))
        while not wire.connections:
            await asyncio.sleep(0.001)
        cancelled = asyncio.create_task(engine.exchange(send()))
        outcome = await engine.exchange(send(timeout=0.05))
        assert isinstance(outcome, Failure) and outcome.kind == "unsent"
        cancelled.cancel()
        last = asyncio.create_task(engine.exchange(send()))
        await asyncio.wait([cancelled])
        assert len(engine._connections._line) == 1  # type: ignore[union-attr]
        answer.set()
        assert isinstance(await first, Answer) and isinstance(await last, Answer)
        assert len(requests) == 2
        await engine.aclose()
        assert is_bare(engine)

    answer, requests = threading.Event(), list[bytes]()

    def play(peer: Peer) -> None:
        while request := peer.request():
            requests.append(request)
            answer.wait(10)
            peer.send(OK)

    with RawWire(play) as wire:
        run(kind, main)
    assert wire.connections == 1


@LOOPS
def test_where_a_connection_breaks_the_next_in_line_gets_a_new_one(kind: str) -> None:
    async def main() -> list[Any]:
        engine = async_engine(origin(wire), most=2)
        outcomes = await asyncio.gather(*(engine.exchange(send()) for _ in range(6)))
        await engine.aclose()
        return outcomes

    def leaves(peer: Peer) -> None:
        peer.request()

    with RawWire(leaves) as wire:
        assert [outcome.kind for outcome in run(kind, main)] == ["lost"] * 6
    assert wire.connections == 6


@LOOPS
def test_where_no_connection_can_be_made_nobody_waits_in_line_for_one(kind: str) -> None:
    async def main() -> list[Any]:
        with socket.create_server(("127.0.0.1", 0)) as taken:
            gone = f"http://127.0.0.1:{taken.getsockname()[1]}"
        engine = async_engine(gone, most=1)
        outcomes = await asyncio.gather(*(engine.exchange(send(timeout=10_000)) for _ in range(5)))
        await engine.aclose()
        return outcomes

    assert [outcome.kind for outcome in run(kind, main)] == ["unsent"] * 5
