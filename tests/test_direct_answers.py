"""What is made of any answer: over real sockets with both parsers, and by a parser alone.

Deadlines, hostile answers, formats and leaks are claimed of every engine elsewhere.
"""

from __future__ import annotations

import gzip

import pytest

pytest.importorskip("httptools")

from hypothesis import given
from hypothesis import strategies as st
from lowcodeapi_baseten.auth import Token
from lowcodeapi_baseten.envelope import Answer
from lowcodeapi_baseten.steps import Failure
from lowcodeapi_baseten.transport.fast.incoming import Incoming

from tests.engines import BOTH_PARSERS, FAST, LENGTH, OK, engine, origin, said, send
from tests.raw_wire import Peer, RawWire
from tests.wire import TOKEN


def chunked(*chunks: bytes, end: bytes = b"0\r\n\r\n", more: str = "x-a: 1") -> bytes:
    pieces = [b"%x\r\n%s\r\n" % (len(chunk), chunk) for chunk in chunks]
    return said("transfer-encoding: chunked", more, body=b"".join(pieces) + end)


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


@BOTH_PARSERS
@pytest.mark.parametrize("case", ANSWERS)
def test_an_answer_is_read_and_its_connection_used_again_only_where_nothing_is_left_on_it(case: str, kind: str) -> None:
    answer, status, body, is_kept = ANSWERS[case]
    with RawWire(lambda peer: speak(peer, answer)) as wire, engine(kind, origin(wire)) as exchange:
        for _ in range(2):
            outcome = exchange(send())
            if kind not in FAST and case in H11_REFUSES:
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
    "a coding that was not asked for": (said(LENGTH, "content-encoding: br", body=b"{}"), None),
    "too much": (said("content-length: 2000000", body=b" " * 2_000_000), "refused"),
    "too much without a length": (said(body=b" " * 2_000_000), "refused"),
    "a bomb": (said("content-encoding: gzip", body=gzip.compress(bytes(8 << 20))), "refused"),
    "half of gzip": (said("content-encoding: gzip", body=gzip.compress(b"{}")[:-9]), "refused"),
}


@BOTH_PARSERS
@pytest.mark.parametrize("case", FAILURES)
def test_what_is_no_answer_is_never_called_unsent_and_never_waited_on(case: str, kind: str) -> None:
    answer, comes = FAILURES[case]

    def play(peer: Peer) -> None:
        if peer.request():
            peer.send(answer)

    with RawWire(play) as wire, engine(kind, origin(wire)) as exchange:
        outcome = exchange(send())
    if kind not in FAST:
        comes = H11_SAYS.get(case, comes)
    assert (outcome.kind if isinstance(outcome, Failure) else None) == comes
    assert not isinstance(outcome, Failure) or len(outcome.text) < 200


@BOTH_PARSERS
def test_a_body_without_a_length_ends_with_the_connection(kind: str) -> None:
    def play(peer: Peer) -> None:
        if peer.request():
            peer.send(said("content-type: text/plain", body=b"abc"))

    with RawWire(play) as wire, engine(kind, origin(wire)) as exchange:
        outcome = exchange(send())
    assert isinstance(outcome, Answer) and outcome.body == b"abc"


@BOTH_PARSERS
def test_the_answer_to_a_head_has_no_body(kind: str) -> None:
    def play(peer: Peer) -> None:
        while peer.request():
            peer.send(said("content-length: 1000"))

    with RawWire(play) as wire, engine(kind, origin(wire)) as exchange:
        for _ in range(2):
            outcome = exchange(send("HEAD", content=None))
            assert isinstance(outcome, Answer)
            assert (outcome.body, outcome.headers["content-length"]) == (b"", "1000")


# --- the parser alone


@given(st.sampled_from(sorted(ANSWERS)), st.lists(st.integers(0, 200), max_size=8))
def test_an_answer_is_the_same_in_whatever_pieces_it_comes(case: str, cuts: list[int]) -> None:
    answer, status, body, _ = ANSWERS[case]
    incoming, start = Incoming(1 << 20, "POST"), 0
    for cut in [*sorted(cuts), len(answer)]:
        if cut > start:
            incoming.feed(answer[start:cut])
            start = cut
    incoming.eof()
    outcome = incoming.outcome(Token(TOKEN))
    assert isinstance(outcome, Answer) and (outcome.status, outcome.body) == (status, body)


@pytest.mark.parametrize("step", [10_000, 200_000])
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
def test_a_head_that_is_too_long_is_given_up_before_it_ends(data: bytes, step: int) -> None:
    incoming = Incoming(1 << 20, "POST")
    for start in range(0, len(data), step):
        incoming.feed(data[start : start + step])
    assert incoming.is_over
    outcome = incoming.outcome(Token(TOKEN))
    assert isinstance(outcome, Failure) and outcome.kind == "lost"


def test_what_comes_behind_an_answer_is_no_part_of_it() -> None:
    incoming = Incoming(1 << 20, "POST")
    incoming.feed(OK)
    assert incoming.is_over and incoming.is_kept
    incoming.feed(OK)
    assert not incoming.is_kept
    outcome = incoming.outcome(Token(TOKEN))
    assert isinstance(outcome, Answer) and outcome.body == b"{}"


@given(st.lists(st.binary(max_size=60) | st.sampled_from([OK, HEAD, HINT, b"\r\n", chunked(b"{}")]), max_size=6))
def test_any_bytes_are_an_answer_or_a_failure(pieces: list[bytes]) -> None:
    incoming = Incoming(1 << 20, "POST")
    for piece in pieces:
        incoming.feed(piece)
    incoming.eof()
    assert isinstance(incoming.outcome(Token(TOKEN)), Answer | Failure)
