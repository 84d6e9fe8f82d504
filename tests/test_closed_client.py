"""A client that is closed sends nothing any more, says so at once, and has ended what it had open."""

from __future__ import annotations

import asyncio
import itertools
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import aclosing, closing
from typing import Any

import httpx
import pytest
from lowcodeapi_baseten import APIConnectionError, AsyncBaseten, Baseten

from tests.drivers import DRIVERS
from tests.raw_wire import Peer, Play, RawWire, http
from tests.wire import TOKEN

OK = http(b'{"data": {"models": []}}')
STREAM = b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n"
TRANSPORTS = pytest.mark.parametrize("transport", ["stock", "fast"])
PLACE: dict[str, Any] = {"environment": "production"}


def counting(received: list[bytes], answer: bytes | None = OK) -> Play:
    """Write down every request, and say this; nothing, where it is None."""

    def play(peer: Peer) -> None:
        while request := peer.request():
            received.append(request)
            if answer is not None:
                peer.send(answer)

    return play


def sync_client(wire: RawWire, **options: Any) -> Baseten:
    return Baseten(api_token=TOKEN, base_url=wire.base_url, remember=False, url_format="new", **options)


def async_client(wire: RawWire, **options: Any) -> AsyncBaseten:
    return AsyncBaseten(api_token=TOKEN, base_url=wire.base_url, remember=False, url_format="new", **options)


def used(client: Any) -> Any:
    return client.models.list()


def other_options(client: Any) -> Any:
    return client.with_options(max_retries=5).models.list()


def many(client: Baseten) -> Any:
    return list(client.inference.predict_many([1, 2], **PLACE))


def stream(client: Any) -> Any:
    return client.inference.stream_predict_environment("production", input=1)


async def amany(client: AsyncBaseten) -> Any:
    return [item async for item in client.inference.predict_many([1, 2], **PLACE)]


# --- what is begun afterwards


@TRANSPORTS
@pytest.mark.parametrize("was_used", [True, False])
@pytest.mark.parametrize("use", [used, other_options, many, stream])
def test_a_closed_client_sends_nothing(use: Callable[[Baseten], Any], was_used: bool, transport: str) -> None:
    received: list[bytes] = []
    with RawWire(counting(received)) as wire:
        client = sync_client(wire, transport=transport)
        if was_used:
            client.models.list()
        client.close()
        client.close()
        received.clear()
        with pytest.raises(APIConnectionError, match="the client is closed") as caught:
            use(client)
        assert len(caught.value.attempts) <= 1, "it was tried again"
    assert not received


@TRANSPORTS
@pytest.mark.parametrize("was_used", [True, False])
@pytest.mark.parametrize("use", [used, other_options, amany, stream])
def test_a_closed_async_client_sends_nothing(
    use: Callable[[AsyncBaseten], Any], was_used: bool, transport: str
) -> None:
    async def main() -> None:
        client = async_client(wire, transport=transport)
        if was_used:
            await client.models.list()
        await client.aclose()
        await client.aclose()
        received.clear()
        with pytest.raises(APIConnectionError, match="the client is closed") as caught:
            await use(client)
        assert len(caught.value.attempts) <= 1, "it was tried again"

    received: list[bytes] = []
    with RawWire(counting(received)) as wire:
        asyncio.run(main())
    assert not received


@pytest.mark.parametrize("driver", DRIVERS)
def test_a_closed_client_uses_a_transport_that_was_given_no_more(driver: str) -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        requests.append(request)
        return httpx.Response(200, json={"data": {"models": []}})

    requests: list[httpx.Request] = []
    with DRIVERS[driver](api_token=TOKEN, url_format="new", transport=httpx.MockTransport(answer)) as opened:
        opened.call("models.list")
        opened.close()
        with pytest.raises(APIConnectionError, match="the client is closed"):
            opened.call("models.list")
    assert len(requests) == 1


@pytest.mark.parametrize("driver", DRIVERS)
def test_closing_is_final_over_whatever_it_sends(driver: str, monkeypatch: pytest.MonkeyPatch) -> None:
    received: list[bytes] = []
    with (
        RawWire(counting(received)) as wire,
        DRIVERS[driver](api_token=TOKEN, base_url=wire.base_url, url_format="new") as opened,
    ):
        opened.close()
        with pytest.raises(APIConnectionError, match=r"the client is closed \(new format: unsent\)"):
            opened.call("models.list")
    assert not received


@pytest.mark.parametrize("driver", DRIVERS)
def test_closing_an_unused_client_makes_no_engine(driver: str) -> None:
    with DRIVERS[driver](api_token=TOKEN) as opened:
        opened.close()
        assert opened.client._shared._engine is None


# --- runs


@TRANSPORTS
def test_a_run_ends_with_its_client(transport: str) -> None:
    def play(peer: Peer) -> None:
        while request := peer.request():
            received.append(request)
            if len(received) > 1:
                peer.wait()
            peer.send(http(b'{"data": 1}'))

    received: list[bytes] = []
    with RawWire(play) as wire:
        with sync_client(wire, transport=transport) as client:
            items = client.inference.predict_many(itertools.count(), concurrency=4, on_error="collect", **PLACE)
            assert next(items).output == 1
        assert not [thread for thread in threading.enumerate() if thread.name == "lowcodeapi-baseten-bulk"]
        with pytest.raises(APIConnectionError, match=r"the client is closed; .* may have been carried out"):
            list(items)
    assert len(received) <= 1 + 4


@TRANSPORTS
@pytest.mark.parametrize("closes", ["who iterates", "another task", "the inputs"])
def test_an_async_run_ends_with_its_client(closes: str, transport: str) -> None:
    async def inputs() -> AsyncIterator[int]:
        for number in itertools.count():
            if number == 8 and closes == "the inputs":
                await client.aclose()
            yield number

    async def main() -> None:
        async with aclosing(client.inference.predict_many(inputs(), on_error="collect", concurrency=4, **PLACE)) as run:
            first = await anext(run)
            assert first.output == 1
            if closes == "who iterates":
                await client.aclose()
            elif closes == "another task":
                await asyncio.create_task(client.aclose())
            with pytest.raises(APIConnectionError, match="the client is closed; what was under way"):
                async for _ in run:
                    pass
        assert asyncio.all_tasks() == {asyncio.current_task()}

    received: list[bytes] = []
    with RawWire(counting(received, http(b'{"data": 1}'))) as wire:
        client = async_client(wire, transport=transport)
        asyncio.run(main())


def test_a_run_whose_client_is_closed_by_a_hook_ends() -> None:
    def close(_: object) -> None:
        client.close()

    received: list[bytes] = []
    with RawWire(counting(received, http(b'{"data": 1}'))) as wire:
        client = sync_client(wire, on_response=close)
        with pytest.raises(APIConnectionError, match="the client is closed"):
            list(client.inference.predict_many(itertools.count(), concurrency=1, **PLACE))
    assert len(received) == 1


def test_a_run_that_was_not_begun_when_its_client_was_closed_lets_go_of_its_checkpoint(tmp_path: Any) -> None:
    with RawWire(counting([])) as wire:
        for _ in range(2):  # a checkpoint is one run's at a time
            with sync_client(wire) as client:
                items = client.inference.predict_many([1], checkpoint=tmp_path / "run.jsonl", **PLACE)
            with pytest.raises(APIConnectionError, match=r"the client is closed \(nothing was sent\)"):
                next(items)


# --- streams


def streaming(arrived: threading.Event, head: bytes) -> Play:
    def play(peer: Peer) -> None:
        peer.request()
        peer.send(STREAM + head)
        arrived.set()
        peer.wait()

    return play


# With a length, in chunks, and to the end of the connection: that one would end well if it were cut off.
BODIES = pytest.mark.parametrize(
    "head",
    [
        b"content-length: 99\r\n\r\ndata: 0\n\n",
        b"transfer-encoding: chunked\r\n\r\n9\r\ndata: 0\n\n\r\n",
        b"connection: close\r\n\r\ndata: 0\n\n",
    ],
    ids=["length", "chunks", "close"],
)


@BODIES
def test_a_stream_can_not_be_read_once_its_client_is_closed(head: bytes) -> None:
    with RawWire(streaming(threading.Event(), head)) as wire:
        with sync_client(wire) as client:
            opened = stream(client)
        with pytest.raises(APIConnectionError, match=r"after 0 bytes \(it, or its client, was closed\)"):
            list(opened.lines())


@BODIES
def test_closing_from_another_thread_ends_a_stream_that_is_waited_for(head: bytes) -> None:
    def read(client: Baseten) -> None:
        with closing(stream(client)) as opened:
            for _ in opened.bytes():
                came.set()

    arrived, came = threading.Event(), threading.Event()
    with RawWire(streaming(arrived, head)) as wire, ThreadPoolExecutor(1) as threads:
        client = sync_client(wire)
        reading = threads.submit(read, client)
        assert came.wait(10)
        client.close()
        with pytest.raises(APIConnectionError, match="the stream ended too early, after 9 bytes"):
            reading.result(10)


def test_closing_from_another_thread_ends_a_stream_whose_head_has_not_come() -> None:
    arrived = threading.Event()

    def play(peer: Peer) -> None:
        peer.request()
        arrived.set()
        peer.wait()

    with RawWire(play) as wire, ThreadPoolExecutor(1) as threads:
        client = sync_client(wire)
        opening = threads.submit(stream, client)
        assert arrived.wait(10)
        client.close()
        with pytest.raises(APIConnectionError, match="may have been carried out"):
            opening.result(10)
    assert wire.connections == 1


@BODIES
def test_an_async_stream_ends_with_its_client(head: bytes) -> None:
    async def read(opened: Any) -> None:
        async for _ in opened.bytes():
            came.set()

    async def main() -> None:
        async with async_client(wire) as client:
            waited_for, untouched = await stream(client), await stream(client)
            reading = asyncio.create_task(read(waited_for))
            await came.wait()
        with pytest.raises(APIConnectionError, match="the stream ended too early, after 9 bytes"):
            await reading
        with pytest.raises(APIConnectionError, match="the stream ended too early, after 0 bytes"):
            await read(untouched)

    came = asyncio.Event()
    with RawWire(streaming(threading.Event(), head)) as wire:
        asyncio.run(main())


def test_a_stream_over_a_transport_that_was_given_ends_with_its_client() -> None:
    class Pieces(httpx.SyncByteStream):
        def __iter__(self) -> Iterator[bytes]:
            return itertools.repeat(b"data: 0\n\n")

    transport = httpx.MockTransport(
        lambda _: httpx.Response(200, headers={"content-type": "text/event-stream"}, stream=Pieces())
    )
    with Baseten(api_token=TOKEN, url_format="new", transport=transport) as client:
        lines = stream(client).lines()
        assert next(lines) == "data: 0"
    with pytest.raises(APIConnectionError, match="the stream ended too early"):
        list(lines)
