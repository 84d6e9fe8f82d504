"""Limits of an answer: its size, as sent and while inflated, and its time."""

from __future__ import annotations

import gzip
import json
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest

from codegen.fetch.backend import Limits
from tests.fetch.backend import NEW, Answer, Backend, body, failure, run


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


@pytest.mark.parametrize("coding", ["", "gzip"])
def test_the_limit_is_the_last_size_allowed(backend: Backend, specs: Path, coding: str) -> None:
    content = json.dumps(NEW["openapi"]).encode()
    sent = gzip.compress(content) if coding else content
    backend.serve(NEW)
    backend.answers["/baseten/openapi"] = body(sent, Content_Encoding=coding)
    size = len(content)
    assert f"more than {size - 1} bytes" in str(failure(backend.url, specs, Limits(max_bytes=size - 1)))
    run(backend.url, specs, limits=Limits(max_bytes=size), only="openapi")
