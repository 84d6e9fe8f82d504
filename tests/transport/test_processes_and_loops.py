"""A client in a forked child, in several event loops, and with gevent's threads and sockets."""

from __future__ import annotations

import asyncio
import gc
import importlib.util
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any

import anyio
import pytest
from lowcodeapi_baseten import AsyncBaseten, Baseten, LowCodeAPIError
from lowcodeapi_baseten.transport import choice, sockets

from tests.support.raw_wire import Peer, RawWire
from tests.support.wire import TOKEN
from tests.transport.peers import Counting, echo, input_of
from tests.transport.seams import EVERY_PLAIN_SEAM, OURS, PREDICT, READ, LoopFace, Seam, SyncFace, opened

pytestmark = pytest.mark.timeout(60)

IN_PLACE = "inference.predict_deployment"
KNOWN: dict[str, Any] = {"api_token": TOKEN, "url_format": "new", "remember": False}
ONE_LOOP = {name: seam for name, seam in OURS.items() if name in {"asyncio", "fast"}}


@pytest.fixture(autouse=True)
def kept(monkeypatch: pytest.MonkeyPatch) -> None:
    """Connections are kept for as long as a test on a busy machine takes; here they are counted."""
    monkeypatch.setattr(sockets, "EXPIRY", 60.0)


# --- forked


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork on this system")
@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
@pytest.mark.parametrize("others", ["idle", "call", "ask"])
def test_a_forked_child_opens_its_own_connections_and_leaves_its_parents_open(others: str) -> None:
    """It finds every lock free, and the turn to ask for the URL format too, whatever other threads were doing."""
    server, goes_on = Counting(), threading.Event()

    def play(peer: Peer) -> None:
        while request := peer.request():
            server.received.append(request)
            if input_of(request) == "slow" or (others == "ask" and len(server.received) == 2):
                goes_on.wait(20)
            peer.send(echo(request))

    url_format = "auto" if others == "ask" else "new"
    with (
        RawWire(play) as wire,
        ThreadPoolExecutor(4) as threads,
        opened(OURS["sync"], wire.base_url, url_format=url_format) as face,
    ):
        face.call(READ)
        words = {"idle": [], "call": ["slow"] * 4, "ask": ["asks"]}[others]
        calls = [threads.submit(face.call, IN_PLACE, "abc", input=word) for word in words]
        while len(server.received) < 1 + len(calls):
            threading.Event().wait(0.001)
        child = os.fork()
        if child == 0:
            # Nothing of pytest may run in the child.
            status = 1
            with suppress(BaseException):
                status = 0 if face.call(IN_PLACE, "abc", input="child", timeout=10)["input"] == "child" else 2
                face.close()
            os._exit(status)
        _, ended = os.waitpid(child, 0)
        goes_on.set()
        assert os.waitstatus_to_exitcode(ended) == 0
        assert [call.result(10)["input"] for call in calls] == words
        assert face.call(IN_PLACE, "abc", input="after")["input"] == "after"
    # The parent kept its connections, and the child opened one.
    assert wire.connections == 1 + max(1, len(calls))


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork on this system")
@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
@pytest.mark.parametrize("name", ONE_LOOP)
def test_a_forked_child_has_an_async_client_of_its_own(name: str) -> None:
    async def call(client: AsyncBaseten, word: str) -> bool:
        found: Any = await client.inference.predict_development(input=word)
        return bool(found["input"] == word)

    server = Counting()
    with RawWire(server) as wire, asyncio.Runner() as runner:
        client = AsyncBaseten(**KNOWN, base_url=wire.base_url, **ONE_LOOP[name].options())
        assert runner.run(call(client, "before"))
        child = os.fork()
        if child == 0:
            status = 1
            with suppress(BaseException):
                status = 0 if asyncio.run(call(client, "child")) else 2
            os._exit(status)
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
        assert runner.run(call(client, "after"))
        runner.run(client.aclose())
    assert wire.connections == 2


# --- event loops

# If a loop ends before the client is closed there, its connection stays open until it is collected.
LEFT_IN_ITS_LOOP = pytest.mark.filterwarnings("ignore:unclosed:ResourceWarning")


@pytest.fixture
def collected() -> Iterator[None]:
    yield
    gc.collect()


@LEFT_IN_ITS_LOOP
@pytest.mark.usefixtures("collected")
@pytest.mark.parametrize("name", [name for name in ("asyncio", "fast", "trio") if name in OURS])
def test_one_client_serves_one_event_loop_after_another_and_their_connections_do_not_pile_up(name: str) -> None:
    async def main(number: int) -> None:
        for each in (number, number + 1):
            found: Any = await client.inference.predict_development(input=each)
            assert found["input"] == each

    backend = "trio" if name == "trio" else "asyncio"
    server = Counting()
    with RawWire(server) as wire:
        client = AsyncBaseten(**KNOWN, base_url=wire.base_url, **OURS[name].options())
        for number in range(0, 20, 2):
            anyio.run(main, number, backend=backend)
        gc.collect()
        assert wire.is_left_with(2)
        anyio.run(client.aclose, backend=backend)
    assert server.inputs == [*range(20)]


@LEFT_IN_ITS_LOOP
@pytest.mark.usefixtures("collected")
@pytest.mark.parametrize("name", ONE_LOOP)
def test_one_client_in_several_event_loops_at_once_is_right_or_refused_in_words(name: str) -> None:
    start = threading.Barrier(4)

    async def main(first: int) -> list[str]:
        told = []
        start.wait(10)
        for number in range(first, first + 25):
            try:
                found: Any = await client.inference.predict_development(input=number, timeout=10)
            except LowCodeAPIError as error:
                told.append(str(error))
            else:
                assert found["input"] == number
        return told

    server = Counting()
    with RawWire(server) as wire, ThreadPoolExecutor(4) as threads:
        client = AsyncBaseten(**KNOWN, base_url=wire.base_url, **ONE_LOOP[name].options())
        told = [
            each for part in threads.map(lambda first: asyncio.run(main(first)), range(0, 400, 100)) for each in part
        ]
        asyncio.run(client.aclose())
    assert not told or all("event loop" in each for each in told)
    assert len(set(server.inputs)) == len(server.inputs)


# --- many at a time


@EVERY_PLAIN_SEAM
def test_many_at_a_time_get_each_its_own_answer(seam: Seam) -> None:
    all_there = threading.Barrier(8)

    def answer(request: bytes) -> bytes:
        all_there.wait(20)
        return echo(request)

    with RawWire(Counting(answer)) as wire, opened(seam, wire.base_url) as face:
        for start in (0, 8):
            outcomes = face.together(*({"input": number} for number in range(start, start + 8)))
            assert [outcome["input"] for outcome in outcomes] == list(range(start, start + 8))
    assert wire.connections <= 16


@pytest.mark.parametrize("face", [SyncFace, LoopFace], ids=["sync", "async"])
def test_who_finds_no_connection_free_waits_within_the_deadline_and_sends_nothing(
    face: type[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert (choice.MOST, choice.ASYNC_MOST) == (100, 256)
    most = 8
    monkeypatch.setattr(choice, "MOST", most)
    monkeypatch.setattr(choice, "ASYNC_MOST", most)
    arrived, goes_on = threading.Semaphore(0), threading.Event()

    def play(peer: Peer) -> None:
        while request := peer.request():
            arrived.release()
            goes_on.wait(20)
            peer.send(echo(request))

    with RawWire(play) as wire, opened(Seam(face), wire.base_url) as client, ThreadPoolExecutor(1) as threads:
        crowd = threads.submit(client.together, *({"input": number, "timeout": 30} for number in range(most)))
        for _ in range(most):
            assert arrived.acquire(timeout=20)
        with pytest.raises(LowCodeAPIError, match="every connection was in use") as caught:
            client.call(PREDICT, input="late", timeout=0.2)
        assert "carried out" not in str(caught.value)
        goes_on.set()
        assert [outcome["input"] for outcome in crowd.result(30)] == list(range(most))
        assert wire.connections == most
        assert client.call(PREDICT, input="next")["input"] == "next"


# --- gevent

_GREENLETS = """
from gevent import monkey; monkey.patch_all()
import gevent, sys
from lowcodeapi_baseten import APIConnectionError, Baseten
options = {"api_token": "abc", "remember": False, "url_format": "new"}
with Baseten(base_url=sys.argv[1], **options) as client:
    calls = [gevent.spawn(client.inference.predict_development, input=number, timeout=20) for number in range(12)]
    gevent.joinall(calls, raise_error=True)
    assert [call.value["input"] for call in calls] == list(range(12))
    slow = gevent.spawn(client.inference.predict_development, input="slow", timeout=20)
    gevent.sleep(0.05)
    slow.kill()
    try:
        with gevent.Timeout(0.1):
            client.inference.predict_development(input="slow", timeout=20)
    except gevent.Timeout:
        print("limited")
    try:
        client.inference.predict_development(input="slow", timeout=1)
    except APIConnectionError as error:
        print([attempt.outcome for attempt in error.attempts])
    assert client.inference.predict_development(input="next", timeout=5)["input"] == "next"
print("closed")
"""


@pytest.mark.skipif(not importlib.util.find_spec("gevent"), reason="gevent is not installed")
def test_greenlets_of_gevent_call_at_a_time_and_can_be_ended() -> None:
    all_there = threading.Barrier(12)

    def play(peer: Peer) -> None:
        while request := peer.request():
            if b'"slow"' in request:
                peer.wait()
                return
            if b'"next"' not in request:
                all_there.wait(20)
            peer.send(echo(request))

    with RawWire(play) as wire:
        command = [sys.executable, "-c", _GREENLETS, wire.base_url]
        done = subprocess.run(command, capture_output=True, text=True, timeout=50, check=False)
    assert (done.returncode, done.stdout.split("\n")) == (0, ["limited", "['timeout']", "closed", ""]), done.stderr


def test_a_client_is_shared_by_threads_that_close_and_call() -> None:
    """A call that comes too late gets an error that says so."""
    server = Counting()
    with RawWire(server) as wire, ThreadPoolExecutor(8) as threads:
        client = Baseten(**KNOWN, base_url=wire.base_url)

        def call(number: int) -> str:
            try:
                found: Any = client.inference.predict_development(input=number, timeout=10)
            except LowCodeAPIError as error:
                return str(error)
            assert found["input"] == number
            return "done"

        calls = [threads.submit(call, number) for number in range(200)]
        calls[20].result(20)
        client.close()
        told = {call.result(20) for call in calls}
    assert "done" in told
    assert all("closed" in each or "may have been carried out" in each for each in told - {"done"}), told
    assert len(set(server.inputs)) == len(server.inputs)
