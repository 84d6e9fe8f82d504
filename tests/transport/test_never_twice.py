"""Requests that may be sent again. "Unsent" takes evidence: our connection took the call, and no byte has left."""

from __future__ import annotations

import socket
import struct
import threading
from collections.abc import Callable
from typing import Any

import httpx
import pytest
import trustme
from lowcodeapi_baseten import APIConnectionError, AsyncBaseten, Baseten, ConfigurationError, LowCodeAPIError
from lowcodeapi_baseten.transport import sockets

from tests.support.pairs import in_turn
from tests.support.raw_wire import Peer, RawWire, http
from tests.support.tables import one_test
from tests.support.wire import TOKEN
from tests.transport.peers import Counting, echo, input_of, secured, taken_port
from tests.transport.seams import (
    EVERY_PLAIN_SEAM,
    EVERY_SEAM,
    OUR_PLAIN_SEAMS,
    OUR_SEAMS,
    OURS,
    PREDICT,
    READ,
    Face,
    LoopFace,
    Seam,
    Sees,
    SyncFace,
    each,
    kinds,
    opened,
)
from tests.transport.test_deadlines import looked_up

pytestmark = [
    pytest.mark.timeout(60),
    pytest.mark.filterwarnings("ignore:Sending a large body directly:ResourceWarning"),  # from aiohttp
]


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Retry without waiting."""
    monkeypatch.setattr("lowcodeapi_baseten.verdicts.FIRST_DELAY", 0.0)


# --- nothing was sent


@EVERY_SEAM
def test_a_connection_that_is_refused_is_tried_again_where_it_is_believed(seam: Seam) -> None:
    with opened(seam, f"http://127.0.0.1:{taken_port()}") as face, pytest.raises(APIConnectionError) as caught:
        face.call(PREDICT, input=1)
    assert kinds(caught.value) == ["unsent"] * 3 if seam.is_believed else kinds(caught.value) in (["lost"], ["timeout"])
    assert ("may have been carried out" in str(caught.value)) is not seam.is_believed


def certified(seam: Seam) -> str | None:
    """The text that the error must have; httpx-aiohttp doesn't pass on the reason."""
    return r"(?i)certificate" if seam.is_believed else None


@EVERY_PLAIN_SEAM
@pytest.mark.parametrize("whose", ["nobody's", "another host's"])
def test_a_certificate_that_proves_nothing_gets_no_token(
    whose: str, seam: Seam, authority: trustme.CA, strange_authority: trustme.CA
) -> None:
    server = Counting()
    issued = (strange_authority, "localhost") if whose == "nobody's" else (authority, "elsewhere.example")
    with (
        RawWire(secured(server, *issued)) as wire,
        opened(seam, f"https://localhost:{wire.port}", max_retries=0) as face,
        pytest.raises(APIConnectionError, match=certified(seam)) as caught,
    ):
        face.call(PREDICT, input=1)
    assert not server.received
    assert kinds(caught.value)[0] in ({"unsent"} if seam.is_believed else {"lost", *seam.also_says})


@OUR_PLAIN_SEAMS
def test_what_breaks_on_this_side_before_anything_is_sent_raises_no_doubt(seam: Seam) -> None:
    def found() -> Any:
        raise errors.pop()

    errors = [TypeError("wrong"), ImportError("wrong"), MemoryError("wrong")]
    with looked_up(found), opened(seam, "http://localhost:9", max_retries=0) as face:
        while errors:
            with pytest.raises(APIConnectionError) as caught:
                face.call(PREDICT, input=1)
            assert kinds(caught.value) == ["unsent"] and "carried out" not in str(caught.value)


# --- something was sent

# httpcore's trio backend doesn't read while it writes, so such a call ends only at its deadline.
NOT_TRIO = each({name: seam for name, seam in OURS.items() if name != "trio"})


def closes(peer: Peer) -> None:
    peer.request()


def resets(peer: Peer) -> None:
    peer.request()
    peer.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def says_half(peer: Peer) -> None:
    peer.request()
    peer.send(http(b'{"data": 1}')[:-4])


def says_half_a_head(peer: Peer) -> None:
    peer.request()
    peer.send(b"HTTP/1.1 200 OK\r\ncontent-")


def only_hints(peer: Peer) -> None:
    peer.request()
    peer.send(b"HTTP/1.1 103 Early Hints\r\n\r\n")


def speaks_no_http(peer: Peer) -> None:
    peer.request()
    peer.send(b"SSH-2.0-OpenSSH_9.6\r\n")


def resets_in_the_middle(peer: Peer) -> None:
    peer.connection.recv(1000)
    peer.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


BREAKS = [closes, resets, says_half, says_half_a_head, only_hints, speaks_no_http, resets_in_the_middle]


@EVERY_SEAM
def test_once_a_byte_has_left_a_prediction_is_not_sent_again(seam: Seam) -> None:
    with RawWire(lambda peer: BREAKS[peer.number - 1](peer)) as wire, opened(seam, wire.base_url) as face:
        for number, play in enumerate(BREAKS, 1):
            large = "x" * (3_000_000 if play is resets_in_the_middle else 10)
            with pytest.raises(LowCodeAPIError, match="may have been carried out") as caught:
                face.call(PREDICT, input=large)
            # httpx-aiohttp reports a connection that was lost after sending as one that was not made in time.
            known = {"lost", "refused", *seam.also_says}
            assert len(kinds(caught.value)) == 1 and kinds(caught.value)[0] in known, play.__name__
            assert wire.connections == number, play.__name__


@OUR_SEAMS
def test_a_reset_does_not_pass_for_the_end_of_an_answer_without_a_length(seam: Seam) -> None:
    def play(peer: Peer) -> None:
        peer.request()
        peer.send(b"HTTP/1.1 200 OK\r\ncontent-type: text/plain\r\n\r\nhalf")
        peer.wait(0.02)
        peer.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))

    with RawWire(play) as wire, opened(seam, wire.base_url) as face:
        with pytest.raises(APIConnectionError, match="may have been carried out") as caught:
            face.call(PREDICT, input=1)
        assert kinds(caught.value) == ["lost"] and wire.connections == 1


@OUR_SEAMS
def test_over_a_used_connection_too(seam: Seam) -> None:
    received = []

    def play(peer: Peer) -> None:
        while request := peer.request():
            received.append(input_of(request))
            if received[-1] == 2:
                return
            peer.send(echo(request))

    with RawWire(play) as wire, opened(seam, wire.base_url) as face:
        assert face.call(PREDICT, input=1)["input"] == 1
        with pytest.raises(APIConnectionError, match="may have been carried out"):
            face.call(PREDICT, input=2)
        assert face.call(PREDICT, input=3)["input"] == 3
    assert received == [1, 2, 3]


@EVERY_SEAM
def test_a_read_is_sent_again(seam: Seam) -> None:
    server = Counting()

    def play(peer: Peer) -> None:
        if peer.number == 1:
            peer.request()
        else:
            server(peer)

    with RawWire(play) as wire, opened(seam, wire.base_url) as face:
        assert face.call(READ) == []
    assert wire.connections == 2


@NOT_TRIO
def test_an_answer_before_the_request_is_written_is_read_and_its_connection_given_up(seam: Seam) -> None:
    ended = threading.Event()

    def play(peer: Peer) -> None:
        head = peer.connection.recv(1000)
        if b"content-length: 3" in head.lower():
            peer.send(http(b'{"error": "too much"}', status="413 Too Much"))
            peer.connection.shutdown(socket.SHUT_WR)
            ended.set()
            peer.wait()
        else:
            peer.send(http(b'{"data": {"input": 2}}'))

    with RawWire(play) as wire, opened(seam, wire.base_url) as face:
        with pytest.raises(LowCodeAPIError, match=r"413"):
            face.call(PREDICT, input="x" * 3_000_000, timeout=10)
        assert ended.wait(10)  # the system's buffers may have taken the whole request
        assert face.call(PREDICT, input=2)["input"] == 2
    assert wire.connections == 2


# --- idle connections


@EVERY_PLAIN_SEAM
@pytest.mark.parametrize("is_secure", [False, True], ids=["plain", "TLS"])
def test_a_connection_that_the_server_closed_while_it_was_idle_is_not_written_to(
    is_secure: bool, seam: Seam, authority: trustme.CA
) -> None:
    closed, received = threading.Event(), []

    def play(peer: Peer) -> None:
        if request := peer.request():
            received.append(input_of(request))
            peer.send(echo(request))
            peer.connection.shutdown(socket.SHUT_RDWR)
            closed.set()

    with RawWire(secured(play, authority) if is_secure else play) as wire:
        base_url = f"https://localhost:{wire.port}/baseten" if is_secure else wire.base_url
        with opened(seam, base_url) as face:
            for number in range(3):
                closed.clear()
                assert face.call(PREDICT, input=number)["input"] == number
                assert closed.wait(10)
                threading.Event().wait(0.01)
    assert received == [0, 1, 2]


@OUR_PLAIN_SEAMS
def test_a_connection_expires_after_three_seconds(seam: Seam, monkeypatch: pytest.MonkeyPatch) -> None:
    assert sockets.EXPIRY == 3.0
    monkeypatch.setattr(sockets, "EXPIRY", 0.002)
    with RawWire(Counting()) as wire, opened(seam, wire.base_url) as face:
        for number in range(3):
            assert face.call(PREDICT, input=number)["input"] == number
            threading.Event().wait(0.005)
    assert wire.connections == 3


# --- exceptions of others


STRANGERS_ERRORS = [
    httpx.ConnectError("refused"),
    httpx.ConnectTimeout("in vain"),
    httpx.PoolTimeout("full"),
    httpx.ProxyError("no"),
    httpx.UnsupportedProtocol("no"),
    httpx.ReadTimeout("silent"),
    httpx.ReadError("lost"),
    OSError("unreachable"),
    TypeError("wrong"),
    KeyError("wrong"),
    RecursionError("deep"),
    ImportError("missing"),
]


class Mine(httpx.HTTPTransport):
    """Inherits from a transport of httpx, and is a stranger all the same."""

    def __init__(self, answer: Callable[[httpx.Request], httpx.Response]) -> None:
        super().__init__(verify=False)
        self._answer = answer

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        return self._answer(request)


STRANGERS: list[tuple[type[Face], Any]] = [(SyncFace, Sees), (LoopFace, httpx.MockTransport), (SyncFace, Mine)]


@one_test
@in_turn(error=STRANGERS_ERRORS, stranger=dict(zip(["sync", "async", "inherits"], STRANGERS, strict=True)))
def test_a_stranger_that_fails_may_have_sent_it(stranger: tuple[type[Face], Any], error: Exception) -> None:
    asked: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        raise error

    given = Seam(stranger[0], lambda: {"transport": stranger[1](answer)})
    with opened(given, "https://localhost:9") as client, pytest.raises(APIConnectionError) as caught:
        client.call(PREDICT, input=1)
    assert len(asked) == 1
    assert "may have been carried out" in str(caught.value)
    assert caught.value.__cause__ is None and caught.value.__context__ is None


def given_by(module: str, name: str) -> Callable[[], Any]:
    return lambda: getattr(pytest.importorskip(module), name)()


# Made when the test runs: they open connections of their own.
NOT_TRANSPORTS: dict[str, tuple[type[Any], Callable[[], Any], str]] = {
    "a client": (Baseten, httpx.Client, "not a client"),
    "an async client": (AsyncBaseten, httpx.AsyncClient, "not a client"),
    "a client of httpx2": (Baseten, given_by("httpx2", "Client"), "not a client"),
    "an async transport": (Baseten, httpx.AsyncHTTPTransport, "which is for AsyncBaseten"),
    "a sync transport": (AsyncBaseten, httpx.HTTPTransport, "which is for Baseten"),
    "an async one of httpx2": (Baseten, given_by("httpx2", "AsyncHTTPTransport"), "which is for AsyncBaseten"),
    "a sync one of httpx2": (AsyncBaseten, given_by("httpx2", "HTTPTransport"), "which is for Baseten"),
    "a class": (Baseten, lambda: httpx.HTTPTransport, "not a class"),
    "a number": (AsyncBaseten, lambda: 3, "got 'int'"),
    "another name": (Baseten, lambda: "quick", "'fast' or an httpx transport"),
}


@one_test
@pytest.mark.parametrize(("client", "make", "told"), NOT_TRANSPORTS.values(), ids=NOT_TRANSPORTS)
def test_what_is_no_transport_of_this_kind_is_refused_when_the_client_is_made(
    client: type[Any], make: Callable[[], Any], told: str
) -> None:
    with pytest.raises(ConfigurationError, match=told):
        client(api_token=TOKEN, transport=make())


# --- an IPv6 address, and what is written


@OUR_PLAIN_SEAMS
def test_an_address_of_ipv6_works(seam: Seam) -> None:
    try:
        listener = socket.create_server(("::1", 0), family=socket.AF_INET6)
    except OSError:
        pytest.skip("no IPv6 on this system")
    server = Counting()
    with RawWire(server, listener) as wire, opened(seam, f"http://[::1]:{wire.port}") as face:
        assert face.call(PREDICT, input=6)["input"] == 6
    assert f"host: [::1]:{wire.port}\r\n".encode() in server.received[0].lower()


@EVERY_PLAIN_SEAM
def test_what_is_written_is_what_was_asked_with_the_token(seam: Seam) -> None:
    server = Counting()
    with RawWire(server) as wire, opened(seam, wire.base_url) as face:
        face.call(PREDICT, input="x" * 300_000, extra_query={"a": "1"}, extra_headers={"x-mine": "yes"})
        face.call(READ)
    predicted, read = server.received
    assert predicted.startswith(f"POST /baseten/development/predict?a=1&api_token={TOKEN} HTTP/1.1\r\n".encode())
    assert read.startswith(f"GET /baseten/v1/models?api_token={TOKEN} HTTP/1.1\r\n".encode())
    head = predicted.partition(b"\r\n\r\n")[0].lower()
    assert b"\r\nx-mine: yes" in head and b"authorization" not in head
    assert b"\r\nuser-agent: lowcodeapi-baseten/" in head
    assert b"\r\ncontent-length: 300012" in head and b"transfer-encoding" not in head
    assert TOKEN.encode() not in predicted.partition(b" HTTP/1.1")[2]
