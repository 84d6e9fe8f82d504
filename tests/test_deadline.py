"""The timeout of a call is its deadline, whatever the other side does, for the sync and the async client."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import threading
import time
from collections.abc import Iterator
from typing import Any

import httpcore
import pytest
from lowcodeapi_baseten import APIConnectionError, APITimeoutError, LowCodeAPIError
from lowcodeapi_baseten.transport._sync.backend import Backend
from lowcodeapi_baseten.transport.errand import Errand
from lowcodeapi_baseten.transport.socket_backend import SocketBackend

from tests.drivers import DRIVERS
from tests.raw_wire import Peer, RawWire, http

TOKEN = "lca-deadline-0123456789abcdef"
HEAD = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n"
TIMEOUT = 0.25
# A call that is held only by its phases would take many times that.
MOST = 10.0


def silent(peer: Peer) -> None:
    peer.request()
    peer.wait()


def trickles_headers(peer: Peer) -> None:
    peer.request()
    peer.send(HEAD)
    while not peer.wait(0.05):
        peer.send(b"x-more: 1\r\n")


def trickles_a_line(peer: Peer) -> None:
    peer.request()
    peer.send(b"HTTP/1.1 200 ")
    while not peer.wait(0.05):
        peer.send(b"O")


def trickles_the_body(peer: Peer) -> None:
    peer.request()
    peer.send(HEAD + b"content-length: 1000000\r\n\r\n")
    while not peer.wait(0.05):
        peer.send(b" ")


def trickles_chunks(peer: Peer) -> None:
    peer.request()
    peer.send(HEAD + b"transfer-encoding: chunked\r\n\r\n")
    while not peer.wait(0.05):
        peer.send(b"1\r\n \r\n")


def informs_forever(peer: Peer) -> None:
    peer.request()
    while not peer.wait(0.05):
        peer.send(b"HTTP/1.1 103 Early Hints\r\n\r\n")


def reads_slowly(peer: Peer) -> None:
    while not peer.wait(0.05):
        peer.connection.recv(1024)


def never_reads(peer: Peer) -> None:
    peer.wait()


PLAYS = [silent, trickles_headers, trickles_a_line, trickles_the_body, trickles_chunks, informs_forever]


@pytest.mark.parametrize("driver", DRIVERS)
@pytest.mark.parametrize("play", PLAYS, ids=lambda play: play.__name__)
def test_no_answer_holds_a_call_past_its_deadline(play: object, driver: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with (
        RawWire(play) as wire,  # type: ignore[arg-type]
        DRIVERS[driver](api_token=TOKEN, base_url=wire.base_url) as client,
        pytest.raises(APITimeoutError, match="may have been carried out"),
        bounded(),
    ):
        client.call("inference.predict_development", input="x", timeout=TIMEOUT)
    assert wire.connections == 1


@pytest.mark.parametrize("driver", DRIVERS)
@pytest.mark.parametrize("play", [reads_slowly, never_reads], ids=lambda play: play.__name__)
def test_no_reader_holds_a_call_past_its_deadline(play: object, driver: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with (
        RawWire(play) as wire,  # type: ignore[arg-type]
        DRIVERS[driver](api_token=TOKEN, base_url=wire.base_url) as client,
        pytest.raises(APITimeoutError),
        bounded(),
    ):
        client.call("inference.predict_development", input="x" * 10_000_000, timeout=TIMEOUT)


@pytest.mark.parametrize("driver", DRIVERS)
def test_a_read_shares_its_time_among_its_attempts(driver: str) -> None:
    with RawWire(silent) as wire, DRIVERS[driver](api_token=TOKEN, base_url=wire.base_url) as client:
        with pytest.raises(APITimeoutError) as caught, bounded():
            client.call("models.list", timeout=2.0)
        assert 1 < len(caught.value.attempts) <= 3
        assert wire.connections >= 2


@contextlib.contextmanager
def full_backlog() -> Iterator[int]:
    """A port that takes no more connections, and does not refuse them either."""
    with socket.socket() as listener, contextlib.ExitStack() as waiting:
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        address = listener.getsockname()
        for _ in range(8):
            filler = waiting.enter_context(socket.socket())
            filler.setblocking(False)
            filler.connect_ex(address)
        probe = waiting.enter_context(socket.socket())
        probe.settimeout(0.2)
        try:
            probe.connect(address)
        except TimeoutError:
            yield address[1]
        else:
            pytest.skip("this system takes connections beyond the backlog")


@pytest.mark.parametrize("driver", DRIVERS)
def test_a_connection_that_can_not_be_made_is_known_as_such(driver: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """So a prediction may be sent again, and raises no doubt whether it was carried out."""
    with (
        full_backlog() as port,
        DRIVERS[driver](api_token=TOKEN, base_url=f"http://127.0.0.1:{port}", max_retries=0) as client,
        pytest.raises(APIConnectionError) as caught,
        bounded(),
    ):
        client.call("inference.predict_development", input="x", timeout=1.0)
    assert "carried out" not in str(caught.value)
    assert [attempt.outcome for attempt in caught.value.attempts] == ["unsent"]


def connect(port: int, timeout: float) -> httpcore.NetworkStream:
    """What a call connects with."""
    backend = Backend(SocketBackend())
    backend.errand = Errand(time.monotonic() + timeout)
    return backend.connect_tcp("many.example", port)


def resolves(monkeypatch: pytest.MonkeyPatch, *ports: int) -> None:
    """The name `many.example` has these addresses."""
    found = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", port)) for port in ports]
    real = socket.getaddrinfo

    def resolve(host: str, *arguments: Any, **options: Any) -> object:
        is_asked = host == "many.example" and "flags" not in options  # which say that it is no name
        return found if is_asked else real(host, *arguments, **options)

    monkeypatch.setattr(socket, "getaddrinfo", resolve)


def test_many_addresses_share_one_deadline(monkeypatch: pytest.MonkeyPatch) -> None:
    with full_backlog() as port:
        resolves(monkeypatch, *[port] * 50)
        started = time.monotonic()
        with pytest.raises(httpcore.ConnectTimeout):
            connect(port, TIMEOUT)
        assert time.monotonic() - started < MOST


def test_an_address_that_is_silent_leaves_time_for_the_next(monkeypatch: pytest.MonkeyPatch) -> None:
    with full_backlog() as port, RawWire(lambda peer: None) as wire:
        resolves(monkeypatch, port, wire.port)
        connect(port, 1.0).close()


@pytest.mark.parametrize("driver", DRIVERS)
def test_a_name_that_is_not_looked_up_in_time_is_known_as_such(driver: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """So a prediction may be sent again, and raises no doubt whether it was carried out."""
    real, goes_on = socket.getaddrinfo, threading.Event()

    def resolve(host: str, *arguments: Any, **options: Any) -> object:
        if "flags" not in options:  # which say that it is no name
            goes_on.wait()
        return real(host, *arguments, **options)

    with RawWire(silent) as wire:
        url = f"http://localhost:{wire.port}"
        with DRIVERS[driver](api_token=TOKEN, base_url=url, max_retries=0) as client:
            monkeypatch.setattr(socket, "getaddrinfo", resolve)
            try:
                with pytest.raises(APIConnectionError) as caught, bounded():
                    client.call("inference.predict_development", input="x", timeout=TIMEOUT)
            finally:
                goes_on.set()
    assert [attempt.outcome for attempt in caught.value.attempts] == ["unsent"]
    assert "carried out" not in str(caught.value)
    assert wire.connections == 0


def test_a_call_that_ended_in_time_leaves_the_next_one_its_own() -> None:
    def play(peer: Peer) -> None:
        while peer.request():
            peer.send(http(b'{"data": {"models": []}}'))

    with RawWire(play) as wire, DRIVERS["sync"](api_token=TOKEN, base_url=wire.base_url) as client:
        assert client.call("models.list", timeout=0.7) == []
        threading.Event().wait(0.75)
        assert client.call("models.list", timeout=5) == []
        assert wire.connections == 1


@pytest.mark.parametrize("driver", DRIVERS)
def test_a_call_may_have_all_the_time_in_the_world(driver: str) -> None:
    def play(peer: Peer) -> None:
        while peer.request():
            peer.send(http(b'{"data": {"models": []}}'))

    with RawWire(play) as wire:
        url = f"http://localhost:{wire.port}"
        with DRIVERS[driver](api_token=TOKEN, base_url=url) as client:
            assert client.call("models.list", timeout=1e9) == []


def test_a_cancelled_call_ends_at_once_and_leaves_the_pool_usable(monkeypatch: pytest.MonkeyPatch) -> None:

    async def main() -> None:
        from lowcodeapi_baseten import AsyncBaseten

        async with AsyncBaseten(api_token=TOKEN, base_url=wire.base_url) as client:
            for _ in range(5):
                with pytest.raises(TimeoutError):
                    await asyncio.wait_for(client.models.list(), 0.02)
                task = asyncio.create_task(client.inference.predict_deployment("abc", input=1))
                await asyncio.sleep(0.01)
                task.cancel()
                with pytest.raises(asyncio.CancelledError):
                    await task
            wire.play = answers
            assert await client.models.list() == []
            assert await client.inference.predict_development(input=1) == {"models": []}

    def answers(peer: Peer) -> None:
        while peer.request():
            peer.send(http(b'{"data": {"models": []}}'))

    with RawWire(silent) as wire:
        asyncio.run(main())


@contextlib.contextmanager
def bounded() -> Iterator[None]:
    started = time.monotonic()
    try:
        yield
    except LowCodeAPIError:
        assert time.monotonic() - started < MOST
        raise
