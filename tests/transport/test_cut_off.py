"""If a call is cancelled or its client closed, it ends at once, is sent at most once, and leaves nothing open."""

from __future__ import annotations

import itertools
import threading
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import aclosing
from functools import partial
from pathlib import Path
from typing import Any

import anyio
import anyio.lowlevel
import anyio.to_thread
import httpx
import pytest
from lowcodeapi_baseten import APIConnectionError, AsyncBaseten, Baseten
from lowcodeapi_baseten.transport import choice

from tests.support.pairs import in_pairs
from tests.support.raw_wire import Peer, RawWire, http
from tests.support.wire import TOKEN
from tests.transport.peers import Counting, echo, full_backlog, input_of
from tests.transport.seams import (
    INSTALLED,
    LOOPS,
    OUR_SEAMS,
    OURS,
    PREDICT,
    READ,
    SYNC,
    AsyncSees,
    Face,
    LoopFace,
    Seam,
    Sees,
    SyncFace,
    each,
    kinds,
    opened,
)

pytestmark = pytest.mark.timeout(60)

EVERY_LOOP = each(LOOPS)
# One for each code that asks if the client is closed.
SOME = {
    name: seam for name, seam in INSTALLED.items() if name in {"sync", "asyncio", "fast", "sync httpx", "async httpx"}
}
PLACE: dict[str, Any] = {"environment": "production"}
STREAM = b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n"
# With a length, in chunks, and to the end of the connection. The last would look complete if it were cut off.
BODIES = {
    "length": b"content-length: 99\r\n\r\ndata: 0\n\n",
    "chunks": b"transfer-encoding: chunked\r\n\r\n9\r\ndata: 0\n\n\r\n",
    "close": b"connection: close\r\n\r\ndata: 0\n\n",
}


# --- cancelled


async def cancelled_at(moment: threading.Event, work: Callable[[], Awaitable[Any]]) -> None:
    """Begin this, and cancel it when another thread sets `moment`."""

    async def begun() -> None:
        await work()

    async with anyio.create_task_group() as tasks:
        tasks.start_soon(begun)
        assert await anyio.to_thread.run_sync(moment.wait, 10)
        tasks.cancel_scope.cancel()


@EVERY_LOOP
def test_cancelling_at_any_moment_sends_nothing_twice_and_leaves_no_connection(
    seam: Seam, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(choice, "ASYNC_MOST", 4)
    all_places = threading.Barrier(4)

    def answer(request: bytes) -> bytes:
        if input_of(request) >= 1000:
            all_places.wait(10)
        return echo(request)

    async def main(client: AsyncBaseten) -> list[int]:
        numbers, answered = itertools.count(), []

        async def call(number: int) -> None:
            found: Any = await client.inference.predict_development(input=number)
            assert found["input"] == number
            answered.append(number)

        for turns in (0, 2, 4, 6, 8, 11, 14, 18, 24, 40):
            async with anyio.create_task_group() as tasks:
                for _ in range(4):
                    tasks.start_soon(call, next(numbers))
                for _ in range(turns):
                    await anyio.lowlevel.checkpoint()
                tasks.cancel_scope.cancel()
        # No place is left taken: four calls are under way at a time.
        with anyio.fail_after(10):
            async with anyio.create_task_group() as tasks:
                for number in range(1000, 1004):
                    tasks.start_soon(call, number)
        return answered

    server = Counting(answer)
    with RawWire(server) as wire:
        with opened(seam, wire.base_url) as face:
            assert isinstance(face, LoopFace)
            answered = face.run(main, face.client)
            assert wire.is_left_with(4), "what was cancelled is still open"
        assert wire.is_left_with(0)
    assert len(set(server.inputs)) == len(server.inputs)
    assert set(answered) <= set(server.inputs)


@EVERY_LOOP
def test_what_is_cancelled_while_it_waits_or_connects_ends_at_once_and_closes_its_connection(seam: Seam) -> None:
    arrived, left = threading.Event(), threading.Semaphore(0)

    def play(peer: Peer) -> None:
        request = peer.request()
        if input_of(request) == "stream":
            peer.send(STREAM + b"\r\ndata: 0\n\n")
        elif input_of(request) == "silence":
            arrived.set()
        else:
            peer.send(echo(request))
            return
        if peer.connection.recv(1) == b"":
            left.release()

    async def main(client: AsyncBaseten) -> None:
        came, predict = threading.Event(), client.inference.predict_development

        async def read_on() -> None:
            stream = await client.inference.stream_predict_development(input="stream")
            pieces: Any = stream.bytes()
            async with stream, aclosing(pieces):
                async for _ in pieces:
                    came.set()

        await cancelled_at(arrived, lambda: predict(input="silence"))
        await cancelled_at(came, read_on)
        stream = await client.inference.stream_predict_development(input="stream")
        pieces: Any = stream.bytes()
        async with stream, aclosing(pieces):
            await anext(pieces)

    async def connecting(client: AsyncBaseten) -> None:
        with anyio.move_on_after(0.05) as scope:
            await client.models.list()
        assert scope.cancelled_caught

    with RawWire(play) as wire, opened(seam, wire.base_url) as face:
        assert isinstance(face, LoopFace)
        face.run(main, face.client)
        for _ in range(3):
            assert left.acquire(timeout=10)
        assert face.call(PREDICT, input=1)["input"] == 1
    with full_backlog() as port, opened(seam, f"http://127.0.0.1:{port}") as face:
        assert isinstance(face, LoopFace)
        face.run(connecting, face.client)


# --- closed


def stream(face: Face) -> Any:
    return face.stream(input=1)


def read(face: Face) -> Any:
    return face.call(READ)


def with_other_options(face: Face) -> Any:
    if isinstance(face, LoopFace):
        return face.run(lambda: face.client.with_options(max_retries=5).models.list())
    return face.client.with_options(max_retries=5).models.list()


def many(face: Face) -> Any:
    if isinstance(face, LoopFace):

        async def run() -> list[Any]:
            return [item async for item in face.client.inference.predict_many([1, 2], **PLACE)]

        return face.run(run)
    return list(face.client.inference.predict_many([1, 2], **PLACE))


@in_pairs(seam=SOME, use=[read, with_other_options, stream, many], was_used={"used": True, "unused": False})
def test_a_closed_client_sends_nothing(use: Callable[[Face], Any], was_used: bool, seam: Seam) -> None:
    server = Counting()
    with RawWire(server) as wire, opened(seam, wire.base_url) as face:
        if was_used:
            read(face)
        face.close()
        face.close()
        server.received.clear()
        with pytest.raises(APIConnectionError, match="the client is closed") as caught:
            use(face)
        assert len(caught.value.attempts) <= 1, "it was tried again"
    assert not server.received


class Closes(Sees):
    """Records that it was closed."""

    is_closed = False

    def close(self) -> None:
        self.is_closed = True


class AsyncCloses(AsyncSees):
    """Asynchronous `Closes`."""

    is_closed = False

    async def aclose(self) -> None:
        self.is_closed = True


@pytest.mark.parametrize(("face", "kind"), [(SyncFace, Closes), (LoopFace, AsyncCloses)], ids=["sync", "async"])
def test_closing_closes_the_transport_that_was_given(face: type[Face], kind: type[Closes | AsyncCloses]) -> None:
    given = kind(lambda _: httpx.Response(200, json={"data": {"models": []}}))
    with opened(Seam(face, lambda: {"transport": given}), "https://localhost:9") as client:
        assert client.call(READ) == []
        client.close()
        with pytest.raises(APIConnectionError, match="the client is closed"):
            client.call(READ)
    assert given.is_closed and len(given.requests) == 1


def silent_after(arrived: threading.Event) -> Callable[[Peer], None]:
    """Answer nothing, but tell that the request has arrived."""

    def play(peer: Peer) -> None:
        if peer.request():
            arrived.set()
            peer.wait()

    return play


def predict(face: Face) -> Any:
    return face.call(PREDICT, input=1, timeout=30)


@in_pairs(seam=INSTALLED, use=[predict, stream])
def test_closing_ends_the_calls_and_streams_that_are_under_way(use: Callable[[Face], Any], seam: Seam) -> None:
    arrived = threading.Event()
    with RawWire(silent_after(arrived)) as wire, ThreadPoolExecutor(1) as threads, opened(seam, wire.base_url) as face:
        under_way = threads.submit(use, face)
        assert arrived.wait(10)
        if seam.is_ours or (seam.is_cut_off and use is predict):
            face.close()
            with pytest.raises(APIConnectionError, match="may have been carried out") as caught:
                under_way.result(10)
            assert len(caught.value.attempts) == 1
        else:
            wire.closing.set()  # a foreign transport may end when it likes
            with pytest.raises(APIConnectionError):
                under_way.result(10)
    assert wire.connections == 1


def test_closing_ends_the_calls_that_wait_for_a_connection(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(choice, "MOST", 8)
    arrived, waiting = threading.Semaphore(0), 8

    def play(peer: Peer) -> None:
        if peer.request():
            arrived.release()
            peer.wait()

    with RawWire(play) as wire, ThreadPoolExecutor(choice.MOST + waiting) as threads:
        client = Baseten(api_token=TOKEN, base_url=wire.base_url, url_format="new", timeout=30)
        calls = [threads.submit(client.inference.predict_development, input=1) for _ in range(choice.MOST + waiting)]
        for _ in range(choice.MOST):
            assert arrived.acquire(timeout=20)
        client.close()
        ended = [call.exception(timeout=10) for call in calls]
    assert all(isinstance(error, APIConnectionError) for error in ended)
    assert sum("the client is closed" in str(error) for error in ended) >= waiting
    assert wire.connections == choice.MOST


@OUR_SEAMS
def test_closing_while_a_connection_is_made_ends_that(seam: Seam) -> None:
    # A thread that connects can't be woken: it ends at its deadline.
    timeout = 1 if seam.face is SyncFace else 30
    with full_backlog() as port, ThreadPoolExecutor(1) as threads:
        with opened(seam, f"http://127.0.0.1:{port}") as face:
            under_way = threads.submit(face.call, PREDICT, input=1, timeout=timeout)
            threading.Event().wait(0.05)
            face.close()
            with pytest.raises(APIConnectionError) as caught:
                under_way.result(10)
        assert "carried out" not in str(caught.value)
        assert len(caught.value.attempts) == 1


@each({name: seam for name, seam in OURS.items() if name in LOOPS})
def test_a_call_that_is_let_in_while_its_client_is_closed_sends_nothing(
    seam: Seam, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(choice, "ASYNC_MOST", 1)
    arrived, goes_on = threading.Event(), threading.Event()

    def answer(request: bytes) -> bytes:
        arrived.set()
        goes_on.wait(10)
        return echo(request)

    async def main(client: AsyncBaseten) -> None:
        async def first() -> None:
            await client.inference.predict_development(input=1)
            await client.aclose()  # in the step of the event loop in which the next call is let in

        async def second() -> None:
            with pytest.raises(APIConnectionError, match=r"the client is closed") as caught:
                await client.inference.predict_development(input=2)
            assert kinds(caught.value) == ["unsent"]

        async with anyio.create_task_group() as tasks:
            tasks.start_soon(first)
            assert await anyio.to_thread.run_sync(arrived.wait, 10)
            tasks.start_soon(second)
            for _ in range(10):
                await anyio.lowlevel.checkpoint()
            goes_on.set()

    server = Counting(answer)
    with RawWire(server) as wire, opened(seam, wire.base_url) as face:
        assert isinstance(face, LoopFace)
        face.run(main, face.client)
    assert server.inputs == [1]


def streaming(body: str) -> Callable[[Peer], None]:
    def play(peer: Peer) -> None:
        peer.request()
        peer.send(STREAM + BODIES[body])
        peer.wait()

    return play


@in_pairs(body=[*BODIES], seam=OURS, is_being_read={"being read": True, "not begun": False})
def test_a_stream_ends_with_its_client(body: str, seam: Seam, is_being_read: bool) -> None:
    came = threading.Event()

    def read_sync(stream: Any) -> None:
        for _ in stream.bytes():
            came.set()

    async def read_async(stream: Any) -> None:
        async for _ in stream.bytes():
            came.set()

    with RawWire(streaming(body)) as wire, ThreadPoolExecutor(1) as threads, opened(seam, wire.base_url) as face:
        if isinstance(face, LoopFace):
            stream = face.run(lambda: face.client.inference.stream_predict_development(input=1))
            read_on = partial(face.run, read_async, stream)
        else:
            read_on = partial(read_sync, face.client.inference.stream_predict_development(input=1))
        reading = threads.submit(read_on) if is_being_read else None
        assert reading is None or came.wait(10)
        face.close()
        after = 9 if is_being_read else 0
        with pytest.raises(APIConnectionError, match=f"the stream ended too early, after {after} bytes"):
            read_on() if reading is None else reading.result(10)


def test_a_stream_over_a_transport_that_was_given_ends_with_its_client() -> None:
    class Pieces(httpx.SyncByteStream):
        def __iter__(self) -> Iterator[bytes]:
            return itertools.repeat(b"data: 0\n\n")

    def answer(_: httpx.Request) -> httpx.Response:
        return httpx.Response(200, headers={"content-type": "text/event-stream"}, stream=Pieces())

    with opened(Seam(SyncFace, lambda: {"transport": Sees(answer)}), "https://localhost:9") as face:
        lines = face.client.inference.stream_predict_development(input=1).lines()
        assert next(lines) == "data: 0"
    with pytest.raises(APIConnectionError, match="the stream ended too early"):
        list(lines)


# --- runs


@pytest.mark.parametrize("closes", ["who iterates", "another task", "the inputs"])
@each({name: LOOPS[name] for name in SOME if name in LOOPS and name != "trio"})  # trio is refused with a message
def test_an_async_run_ends_with_its_client(closes: str, seam: Seam) -> None:
    async def main(client: AsyncBaseten) -> None:
        async def inputs() -> AsyncIterator[int]:
            for number in itertools.count():
                if number == 8 and closes == "the inputs":
                    await client.aclose()
                yield number

        async with aclosing(client.inference.predict_many(inputs(), on_error="collect", concurrency=4, **PLACE)) as run:
            await anext(run)
            if closes == "who iterates":
                await client.aclose()
            elif closes == "another task":
                async with anyio.create_task_group() as tasks:
                    tasks.start_soon(client.aclose)
            with pytest.raises(APIConnectionError, match="the client is closed; items under way"):
                async for _ in run:
                    pass

    server = Counting(lambda _: http(b'{"data": 1}'))
    with RawWire(server) as wire, opened(seam, wire.base_url) as face:
        assert isinstance(face, LoopFace)
        face.run(main, face.client)


@each(SYNC)
def test_a_run_ends_with_its_client(seam: Seam) -> None:
    def play(peer: Peer) -> None:
        while request := peer.request():
            received.append(request)
            if len(received) > 1:
                peer.wait(None if seam.is_ours else 0.2)
            peer.send(http(b'{"data": 1}'))

    received: list[bytes] = []
    with RawWire(play) as wire:
        with opened(seam, wire.base_url) as face:
            items = face.client.inference.predict_many(itertools.count(), concurrency=4, on_error="collect", **PLACE)
            assert next(items).output == 1
        with pytest.raises(APIConnectionError, match=r"the client is closed"):
            list(items)
    assert len(received) <= 1 + 4


def test_a_run_whose_client_is_closed_by_a_hook_ends() -> None:
    def close(_: object) -> None:
        client.close()

    server = Counting(lambda _: http(b'{"data": 1}'))
    with RawWire(server) as wire:
        client = Baseten(api_token="abc", base_url=wire.base_url, url_format="new", remember=False, on_response=close)
        with pytest.raises(APIConnectionError, match="the client is closed"):
            list(client.inference.predict_many(itertools.count(), concurrency=1, **PLACE))
    assert len(server.received) == 1


def test_a_run_that_was_not_begun_when_its_client_was_closed_lets_go_of_its_checkpoint(tmp_path: Path) -> None:
    for _ in range(2):  # only one run at a time can hold a checkpoint
        with Baseten(api_token="abc", base_url="http://127.0.0.1:9", remember=False) as client:
            items = client.inference.predict_many([1], checkpoint=tmp_path / "run.jsonl", **PLACE)
        with pytest.raises(APIConnectionError, match=r"the client is closed \(nothing was sent\)"):
            next(items)
