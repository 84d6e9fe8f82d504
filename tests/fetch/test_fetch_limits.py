"""Limits of an answer: its size, as sent and while inflated, and its time."""

from __future__ import annotations

import gzip
import tracemalloc
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest

from codegen.document.reading import DocumentError
from codegen.fetch.backend import Body, Limits
from tests.fetch.backend import BOMB, Answer, Backend, failure


def test_endless_bytes_are_cut_at_the_limit(backend: Backend, specs: Path) -> None:
    sent = 0

    def endless(handler: BaseHTTPRequestHandler) -> None:
        nonlocal sent
        handler.send_response(200)
        handler.end_headers()
        try:
            while sent < 256:
                handler.wfile.write(b" " * 1024 * 1024)
                sent += 1
        except OSError:
            pass

    backend.answers["/baseten/openapi"] = endless
    assert "more than 33554432 bytes" in str(failure(backend.url, specs))
    assert sent < 128, "the server was let go soon after the 32nd MiB"


def test_what_is_silent_or_drips_is_left_at_the_deadline(backend: Backend, specs: Path) -> None:
    def drip(handler: BaseHTTPRequestHandler, start: bytes) -> None:
        try:
            handler.wfile.write(start)
            for _ in range(1000):
                if backend.released.wait(0.005):
                    return
                handler.wfile.write(b"x")
        except OSError:
            pass

    def silent(handler: BaseHTTPRequestHandler) -> None:
        backend.released.wait(5)

    answers: list[Answer] = [
        silent,
        lambda handler: drip(handler, b"HTTP/1.1 200 OK\r\nX: "),
        lambda handler: drip(handler, b"HTTP/1.1 200 OK\r\n\r\n"),
    ]
    for answer in answers:
        backend.answers["/baseten/openapi"] = answer
        error = failure(backend.url, specs, Limits(total=0.1))
        assert "no complete answer within 0.1 s" in str(error)


def test_a_bomb_is_never_expanded_beyond_the_limit() -> None:
    tracemalloc.start()
    try:
        with pytest.raises(DocumentError):
            Body("here", "gzip", 1024 * 1024).feed(BOMB)
        assert tracemalloc.get_traced_memory()[1] < 8 * 1024 * 1024
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("coding", ["", "gzip"])
def test_the_limit_is_the_last_size_allowed(coding: str) -> None:
    content = b"x" * 100_000
    sent = gzip.compress(content) if coding else content
    for limit, is_read in ((100_000, True), (99_999, False)):
        body = Body("here", coding, limit)
        chunks = [sent[start : start + 10] for start in range(0, len(sent), 10)]
        if is_read:
            for chunk in chunks:
                body.feed(chunk)
            assert body.finish() == content
        else:
            with pytest.raises(DocumentError, match="more than 99999 bytes"):
                for chunk in chunks:
                    body.feed(chunk)


def test_gzip_that_expands_to_nothing_is_bounded_as_sent() -> None:
    empty_blocks = b"\x00\x00\x00\xff\xff" * 1000
    body = Body("here", "gzip", 2000)
    with pytest.raises(DocumentError, match="more than 2000 bytes"):
        body.feed(gzip.compress(b"")[:10] + empty_blocks)
