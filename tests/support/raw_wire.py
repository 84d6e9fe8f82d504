"""A server that sends any bytes, at any pace: `wire` can't, because it speaks HTTP."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Callable
from typing import Self

Play = Callable[["Peer"], None]


class Peer:
    """A connection, as the server sees it."""

    def __init__(self, connection: socket.socket, closing: threading.Event, number: int) -> None:
        self.connection, self.closing, self.number = connection, closing, number

    def request(self) -> bytes:
        """The next request, head and body; empty if the client has closed."""
        got = b""
        while b"\r\n\r\n" not in got:
            chunk = self.connection.recv(65536)
            if not chunk:
                return b""
            got += chunk
        head, _, body = got.partition(b"\r\n\r\n")
        lengths = [
            line.partition(b":")[2] for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:")
        ]
        while lengths and len(body) < int(lengths[0]):
            piece = self.connection.recv(65536)
            if not piece:
                # A cancelled task may leave after the head.
                return b""
            body += piece
        return head + b"\r\n\r\n" + body

    def send(self, data: bytes) -> None:
        self.connection.sendall(data)

    def wait(self, seconds: float | None = None) -> bool:
        """Wait this long, or until the server closes; True if it does."""
        return self.closing.wait(seconds)


class RawWire:
    """Plays `play` on every connection, in its own thread; on a loopback port, or where `listener` listens."""

    def __init__(self, play: Play, listener: socket.socket | None = None) -> None:
        self.play = play
        self._given = listener
        self.connections = 0
        self.closing = threading.Event()
        self._threads: list[threading.Thread] = []
        self._changed = threading.Condition()
        self._playing = 0
        self._open: list[socket.socket] = []

    @property
    def port(self) -> int:
        port: int = self._address[1]
        return port

    @property
    def base_url(self) -> str:
        return f"http://127.0.0.1:{self.port}/baseten"

    def is_left_with(self, most: int) -> bool:
        """True if no more than `most` connections are open, now or soon."""
        with self._changed:
            return self._changed.wait_for(lambda: self._playing <= most, timeout=10)

    def _count(self, more: int) -> None:
        with self._changed:
            self._playing += more
            self._changed.notify_all()

    def __enter__(self) -> Self:
        self._listener = self._given or socket.create_server(("127.0.0.1", 0))
        self._address = self._listener.getsockname()[:2]
        self._start(self._accept)
        return self

    def __exit__(self, *exception: object) -> None:
        self.closing.set()
        with contextlib.suppress(OSError):
            socket.create_connection(self._address).close()
        for connection in self._open:
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
        for thread in list(self._threads):
            thread.join()

    def _start(self, work: Callable[..., None], *arguments: object) -> None:
        thread = threading.Thread(target=work, args=arguments, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        with self._listener:
            while True:
                connection, _ = self._listener.accept()
                if self.closing.is_set():
                    connection.close()
                    return
                connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                self._open.append(connection)
                self.connections += 1
                self._start(self._serve, Peer(connection, self.closing, self.connections))

    def _serve(self, peer: Peer) -> None:
        self._count(1)
        try:
            # The client may go away at any time.
            with peer.connection, contextlib.suppress(OSError):
                self.play(peer)
        finally:
            self._count(-1)


def says(*parts: bytes) -> Play:
    """Answer the first request with this, then close."""

    def play(peer: Peer) -> None:
        if peer.request():
            for part in parts:
                peer.send(part)

    return play


def http(body: bytes, *headers: str, status: str = "200 OK", content_type: str = "application/json") -> bytes:
    """An answer with its length."""
    lines = [f"HTTP/1.1 {status}", f"content-type: {content_type}", f"content-length: {len(body)}", *headers]
    return "\r\n".join([*lines, "", ""]).encode("latin-1") + body
