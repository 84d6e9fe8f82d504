"""An object store on a loopback port that gives a test's answers in order."""

from __future__ import annotations

import hashlib
import http.server
import threading
from collections.abc import Callable
from typing import Any, Self

Answer = Callable[["Handler"], None]


class Handler(http.server.BaseHTTPRequestHandler):
    """One request. An answer writes to it."""

    protocol_version = "HTTP/1.1"
    server: Any

    def do_GET(self) -> None:
        store: Store = self.server.store
        with store.lock:
            store.requests.append({name.lower(): value for name, value in self.headers.items()})
            store.at_once += 1
            store.most_at_once = max(store.most_at_once, store.at_once)
            answer = store.script.pop(0) if store.script else store.otherwise
        try:
            answer(self)
        except ConnectionError:
            self.close_connection = True
        finally:
            with store.lock:
                store.at_once -= 1

    def say(self, status: int, headers: dict[str, str], body: bytes = b"", *, length: int | None = None) -> None:
        """Send a whole answer, or promise more than is sent and hang up."""
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("content-length", str(len(body) if length is None else length))
        self.end_headers()
        self.wfile.write(body)
        self.close_connection |= length is not None and length > len(body)

    def log_message(self, format: str, *args: Any) -> None:
        """Log nothing."""


def md5_of(content: bytes) -> str:
    """The ETag of a file that was uploaded in one piece."""
    return f'"{hashlib.md5(content, usedforsecurity=False).hexdigest()}"'


def serving(
    content: bytes,
    *,
    cut_after: int | None = None,
    etag: str | None = "",
    ranges: bool = True,
    conditions: bool = True,
) -> Answer:
    """Serves this like a store; hangs up after `cut_after` bytes. An empty ETag stands for the MD5.

    Without `conditions` it ignores If-Match.
    """
    tag = md5_of(content) if etag == "" else etag

    def answer(request: Handler) -> None:
        headers = {"etag": tag} if tag else {}
        if conditions and request.headers.get("if-match", tag) != tag:
            request.say(412, {})
            return
        wanted = request.headers.get("range")
        start = int(wanted.removeprefix("bytes=").removesuffix("-")) if wanted and ranges else 0
        body, status = content[start:], 200
        if wanted and ranges:
            status = 206
            headers["content-range"] = f"bytes {start}-{len(content) - 1}/{len(content)}"
        request.say(status, headers, body[:cut_after], length=len(body))

    return answer


def refusing(status: int, **headers: str) -> Answer:
    """Answers with a status."""
    return lambda request: request.say(status, headers)


class Store:
    """The server, as a context manager. `script` is played first, then `otherwise`. `requests` are their headers."""

    def __init__(self, otherwise: Answer) -> None:
        self.otherwise = otherwise
        self.script: list[Answer] = []
        self.requests: list[dict[str, str]] = []
        self.lock = threading.Lock()
        self.at_once = self.most_at_once = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def asked(self, header: str) -> list[str | None]:
        """A header of every request."""
        return [headers.get(header) for headers in self.requests]

    def __enter__(self) -> Self:
        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._server.store = self  # type: ignore[attr-defined]
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *exception: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()
