"""Servers and proxies on loopback, also with TLS, shared by the tests of sending."""

from __future__ import annotations

import contextlib
import json
import select
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import trustme

from tests.support.raw_wire import Peer, Play, RawWire, http

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


def secured(play: Play, authority: trustme.CA, name: str = "localhost") -> Play:
    """The same server behind TLS."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(name).configure_cert(context)

    def over_tls(peer: Peer) -> None:
        with context.wrap_socket(peer.connection, server_side=True) as secure:
            play(Peer(secure, peer.closing, peer.number))

    return over_tls


class Tunnel:
    """A proxy that supports only CONNECT, to one port. `heard` has all that it could read."""

    def __init__(self, port: int, answer: bytes = b"HTTP/1.1 200 Connection established\r\n\r\n") -> None:
        self._port, self._answer = port, answer
        self._back: list[_Pipe] = []
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
            peer.send(self._answer)
            self._back.append(back := _Pipe(beyond, peer.connection))
            thread = threading.Thread(target=back.run)
            thread.start()
            _Pipe(peer.connection, beyond).run()
            thread.join()

    def settle(self) -> None:
        """Wait until whatever the server has sent has been passed on."""
        while any(pipe.holds_something() for pipe in self._back):
            time.sleep(0.001)


class _Pipe:
    """Passes on what comes from one socket to another."""

    def __init__(self, source: socket.socket, sink: socket.socket) -> None:
        self._source, self._sink = source, sink
        self._is_passing = False
        self._is_over = False

    def run(self) -> None:
        with contextlib.suppress(OSError, ValueError):
            while select.select([self._source], [], []):
                self._is_passing = True
                if not (data := self._source.recv(65536)):
                    break
                self._sink.sendall(data)
                self._is_passing = False
        self._is_over = True
        with contextlib.suppress(OSError):
            self._sink.shutdown(socket.SHUT_WR)

    def holds_something(self) -> bool:
        """True if something was sent and not passed on yet."""
        with contextlib.suppress(OSError, ValueError):  # if it is closed by now
            # In this order: it stays readable until it is being passed on.
            return bool(select.select([self._source], [], [], 0)[0] or self._is_passing) and not self._is_over
        return False


class Way:
    """A way to reach a server: its `base_url`, and the number of connections that were made.

    Attributes:
        settle: Waits until whatever the server has sent has come through.
    """

    def __init__(self, wire: RawWire, base_url: str) -> None:
        self.wire, self.base_url = wire, base_url
        self.settle: Callable[[], None] = lambda: None


@contextlib.contextmanager
def plainly(play: Play, authority: trustme.CA, monkeypatch: pytest.MonkeyPatch) -> Iterator[Way]:
    """Reach the server over plain HTTP."""
    with RawWire(play) as wire:
        yield Way(wire, wire.base_url)


@contextlib.contextmanager
def over_tls(play: Play, authority: trustme.CA, monkeypatch: pytest.MonkeyPatch) -> Iterator[Way]:
    """Reach the server over TLS."""
    with RawWire(secured(play, authority)) as wire:
        yield Way(wire, f"https://localhost:{wire.port}/baseten")


@contextlib.contextmanager
def through_a_proxy(play: Play, authority: trustme.CA, monkeypatch: pytest.MonkeyPatch) -> Iterator[Way]:
    """Reach the server over TLS, through the proxy of the environment."""
    with over_tls(play, authority, monkeypatch) as way, RawWire(tunnel := Tunnel(way.wire.port)) as proxy:
        monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{proxy.port}")
        way.settle = tunnel.settle
        yield way
        assert proxy.connections >= way.wire.connections


WAYS = {"plain": plainly, "TLS": over_tls, "proxy": through_a_proxy}


@contextlib.contextmanager
def full_backlog() -> Iterator[int]:
    """A port that neither accepts nor refuses connections."""
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
