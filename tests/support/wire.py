"""A tiny HTTP/1.1 server on a loopback port. It records requests byte for byte, and answers as told."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple
from urllib.parse import unquote

from tests.support.raw_wire import Peer, RawWire

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


def received(request: bytes, connection: int) -> Received:
    """A whole request, taken apart."""
    head, _, body = request.partition(b"\r\n\r\n")
    first, *lines = head.decode("latin-1").split("\r\n")
    method, target, _ = first.split(" ")
    split = (line.partition(":") for line in lines)
    return Received(method, target, [(name.lower(), value.strip()) for name, _, value in split], body, connection)


class Wire(RawWire):
    """The server, as a context manager. `answer` may be set while it runs; `received` is in order.

    It has no documents: requests for them get a 404, and are kept in `asked`.
    """

    def __init__(self, answer: Answer | Reply | None = None) -> None:
        super().__init__(self._converse)
        self.received: list[Received] = []
        self.asked: list[Received] = []
        self._said: Answer | Reply | None = answer

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
        return f"http://127.0.0.1:{self.port}"

    def _converse(self, peer: Peer) -> None:
        while sent := peer.request():
            request = received(sent, peer.number)
            if request.path in {"/baseten/openapi", "/baseten/definition"}:
                self.asked.append(request)
                peer.send(reply({"message": "Not Found"}, 404).encoded())
                continue
            self.received.append(request)
            said = self._said(request) if callable(self._said) else self._said
            if said is not None:
                peer.send(said.encoded())
