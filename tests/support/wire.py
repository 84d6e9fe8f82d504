"""A tiny HTTP/1.1 server on a loopback port. It records requests byte for byte, and answers as told."""

from __future__ import annotations

import contextlib
import json
import socket
import threading
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple, Self
from urllib.parse import unquote

TOKEN = "lca-wire-0123456789abcdef"
JSON = "application/json; charset=utf-8"


class Received(NamedTuple):
    """One request. `target` is from the request line; names of headers are in lower case."""

    method: str
    target: str
    headers: list[tuple[str, str]]
    body: bytes
    connection: int

    @property
    def path(self) -> str:
        """The path as sent."""
        return self.target.partition("?")[0]

    @property
    def query(self) -> list[tuple[str, str]]:
        """The pairs of the query in order, decoded."""
        parts = (pair.partition("=") for pair in self.target.partition("?")[2].split("&") if pair)
        return [(unquote(name), unquote(value)) for name, _, value in parts]

    def header(self, name: str) -> str | None:
        """A header that occurs at most once."""
        values = [value for known, value in self.headers if known == name]
        assert len(values) < 2, f"{name} was sent {len(values)} times"
        return values[0] if values else None


class Reply(NamedTuple):
    """An answer. An empty `content-type` is not sent."""

    status: int = 200
    body: bytes = b""
    content_type: str = JSON
    headers: Mapping[str, str] = {}

    def encoded(self) -> bytes:
        headers = {"content-length": str(len(self.body)), **self.headers}
        if self.content_type:
            headers["content-type"] = self.content_type
        lines = [f"HTTP/1.1 {self.status} Answer", *(f"{name}: {value}" for name, value in headers.items())]
        return "\r\n".join([*lines, "", ""]).encode("latin-1") + self.body


Answer = Callable[[Received], Reply | None]
"""Returns the answer to a request; None is silence, and a `ConnectionError` closes the connection."""


def reply(body: Any, status: int = 200) -> Reply:
    """This JSON, without an envelope."""
    return Reply(status, json.dumps(body).encode())


def in_result(payload: Any, headers: Mapping[str, str] | None = None) -> Reply:
    """The payload in the published server's envelope."""
    sent = {"content-type": "application/json", "x-baseten-request-id": "req_789", **(headers or {})}
    return reply({"message": "Request completed", "provider": "baseten", "result": payload, "response_headers": sent})


def in_data(payload: Any) -> Reply:
    """The payload in the guide's envelope."""
    return reply({"data": payload})


class Wire:
    """The server, as a context manager. `answer` may be set while it runs; `received` is in order.

    It has no documents: requests for them get a 404, and are kept in `asked`.
    """

    def __init__(self, answer: Answer | Reply | None = None) -> None:
        self.received: list[Received] = []
        self.asked: list[Received] = []
        self.connections = 0
        self._said: Answer | Reply | None = answer
        self._open: set[socket.socket] = set()
        self._threads: list[threading.Thread] = []
        self._lock = threading.Condition()
        self._is_closing = False

    def says(self, answer: Answer | Reply | None) -> None:
        """Forget the recorded requests; answer this from now on. None is silence."""
        self._said = answer
        self.received.clear()

    @property
    def only(self) -> Received:
        """The one request that was received."""
        assert len(self.received) == 1, f"{len(self.received)} requests were received"
        return self.received[0]

    @property
    def origin(self) -> str:
        """Scheme, host and port."""
        return f"http://127.0.0.1:{self._address[1]}"

    @property
    def base_url(self) -> str:
        """The origin with the provider in its path."""
        return f"{self.origin}/baseten"

    def is_left_by_all(self) -> bool:
        """True if the client has closed every connection, or does so soon."""
        with self._lock:
            return self._lock.wait_for(lambda: not self._open, timeout=10)

    def __enter__(self) -> Self:
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._address = self._listener.getsockname()
        self._start(self._accept)
        return self

    def __exit__(self, *exception: object) -> None:
        self._is_closing = True
        # A connection of its own wakes accept() on every system.
        with contextlib.suppress(OSError):
            socket.create_connection(self._address).close()
        with self._lock:
            for connection in self._open:
                with contextlib.suppress(OSError):
                    connection.shutdown(socket.SHUT_RDWR)
        for thread in list(self._threads):
            thread.join()

    def _start(self, work: Callable[..., None], *arguments: Any) -> None:
        thread = threading.Thread(target=work, args=arguments, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        with self._listener:
            while True:
                connection, _ = self._listener.accept()
                with self._lock:
                    if self._is_closing:
                        connection.close()
                        return
                    self._open.add(connection)
                self.connections += 1
                self._start(self._serve, connection, self.connections)

    def _serve(self, connection: socket.socket, number: int) -> None:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        # The client may go away at any time, as it does after silence.
        with connection, contextlib.suppress(ConnectionError):
            while (request := _read(connection, number)) is not None:
                if request.path in {"/baseten/openapi", "/baseten/definition"}:
                    self.asked.append(request)
                    connection.sendall(reply({"message": "Not Found"}, 404).encoded())
                    continue
                self.received.append(request)
                said = self._said(request) if callable(self._said) else self._said
                if said is not None:
                    connection.sendall(said.encoded())
        with self._lock:
            self._open.discard(connection)
            self._lock.notify_all()


def _read(connection: socket.socket, number: int) -> Received | None:
    got = b""
    while b"\r\n\r\n" not in got:
        chunk = connection.recv(65536)
        if not chunk:
            return None
        got += chunk
    head, _, body = got.partition(b"\r\n\r\n")
    first, *lines = head.decode("latin-1").split("\r\n")
    method, target, _ = first.split(" ")
    split = (line.partition(":") for line in lines)
    headers = [(name.lower(), value.strip()) for name, _, value in split]
    length = int(dict(headers).get("content-length", "0"))
    while len(body) < length:
        chunk = connection.recv(65536)
        if not chunk:
            return None
        body += chunk
    return Received(method, target, headers, body, number)
