"""The engine of the extra `fast` on real sockets: what it makes of any answer, and when it uses a connection again.

Deadlines, hostile answers, formats and leaks are claimed of every engine elsewhere: what is default there is this one.
"""

from __future__ import annotations

import gzip
import socket
import struct
import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest

pytest.importorskip("httptools")

from hypothesis import given
from hypothesis import strategies as st
from lowcodeapi_baseten.auth import Token
from lowcodeapi_baseten.engines.direct_socket import Connection
from lowcodeapi_baseten.engines.heads import Heads
from lowcodeapi_baseten.engines.incoming import Parser
from lowcodeapi_baseten.engines.incoming_h11 import H11Incoming
from lowcodeapi_baseten.engines.incoming_httptools import HttptoolsIncoming
from lowcodeapi_baseten.envelope import Answer
from lowcodeapi_baseten.steps import Failure

from tests.engines import ALL_KINDS, TOKEN, engine, send
from tests.raw_wire import Peer, RawWire
from tests.test_deadline import full_backlog

every = pytest.mark.parametrize("kind", ALL_KINDS)


def said(*headers: str, body: bytes = b"", status: str = "200 OK", version: str = "1.1") -> bytes:
    return "\r\n".join([f"HTTP/{version} {status}", *headers, "", ""]).encode("latin-1") + body


def chunked(*chunks: bytes, end: bytes = b"0\r\n\r\n", more: str = "x-a: 1") -> bytes:
    pieces = [b"%x\r\n%s\r\n" % (len(chunk), chunk) for chunk in chunks]
    return said("transfer-encoding: chunked", more, body=b"".join(pieces) + end)


LENGTH = "content-length: 2"
OK = said(LENGTH, body=b"{}")
HINT = said("link: </a>", status="103 Early Hints")
# What the server says to each request; the status and the body; whether the next request goes over the same connection.
ANSWERS: dict[str, tuple[bytes, int, bytes, bool]] = {
    "a length": (OK, 200, b"{}", True),
    "no reason": (b"HTTP/1.1 200\r\ncontent-length: 2\r\n\r\n{}", 200, b"{}", True),
    "nothing in it": (said("content-length: 0"), 200, b"", True),
    "chunks": (chunked(b"{", b"}"), 200, b"{}", True),
    "an extension of a chunk": (said("transfer-encoding: chunked", body=b"2;a=b\r\n{}\r\n0\r\n\r\n"), 200, b"{}", True),
    "trailers": (chunked(b"{}", end=b"0\r\nx-a: 2\r\n\r\n"), 200, b"{}", True),
    "chunks and a length": (chunked(b"{}", more="content-length: 7"), 200, b"{}", False),
    "gzip": (said("content-encoding: gzip", "connection: close", body=gzip.compress(b"{}")), 200, b"{}", False),
    "it says that it closes": (said(LENGTH, "connection: close", body=b"{}"), 200, b"{}", False),
    "it closes, and more behind it": (said(LENGTH, "connection: close", body=b"{}" + OK), 200, b"{}", False),
    "HTTP/1.0": (said(LENGTH, body=b"{}", version="1.0"), 200, b"{}", False),
    "HTTP/1.0 that stays open": (said(LENGTH, "connection: keep-alive", body=b"{}", version="1.0"), 200, b"{}", False),
    "204": (said(status="204 No Content"), 204, b"", False),
    "204 with a body": (said(status="204 No Content", body=OK), 204, b"", False),
    "304 with a length": (said(LENGTH, status="304 Not Modified"), 304, b"", True),
    "two answers": (OK + OK, 200, b"{}", False),
    "one letter more": (OK + b"H", 200, b"{}", False),
    "what is no answer behind it": (OK + b"\0\0\0", 200, b"{}", False),
    "a hint first": (HINT + OK, 200, b"{}", True),
    "100 first": (said(status="100 Continue") + OK, 200, b"{}", True),
    "many hints": (HINT * 50 + OK, 200, b"{}", True),
    "empty lines first": (b"\r\n\r\n" + OK, 200, b"{}", False),
    "an error": (said(LENGTH, status="500 Oh", body=b"{}"), 500, b"{}", True),
    "a long head": (said(LENGTH, f"x-b: {'b' * 90_000}", body=b"{}"), 200, b"{}", True),
}


# What h11 sees otherwise: None is an answer.
H11_SAYS = {
    "a line feed alone": None,
    **dict.fromkeys(("another protocol", "another protocol, barely"), "lost"),
}
H11_REFUSES = {"empty lines first"}


@every
@pytest.mark.parametrize("case", ANSWERS)
def test_an_answer_is_read_and_its_connection_used_again_only_where_nothing_is_left_on_it(case: str, kind: str) -> None:
    answer, status, body, is_kept = ANSWERS[case]
    with RawWire(lambda peer: speak(peer, answer)) as wire, engine(kind, origin(wire)) as exchange:
        for _ in range(2):
            outcome = exchange(send())
            if "h11" in kind and case in H11_REFUSES:
                assert isinstance(outcome, Failure) and outcome.kind == "lost"
                continue
            assert isinstance(outcome, Answer)
            assert (outcome.status, outcome.body) == (status, body)
            assert outcome.headers.get("x-a", "1") == "1"
    assert wire.connections == (1 if is_kept else 2)


def speak(peer: Peer, answer: bytes) -> None:
    while peer.request():
        peer.send(answer)
        if b"gzip" in answer:
            return


def origin(wire: RawWire) -> str:
    return f"http://127.0.0.1:{wire.port}"


HEAD = b"HTTP/1.1 200 OK\r\n"
# What the server says before it closes, and what comes of it.
FAILURES: dict[str, tuple[bytes, str | None]] = {
    "nothing": (b"", "lost"),
    "half a status line": (b"HTTP/1.", "lost"),
    "half a head": (HEAD, "lost"),
    "half a body": (said("content-length: 10", body=b"{}"), "lost"),
    "half a chunk": (chunked(b"{}")[:-8], "lost"),
    "chunks without an end": (chunked(b"{}", end=b""), "lost"),
    "only hints": (HINT, "lost"),
    "too many hints": (HINT * 200, "lost"),
    "another protocol": (said("upgrade: x", "connection: upgrade", status="101 Switching"), "refused"),
    "another protocol, barely": (said(status="101 Switching", body=b"abc"), "refused"),
    "SSH": (b"SSH-2.0-OpenSSH_9.6\r\n", "lost"),
    "HTTP/2.0": (said(LENGTH, body=b"{}", version="2.0"), "lost"),
    "HTTP/0.9": (said(LENGTH, body=b"{}", version="0.9"), "lost"),
    "status 000": (said(LENGTH, status="000 No", body=b"{}"), "lost"),
    "a line feed alone": (b"HTTP/1.1 200 OK\ncontent-length: 2\n\n{}", "lost"),
    "two lengths": (said(LENGTH, "content-length: 3", body=b"{}"), "lost"),
    "a negative length": (said("content-length: -2", body=b"{}"), "lost"),
    "an endless length": (said(f"content-length: {'9' * 30}", body=b"{}"), "lost"),
    "a transfer coding that was not asked for": (said("transfer-encoding: gzip, chunked", body=b"0\r\n\r\n"), "lost"),
    "a chunk that is none": (chunked(b"{}", end=b"x\r\n"), "lost"),
    "a chunk of 2^64": (said("transfer-encoding: chunked", body=b"f" * 17 + b"\r\n"), "lost"),
    "a name with a space": (said("x a: 1", LENGTH, body=b"{}"), "lost"),
    "a NUL": (said("x-a: \0", LENGTH, body=b"{}"), "lost"),
    "a head of 200 KB in one line": (said(f"x-a: {'a' * 200_000}"), "lost"),
    "a head of 200 KB in many lines": (said(*["x-a: 1"] * 25_000), "lost"),
    "a head of 200 KB that never ends": (HEAD + b"x-a: " + b"a" * 200_000, "lost"),
    "a trailer of 200 KB": (chunked(b"{}", end=b"0\r\nx-a: " + b"a" * 200_000), "lost"),
    "200 KB of empty lines": (b"\r\n" * 100_000, "lost"),
    "a coding that was not asked for": (said(LENGTH, "content-encoding: br", body=b"{}"), "refused"),
    "too much": (said("content-length: 2000000", body=b" " * 2_000_000), "refused"),
    "too much without a length": (said(body=b" " * 2_000_000), "refused"),
    "a bomb": (said("content-encoding: gzip", body=gzip.compress(bytes(8 << 20))), "refused"),
    "half of gzip": (said("content-encoding: gzip", body=gzip.compress(b"{}")[:-9]), "refused"),
}


@every
@pytest.mark.parametrize("case", FAILURES)
def test_what_is_no_answer_is_never_called_unsent_and_never_waited_on(case: str, kind: str) -> None:
    answer, comes = FAILURES[case]

    def play(peer: Peer) -> None:
        if peer.request():
            peer.send(answer)

    with RawWire(play) as wire, engine(kind, origin(wire)) as exchange:
        outcome = exchange(send())
    if "h11" in kind:
        comes = H11_SAYS.get(case, comes)
    assert (outcome.kind if isinstance(outcome, Failure) else None) == comes
    assert not isinstance(outcome, Failure) or len(outcome.text) < 200


@every
def test_a_body_without_a_length_ends_with_the_connection(kind: str) -> None:
    def play(peer: Peer) -> None:
        if peer.request():
            peer.send(said("content-type: text/plain", body=b"abc"))

    with RawWire(play) as wire, engine(kind, origin(wire)) as exchange:
        outcome = exchange(send())
    assert isinstance(outcome, Answer) and outcome.body == b"abc"


@every
def test_the_answer_to_a_head_has_no_body(kind: str) -> None:
    def play(peer: Peer) -> None:
        while peer.request():
            peer.send(said("content-length: 1000"))

    with RawWire(play) as wire, engine(kind, origin(wire)) as exchange:
        for _ in range(2):
            outcome = exchange(send("HEAD", content=None))
            assert isinstance(outcome, Answer)
            assert (outcome.body, outcome.headers["content-length"]) == (b"", "1000")


@every
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
        host = f"Host: 127.0.0.1:{wire.port}\r\nAccept-Encoding: gzip\r\naccept: */*\r\n"
    assert got[:3] == [
        f"POST /x?a=1&api_token={TOKEN} HTTP/1.1\r\n{host}Content-Length: 2\r\n\r\n{{}}".encode(),
        f"GET /y?api_token={TOKEN} HTTP/1.1\r\n{host}\r\n".encode(),
        f"POST /z?api_token={TOKEN} HTTP/1.1\r\n{host}Content-Length: 0\r\n\r\n".encode(),
    ]
    assert got[3].endswith(b"Content-Length: 3000000\r\n\r\n" + large)
    assert wire.connections == 1


@every
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
    with RawWire(lambda peer: speak(peer, OK)) as wire, engine(kind, origin(wire)) as exchange:
        outcome = exchange(request_)
        assert isinstance(outcome, Failure) and outcome.kind == "unsent"
        assert wire.connections == 0


# --- what went out, and what did not


@every
def test_a_connection_that_is_refused_is_known_as_such(kind: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    with engine(kind, f"http://127.0.0.1:{port}") as exchange:
        outcome = exchange(send(timeout=10_000))  # at once, and not by the deadline
    assert isinstance(outcome, Failure) and outcome.kind == "unsent"


@every
def test_a_connection_that_is_not_made_in_time_is_known_as_such(kind: str) -> None:
    with full_backlog() as port, engine(kind, f"http://127.0.0.1:{port}") as exchange:
        outcome = exchange(send(timeout=0.3))
    assert isinstance(outcome, Failure) and outcome.kind == "unsent"


def test_where_the_first_write_fails_nothing_was_sent() -> None:
    ours, theirs = socket.socketpair()
    connection = Connection(ours)
    theirs.close()
    with pytest.raises(OSError):
        connection.exchange([b"GET / HTTP/1.1\r\n\r\n"], HttptoolsIncoming(1000, "GET"), time.monotonic() + 10)
    assert not connection.has_sent
    connection.close()


@every
def test_a_connection_that_breaks_while_the_body_is_written_is_lost(kind: str) -> None:
    def play(peer: Peer) -> None:
        peer.connection.recv(1000)
        peer.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))

    with RawWire(play) as wire, engine(kind, origin(wire)) as exchange:
        outcome = exchange(send(content=b"x" * 10_000_000))
    assert isinstance(outcome, Failure) and outcome.kind == "lost"
    assert wire.connections == 1


@every
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


@every
def test_an_upload_is_read_while_it_is_sent(kind: str) -> None:
    got: list[bytes] = []
    upload = Upload(200 * len(PIECE), *[PIECE] * 200)

    def play(peer: Peer) -> None:
        peer.connection.recv(10)
        peer.wait(0.05)
        got.append(str(upload.read).encode())
        got.append(peer.request())
        peer.send(OK)
        speak(peer, OK)

    with RawWire(play) as wire, engine(kind, origin(wire)) as exchange:
        outcome = exchange(send()._replace(content=upload))  # type: ignore[arg-type]
        assert isinstance(outcome, Answer)
        assert isinstance(exchange(send()), Answer)
    assert got[1].endswith(b"Content-Length: 10000000\r\n\r\n" + PIECE * 200)
    assert int(got[0]) < 9_000_000  # while nobody reads, no more is read
    assert wire.connections == 1


@every
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
    assert comes == "lost" or not whole


# --- connections that are idle


@every
@pytest.mark.parametrize("late", [b"", OK, b"x"], ids=["closed", "another answer", "a letter"])
def test_a_connection_on_which_something_happened_while_it_was_idle_is_not_used(kind: str, late: bytes) -> None:
    is_idle, happened = threading.Event(), threading.Event()

    def play(peer: Peer) -> None:
        peer.request()
        peer.send(OK if peer.number == 1 else said(LENGTH, body=b"[]"))
        if peer.number == 1:
            is_idle.wait(10)
            if late:
                peer.send(late)
            else:
                peer.connection.shutdown(socket.SHUT_RDWR)
        happened.set()
        peer.wait()

    with RawWire(play) as wire, engine(kind, origin(wire)) as exchange:
        assert isinstance(exchange(send()), Answer)
        is_idle.set()
        assert happened.wait(10)
        threading.Event().wait(0.005)  # that long, an event loop may not have looked
        outcome = exchange(send())
        assert isinstance(outcome, Answer) and outcome.body == b"[]"
    assert wire.connections == 2


@every
def test_a_connection_expires_after_three_seconds(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    from lowcodeapi_baseten.engines import direct_socket, direct_wire

    assert (direct_socket.EXPIRY, direct_wire.EXPIRY) == (3.0, 3.0)
    monkeypatch.setattr(direct_socket, "EXPIRY", 0.002)
    monkeypatch.setattr(direct_wire, "EXPIRY", 0.002)
    with RawWire(lambda peer: speak(peer, OK)) as wire, engine(kind, origin(wire)) as exchange:
        for _ in range(3):
            assert isinstance(exchange(send()), Answer)
            threading.Event().wait(0.005)
    assert wire.connections == 3


# --- the parser alone


@given(st.sampled_from(sorted(ANSWERS)), st.lists(st.integers(0, 200), max_size=8))
def test_an_answer_is_the_same_in_whatever_pieces_it_comes(case: str, cuts: list[int]) -> None:
    answer, status, body, _ = ANSWERS[case]
    incoming, start = HttptoolsIncoming(1 << 20, "POST"), 0
    for cut in [*sorted(cuts), len(answer)]:
        if cut > start:
            incoming.feed(answer[start:cut])
            start = cut
    incoming.eof()
    outcome = incoming.outcome(Token(TOKEN))
    assert isinstance(outcome, Answer) and (outcome.status, outcome.body) == (status, body)


@pytest.mark.parametrize(
    ("parser", "step"), [(HttptoolsIncoming, 10_000), (HttptoolsIncoming, 200_000), (H11Incoming, 10_000)]
)
@pytest.mark.parametrize(
    "data",
    [
        said(f"x-a: {'a' * 150_000}"),
        said(*[f"x-{number}: 1" for number in range(20_000)]),
        HEAD + b"x-a: " + b"a" * 150_000,
        b"\r\n" * 75_000,
        chunked(b"{}", end=b"0\r\nx-a: ")[:-1] + b"a" * 450_000,
    ],
    ids=["a line", "many lines", "a line without an end", "empty lines", "a trailer without an end"],
)
def test_a_head_that_is_too_long_is_given_up_before_it_ends(data: bytes, parser: Parser, step: int) -> None:
    incoming = parser(1 << 20, "POST")
    for start in range(0, len(data), step):
        incoming.feed(data[start : start + step])
    assert incoming.is_over
    outcome = incoming.outcome(Token(TOKEN))
    assert isinstance(outcome, Failure) and outcome.kind == "lost"


@pytest.mark.parametrize("parser", [HttptoolsIncoming, H11Incoming])
def test_what_comes_behind_an_answer_is_no_part_of_it(parser: Parser) -> None:
    incoming = parser(1 << 20, "POST")
    incoming.feed(OK)
    assert incoming.is_over and incoming.is_kept
    incoming.feed(OK)
    assert not incoming.is_kept
    outcome = incoming.outcome(Token(TOKEN))
    assert isinstance(outcome, Answer) and outcome.body == b"{}"


@given(st.lists(st.binary(max_size=60) | st.sampled_from([OK, HEAD, HINT, b"\r\n", chunked(b"{}")]), max_size=6))
def test_any_bytes_are_an_answer_or_a_failure(pieces: list[bytes]) -> None:
    incoming = HttptoolsIncoming(1 << 20, "POST")
    for piece in pieces:
        incoming.feed(piece)
    incoming.eof()
    assert isinstance(incoming.outcome(Token(TOKEN)), Answer | Failure)


@pytest.mark.parametrize("name", ["on_header", "on_headers_complete", "on_body", "on_message_complete"])
def test_ctrl_c_while_an_answer_is_parsed_is_not_swallowed(name: str) -> None:
    class Interrupted(HttptoolsIncoming):
        __slots__ = ()

    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    setattr(Interrupted, name, interrupted)
    with pytest.raises(KeyboardInterrupt):
        Interrupted(1 << 20, "POST").feed(OK)


def test_no_repr_shows_the_token() -> None:
    heads = Heads("http://127.0.0.1:1", Token(TOKEN))
    pieces = list(heads.pieces(send()))
    assert TOKEN.encode() in b"".join(pieces)
    assert TOKEN not in repr([heads, pieces, memoryview(pieces[0]), HttptoolsIncoming(1, "GET")])
