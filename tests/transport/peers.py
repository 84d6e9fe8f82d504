"""Servers and proxies on loopback, also with TLS, shared by the tests of sending."""

from __future__ import annotations

import contextlib
import json
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from functools import cache
from typing import TYPE_CHECKING, Any

from tests.support.raw_wire import Peer, Play, RawWire, http

if TYPE_CHECKING:  # a separate process imports this, too
    import pytest
    import trustme

OK = http(b'{"data": {"models": []}}')
PROXY_NAMES = ("HTTPS_PROXY", "HTTP_PROXY", "ALL_PROXY", "NO_PROXY")


def input_of(request: bytes) -> Any:
    """The input of a prediction, or None."""
    body = request.partition(b"\r\n\r\n")[2]
    return json.loads(body)["input"] if body else None


def echo(request: bytes, *headers: str) -> bytes:
    """An answer that fits only this request: its own input."""
    return http(json.dumps({"data": {"models": [], "input": input_of(request)}}).encode(), *headers)


class Counting:
    """Answers every request with its own input. `received` has the requests in order."""

    def __init__(self, answer: Callable[[bytes], bytes] = echo) -> None:
        self._answer = answer
        self.received: list[bytes] = []

    def __call__(self, peer: Peer) -> None:
        while request := peer.request():
            self.received.append(request)
            peer.send(self._answer(request))

    @property
    def inputs(self) -> list[Any]:
        """The inputs of the predictions, in order."""
        return [input_of(request) for request in self.received if request.startswith(b"POST")]


@cache
def _context(authority: trustme.CA, name: str) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(name).configure_cert(context)
    return context


def secured(play: Play, authority: trustme.CA, name: str = "localhost") -> Play:
    """The same server behind TLS."""
    context = _context(authority, name)

    def over_tls(peer: Peer) -> None:
        with context.wrap_socket(peer.connection, server_side=True) as secure:
            play(Peer(secure, peer.closing, peer.number))

    return over_tls


class Tunnel:
    """A proxy that supports only CONNECT, to one port. `heard` has all that it could read."""

    def __init__(self, port: int) -> None:
        self._port = port
        self.heard: list[bytes] = []

    def __call__(self, peer: Peer) -> None:
        head = peer.request()
        if not head:
            return
        self.heard.append(head)
        if not head.startswith(b"CONNECT "):
            peer.send(b"HTTP/1.1 405 Method Not Allowed\r\ncontent-length: 0\r\n\r\n")
            return
        with socket.create_connection(("127.0.0.1", self._port)) as beyond:
            peer.send(b"HTTP/1.1 200 Connection established\r\n\r\n")
            back = threading.Thread(target=_pass_on, args=(beyond, peer.connection))
            back.start()
            _pass_on(peer.connection, beyond)
            back.join()


def _pass_on(source: socket.socket, sink: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while data := source.recv(65536):
            sink.sendall(data)
    with contextlib.suppress(OSError):
        sink.shutdown(socket.SHUT_WR)


def _plainly(play: Play, authority: trustme.CA, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    with RawWire(play) as wire:
        yield wire.base_url


def _over_tls(play: Play, authority: trustme.CA, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    with RawWire(secured(play, authority)) as wire:
        yield f"https://localhost:{wire.port}/baseten"


def _through_a_proxy(play: Play, authority: trustme.CA, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    with RawWire(secured(play, authority)) as wire, RawWire(Tunnel(wire.port)) as proxy:
        monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{proxy.port}")
        yield f"https://localhost:{wire.port}/baseten"
        assert proxy.connections >= wire.connections


# Ways to reach a server. Each gives the `base_url`.
WAYS = {
    name: contextlib.contextmanager(way)
    for name, way in {"plain": _plainly, "TLS": _over_tls, "proxy": _through_a_proxy}.items()
}


@contextlib.contextmanager
def full_backlog() -> Iterator[int]:
    """A port that neither accepts nor refuses connections."""
    import pytest

    with socket.socket() as listener, contextlib.ExitStack() as waiting:
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        address = listener.getsockname()
        for _ in range(8):
            filler = waiting.enter_context(socket.socket())
            filler.setblocking(False)
            filler.connect_ex(address)
        probe = waiting.enter_context(socket.socket())
        probe.settimeout(0.05)
        try:
            probe.connect(address)
        except TimeoutError:
            yield address[1]
        else:
            pytest.skip("this system takes connections beyond the backlog")


def taken_port() -> int:
    """A port on which nobody listens any more."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port: int = taken.getsockname()[1]
        return port
