"""A backend on loopback with answers set by a test, and a fetch from it that must work or must fail."""

from __future__ import annotations

import datetime as dt
import json
import socket
import threading
import zlib
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from codegen.document.reading import DocumentError
from codegen.fetch.backend import LIMITS, Limits
from codegen.fetch.fetch import fetch

Answer = Callable[[BaseHTTPRequestHandler], None]
Json = dict[str, Any]
DAY = dt.date(2026, 3, 4)


def document(*paths: str) -> Json:
    return {"paths": {path: {"get": {"summary": f"Get {path}"}} for path in paths}, "openapi": "3.0.0"}


OLD = {"openapi": document("/a/{id}", "/b", "/c", "/d"), "definition": document("/a/id", "/b", "/c", "/d")}
NEW = {"openapi": document("/a/{id}", "/b", "/c", "/e"), "definition": document("/a/id", "/b", "/c", "/d", "/e")}

# 40 KB that inflate to 40 MB.
_deflate = zlib.compressobj(9, wbits=31)
BOMB = b"".join([*(_deflate.compress(bytes(1024 * 1024)) for _ in range(40)), _deflate.flush()])


class Backend:
    """A backend on a loopback port: one answer per path, 404 for the rest."""

    def __init__(self) -> None:
        self.answers: dict[str, Answer] = {}
        self.asked: list[str] = []
        self.headers: list[dict[str, str]] = []
        self.released = threading.Event()
        backend = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                backend.asked.append(self.path)
                backend.headers.append({name.lower(): value for name, value in self.headers.items()})
                backend.answers.get(self.path, status(404))(self)

            def log_message(self, format: str, *args: Any) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.port = self._server.server_address[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True)
        self._thread.start()

    def serve(self, served: dict[str, Json]) -> None:
        for name, content in served.items():
            self.answers[f"/baseten/{name}"] = body(json.dumps(content).encode())

    def close(self) -> None:
        self.released.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


def body(content: bytes, **headers: str) -> Answer:
    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.send_header("Content-Length", str(len(content)))
        for name, value in headers.items():
            handler.send_header(name.replace("_", "-"), value)
        handler.end_headers()
        handler.wfile.write(content)

    return answer


def status(code: int, location: str | None = None) -> Answer:
    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(code)
        if location is not None:
            handler.send_header("Location", location)
        handler.send_header("Content-Length", "0")
        handler.end_headers()

    return answer


def cut_off(handler: BaseHTTPRequestHandler) -> None:
    handler.send_response(200)
    handler.send_header("Content-Length", "100000")
    handler.end_headers()
    handler.wfile.write(b'{"paths": {')


def hang_up(handler: BaseHTTPRequestHandler) -> None:
    handler.connection.shutdown(socket.SHUT_RDWR)


def state(folder: Path) -> dict[str, tuple[int, int, bytes | None]]:
    """Everything that could change in a folder: paths, inodes, times of writing, bytes."""
    return {
        str(path.relative_to(folder)): (
            path.lstat().st_ino,
            path.lstat().st_mtime_ns,
            path.read_bytes() if path.is_file() else None,
        )
        for path in folder.rglob("*")
    }


def run(
    url: str,
    specs: Path,
    *,
    allow_shrink: bool = False,
    limits: Limits = LIMITS,
    only: str | None = None,
) -> list[str]:
    lines: list[str] = []
    fetch(
        "baseten",
        base_url=url,
        specs=specs,
        allow_shrink=allow_shrink,
        out=lines.append,
        today=DAY,
        limits=limits,
        only=only,
    )
    return lines


def failure(url: str, specs: Path, limits: Limits = LIMITS, provider: str = "baseten") -> DocumentError:
    """The error of a fetch that must fail: on one line, nothing printed, no file touched, nothing chained to it."""
    before, lines = state(specs), list[str]()
    with pytest.raises(DocumentError) as caught:
        fetch(provider, base_url=url, specs=specs, allow_shrink=False, out=lines.append, today=DAY, limits=limits)
    assert state(specs) == before
    assert lines == []
    assert str(caught.value).isprintable()
    assert len(str(caught.value)) < 1000
    assert caught.value.__cause__ is None
    assert caught.value.__context__ is None or caught.value.__suppress_context__
    return caught.value
