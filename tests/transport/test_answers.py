"""Any answer is read correctly, or reported as what it is. A connection with leftovers is not used again."""

from __future__ import annotations

import gzip
from typing import Any

from lowcodeapi_baseten import LowCodeAPIError

from tests.support.raw_wire import Peer, RawWire
from tests.support.tables import check_each
from tests.transport.peers import input_of
from tests.transport.seams import OUR_READERS, PREDICT, Face, Seam, kinds, opened

RESULT = {"n": 1}
BODY = b'{"data": {"n": 1}}'
LENGTH = f"content-length: {len(BODY)}"


def said(*headers: str, body: bytes = b"", status: str = "200 OK", version: str = "1.1") -> bytes:
    """The bytes of an answer."""
    return "\r\n".join([f"HTTP/{version} {status}", *headers, "", ""]).encode("latin-1") + body


OK = said(LENGTH, body=BODY)


def chunked(*chunks: bytes, end: bytes = b"0\r\n\r\n", more: str = "x-a: 1") -> bytes:
    pieces = [b"%x\r\n%s\r\n" % (len(chunk), chunk) for chunk in chunks]
    return said("transfer-encoding: chunked", more, body=b"".join(pieces) + end)


HINT = said("link: </a>", status="103 Early Hints")
# The server's answer to each request; the result or the error's status; True if the connection is used again.
ANSWERS: dict[str, tuple[bytes, Any, bool]] = {
    "a length": (OK, RESULT, True),
    "no reason": (b"HTTP/1.1 200\r\n" + LENGTH.encode() + b"\r\n\r\n" + BODY, RESULT, True),
    "nothing in it": (said("content-length: 0"), None, True),
    "chunks": (chunked(BODY[:5], BODY[5:]), RESULT, True),
    "an extension of a chunk": (
        said("transfer-encoding: chunked", body=b"%x;a=b\r\n%s\r\n0\r\n\r\n" % (len(BODY), BODY)),
        RESULT,
        True,
    ),
    "trailers": (chunked(BODY, end=b"0\r\nx-a: 2\r\n\r\n"), RESULT, True),
    "chunks and a length": (chunked(BODY, more="content-length: 7"), RESULT, False),
    "gzip": (said("content-encoding: gzip", "connection: close", body=gzip.compress(BODY)), RESULT, False),
    "it says that it closes": (said(LENGTH, "connection: close", body=BODY), RESULT, False),
    "it closes, and more behind it": (said(LENGTH, "connection: close", body=BODY + OK), RESULT, False),
    "HTTP/1.0": (said(LENGTH, body=BODY, version="1.0"), RESULT, False),
    "HTTP/1.0 that stays open": (said(LENGTH, "connection: keep-alive", body=BODY, version="1.0"), RESULT, False),
    "204": (said(status="204 No Content"), None, False),
    "204 with a body": (said(status="204 No Content", body=OK), None, False),
    "304 with a length": (said(LENGTH, status="304 Not Modified"), 304, True),
    "two answers": (OK + OK, RESULT, False),
    "one letter more": (OK + b"H", RESULT, False),
    "what is no answer behind it": (OK + b"\0\0\0", RESULT, False),
    "a hint first": (HINT + OK, RESULT, True),
    "100 first": (said(status="100 Continue") + OK, RESULT, True),
    "many hints": (HINT * 50 + OK, RESULT, True),
    "empty lines first": (b"\r\n\r\n" + OK, RESULT, False),
    "an error": (said(LENGTH, status="500 Oh", body=BODY), 500, True),
    "a long head": (said(LENGTH, f"x-b: {'b' * 90_000}", body=BODY), RESULT, True),
    "a thousand headers": (said(LENGTH, *(f"x-{number}: 1" for number in range(1000)), body=BODY), RESULT, True),
    "control characters in a header": (said(LENGTH, "x-a: a\x01b", body=BODY), RESULT, True),
    "high bytes in a header": (said(LENGTH, "x-a: \xe9\xff", body=BODY), RESULT, True),
}
# Results that differ with h11.
H11_SAYS = {
    "a line feed alone": RESULT,
    **dict.fromkeys(("another protocol", "another protocol, barely"), "lost"),
}
H11_REFUSES = {"empty lines first"}


def outcome_of(face: Face, case: str) -> Any:
    """The result of a prediction, the status of its error, or the outcome of its last attempt."""
    try:
        return face.call(PREDICT, input=case)
    except LowCodeAPIError as error:
        return getattr(error, "status_code", None) or kinds(error)[-1]


@OUR_READERS
def test_an_answer_is_read_and_its_connection_used_again_only_where_nothing_is_left_on_it(seam: Seam) -> None:
    def speak(peer: Peer) -> None:
        while request := peer.request():
            answer = ANSWERS[input_of(request)][0]
            peer.send(answer)
            if b"gzip" in answer:
                return

    def check(case: str) -> None:
        _, comes, is_kept = ANSWERS[case]
        if case in H11_REFUSES and seam.needs != "httptools":
            comes = "lost"
        assert outcome_of(face, case) == comes
        before = wire.connections
        assert outcome_of(face, case) == comes
        assert wire.connections == (before if is_kept else before + 1)

    with RawWire(speak) as wire, opened(seam, wire.base_url, max_retries=0) as face:
        check_each(ANSWERS, check)


HEAD = b"HTTP/1.1 200 OK\r\n"
# The bytes that the server sends before it closes, and the outcome.
FAILURES: dict[str, tuple[bytes, Any]] = {
    "nothing": (b"", "lost"),
    "half a status line": (b"HTTP/1.", "lost"),
    "half a head": (HEAD, "lost"),
    "half a body": (said("content-length: 100", body=BODY), "lost"),
    "half a chunk": (chunked(BODY)[:-8], "lost"),
    "chunks without an end": (chunked(BODY, end=b""), "lost"),
    "only hints": (HINT, "lost"),
    "too many hints": (HINT * 200, "lost"),
    "another protocol": (said("upgrade: x", "connection: upgrade", status="101 Switching"), 101),
    "another protocol, barely": (said(status="101 Switching", body=b"abc"), 101),
    "TLS": (b"\x16\x03\x01\x02\x00\x01\x00", "lost"),
    "SSH": (b"SSH-2.0-OpenSSH_9.6\r\n", "lost"),
    "HTTP/2.0": (said(LENGTH, body=BODY, version="2.0"), "lost"),
    "HTTP/0.9": (said(LENGTH, body=BODY, version="0.9"), "lost"),
    **{
        f"status {status}": (said(LENGTH, status=f"{status} No", body=BODY), "lost")
        for status in ("000", "99", "1000", "OK")
    },
    "a line feed alone": (b"HTTP/1.1 200 OK\n" + LENGTH.encode() + b"\n\n" + BODY, "lost"),
    "two lengths": (said(LENGTH, "content-length: 3", body=BODY), "lost"),
    "a length that is none": (said("content-length: many", body=BODY), "lost"),
    "a negative length": (said("content-length: -2", body=BODY), "lost"),
    "an endless length": (said(f"content-length: {'9' * 30}", body=BODY), "lost"),
    "a transfer coding that was not asked for": (said("transfer-encoding: gzip, chunked", body=b"0\r\n\r\n"), "lost"),
    "a chunk that is none": (chunked(BODY, end=b"x\r\n"), "lost"),
    "a chunk of 2^64": (said("transfer-encoding: chunked", body=b"f" * 17 + b"\r\n"), "lost"),
    "a name with a space": (said("x a: 1", LENGTH, body=BODY), "lost"),
    "no name": (said(": x", LENGTH, body=BODY), "lost"),
    "a bare CR": (said("x-a: a\rb", LENGTH, body=BODY), "lost"),
    "a NUL": (said("x-a: \0", LENGTH, body=BODY), "lost"),
    "a head of 200 KB in one line": (said(f"x-a: {'a' * 200_000}"), "lost"),
    "a head of 200 KB in many lines": (said(*["x-a: 1"] * 25_000), "lost"),
    "a head of 200 KB that never ends": (HEAD + b"x-a: " + b"a" * 200_000, "lost"),
    "a trailer of 200 KB": (chunked(BODY, end=b"0\r\nx-a: " + b"a" * 200_000), "lost"),
    "200 KB of empty lines": (b"\r\n" * 100_000, "lost"),
    "a body that ends with the connection": (said("content-type: application/json", body=BODY), RESULT),
    "a coding that was not asked for": (said(LENGTH, "content-encoding: br", body=BODY), RESULT),
    "too much": (said("content-length: 2000000", body=b" " * 2_000_000), 200),
    "too much without a length": (said(body=b" " * 2_000_000), 200),
    "a bomb": (said("content-encoding: gzip", body=gzip.compress(bytes(8 << 20))), 200),
    "half of gzip": (said("content-encoding: gzip", body=gzip.compress(BODY)[:-9]), 200),
}


@OUR_READERS
def test_what_is_no_answer_is_never_called_unsent_and_never_waited_on(seam: Seam) -> None:
    def play(peer: Peer) -> None:
        if request := peer.request():
            peer.send(FAILURES[input_of(request)][0])

    def check(case: str) -> None:
        comes, before = FAILURES[case][1], wire.connections
        if seam.needs != "httptools":
            comes = H11_SAYS.get(case, comes)
        assert outcome_of(face, case) == comes
        assert wire.connections == before + 1
        assert wire.is_left_with(0)

    options: dict[str, Any] = {"max_response_bytes": 1 << 20, "timeout": 10_000}
    with RawWire(play) as wire, opened(seam, wire.base_url, **options) as face:
        check_each(FAILURES, check)
