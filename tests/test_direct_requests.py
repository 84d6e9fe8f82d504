"""What is written, what of it went out, and what is said where that was not all."""

from __future__ import annotations

import socket
import struct
from collections.abc import Iterator
from typing import Any

import httpcore
import pytest

pytest.importorskip("httptools")

from lowcodeapi_baseten.envelope import Answer
from lowcodeapi_baseten.steps import Failure
from lowcodeapi_baseten.transport.socket_backend import NothingLeft, SocketStream

from tests.engines import BOTH_PARSERS, LENGTH, OK, answers, engine, origin, said, send
from tests.raw_wire import Peer, RawWire
from tests.wire import TOKEN


@BOTH_PARSERS
def test_what_is_written_is_what_was_asked_with_the_token(kind: str) -> None:
    got: list[bytes] = []

    def play(peer: Peer) -> None:
        while request := peer.request():
            got.append(request)
            peer.send(OK)

    large = b"x" * 3_000_000
    with RawWire(play) as wire, engine(kind, origin(wire)) as exchange:
        for request in (send(), send("GET", "/y", None), send("POST", "/z", None), send(content=large)):
            assert isinstance(exchange(request), Answer)
        always = {f"host: 127.0.0.1:{wire.port}".encode(), b"accept-encoding: gzip", b"accept: */*"}
    assert [spelled(said) for said in got] == [
        (f"POST /x?a=1&api_token={TOKEN} HTTP/1.1".encode(), always | {b"content-length: 2"}, b"{}"),
        (f"GET /y?api_token={TOKEN} HTTP/1.1".encode(), always, b""),
        (f"POST /z?api_token={TOKEN} HTTP/1.1".encode(), always | {b"content-length: 0"}, b""),
        (f"POST /x?a=1&api_token={TOKEN} HTTP/1.1".encode(), always | {b"content-length: 3000000"}, large),
    ]
    assert wire.connections == 1


@BOTH_PARSERS
@pytest.mark.parametrize(
    "request_",
    [
        send("GET", "/a b", None),
        send("GET", "/a\r\nx: y", None),
        send("GET\r\n", "/", None),
        send()._replace(headers={"x": "a\r\nb: c"}),
        send()._replace(headers={"x\n": "a"}),
        send()._replace(headers={"x": "a\rb"}),
        send()._replace(headers={"x y": "a"}),
        send()._replace(headers={"x": "\N{EURO SIGN}"}),
    ],
    ids=[
        "a space",
        "a line",
        "a method",
        "a value",
        "a name",
        "a carriage return",
        "a name with a space",
        "a character",
    ],
)
def test_what_would_be_another_request_is_not_sent(kind: str, request_: Any) -> None:
    with RawWire(answers) as wire, engine(kind, origin(wire)) as exchange:
        outcome = exchange(request_)
        assert isinstance(outcome, Failure) and outcome.kind == "unsent"
        assert outcome.text.startswith("the request can't be sent (ValueError: ")
        assert wire.connections == 0


def test_where_the_first_write_fails_nothing_was_sent() -> None:
    ours, theirs = socket.socketpair()
    stream = SocketStream(Opened(ours))
    theirs.close()
    with pytest.raises(NothingLeft):
        stream.write(b"GET / HTTP/1.1\r\n\r\n", 10)
    stream.close()


def spelled(said: bytes) -> tuple[bytes, set[bytes], bytes]:
    """The first line of a request, its headers in whatever order and spelling, and its body."""
    head, _, body = said.partition(b"\r\n\r\n")
    first, *headers = head.split(b"\r\n")
    return first, {header.lower() for header in headers}, body


class Opened(httpcore.NetworkStream):
    """A stream of httpcore's over a socket."""

    def __init__(self, opened: socket.socket) -> None:
        self._socket = opened

    def get_extra_info(self, info: str) -> Any:
        return self._socket if info == "socket" else None

    def close(self) -> None:
        self._socket.close()


@BOTH_PARSERS
def test_a_connection_that_breaks_while_the_body_is_written_is_lost(kind: str) -> None:
    def play(peer: Peer) -> None:
        peer.connection.recv(1000)
        peer.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))

    with RawWire(play) as wire, engine(kind, origin(wire)) as exchange:
        outcome = exchange(send(content=b"x" * 10_000_000))
    assert isinstance(outcome, Failure) and outcome.kind == "lost"
    assert wire.connections == 1


@BOTH_PARSERS
@pytest.mark.parametrize("is_closed", [True, False])
def test_an_answer_before_the_request_is_written_is_read_and_its_connection_given_up(
    kind: str, is_closed: bool
) -> None:
    def play(peer: Peer) -> None:
        head = peer.connection.recv(1000)
        peer.send(said(LENGTH, status="413 Too Much", body=b"{}") if b"10000000" in head else OK)
        if not is_closed:
            peer.wait()
        elif b"10000000" in head:
            # Everything but a reset: that would take the answer with it.
            peer.connection.shutdown(socket.SHUT_WR)
            peer.wait()

    with RawWire(play) as wire, engine(kind, origin(wire)) as exchange:
        outcome = exchange(send(content=b"x" * 10_000_000))
        assert isinstance(outcome, Answer) and outcome.status == 413
        outcome = exchange(send())
        assert isinstance(outcome, Answer) and outcome.status == 200
    assert wire.connections == 2


class Upload:
    """A body that is read while it is sent, as of the uploads of other providers."""

    def __init__(self, announced: int, *chunks: bytes | OSError) -> None:
        self._announced, self._chunks = announced, chunks
        self.read = 0

    def __len__(self) -> int:
        return self._announced

    def __iter__(self) -> Iterator[bytes]:
        for chunk in self._chunks:
            if isinstance(chunk, OSError):
                raise chunk
            self.read += len(chunk)
            yield chunk


PIECE = b"x" * 50_000


@BOTH_PARSERS
def test_an_upload_is_read_while_it_is_sent(kind: str) -> None:
    got: list[bytes] = []
    upload = Upload(200 * len(PIECE), *[PIECE] * 200)

    def play(peer: Peer) -> None:
        peer.connection.recv(10)
        peer.wait(0.05)
        got.append(str(upload.read).encode())
        got.append(peer.request())
        peer.send(OK)
        answers(peer)

    with RawWire(play) as wire, engine(kind, origin(wire)) as exchange:
        outcome = exchange(send()._replace(content=upload))  # type: ignore[arg-type]
        assert isinstance(outcome, Answer)
        assert isinstance(exchange(send()), Answer)
    assert b"content-length: 10000000\r\n" in got[1].lower() and got[1].endswith(b"\r\n\r\n" + PIECE * 200)
    assert int(got[0]) < 9_000_000  # while nobody reads, no more is read
    assert wire.connections == 1


@BOTH_PARSERS
@pytest.mark.parametrize(
    ("upload", "comes"),
    [
        (Upload(100_000, PIECE, OSError("it is gone")), "unsent"),
        (Upload(100_000, OSError("it is gone")), "unsent"),
        (Upload(100_000, PIECE), "unsent"),
        (Upload(70_000, PIECE, PIECE), "unsent"),
        (Upload(50_000, PIECE, PIECE), "lost"),
    ],
    ids=["it breaks off", "it does not begin", "it is shorter", "it is longer", "it goes on behind its end"],
)
def test_an_upload_that_is_not_what_was_announced_is_cut_off(kind: str, upload: Any, comes: str) -> None:
    whole: list[bytes] = []

    def play(peer: Peer) -> None:
        if request := peer.request():
            whole.append(request)
            peer.wait()

    with RawWire(play) as wire, engine(kind, origin(wire)) as exchange:
        outcome = exchange(send()._replace(content=upload))
    assert isinstance(outcome, Failure) and outcome.kind == comes
    assert comes == "lost" or (not whole and outcome.text.startswith("the request can't be sent (Unreadable: "))
