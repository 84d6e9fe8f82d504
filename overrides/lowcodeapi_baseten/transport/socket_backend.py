"""Connections without an event loop: httpcore's own, except for writing and closing."""

from __future__ import annotations

import contextlib
import select
import socket
import ssl
import time
from typing import Any

from .core import httpcore
from .sockets import is_readable

_IN, _OUT = getattr(select, "POLLIN", 1), getattr(select, "POLLOUT", 4)
_PIECE = 1 << 16


class NothingLeft(httpcore.WriteError):
    """A write failed before any byte left."""


class SocketBackend(httpcore.SyncBackend):
    """Opens connections. The layer above handles deadlines and looks up names."""

    def connect_tcp(self, *arguments: Any, **options: Any) -> httpcore.NetworkStream:
        return SocketStream(super().connect_tcp(*arguments, **options))


class SocketStream(httpcore.NetworkStream):
    """One connection."""

    def __init__(self, inner: httpcore.NetworkStream) -> None:
        self._inner, self._early = inner, b""
        self._socket: socket.socket = inner.get_extra_info("socket")
        is_tls = inner.get_extra_info("ssl_object") is not None
        # TLS through a TLS proxy is done in memory, which is left to httpcore.
        self._is_own = not is_tls or isinstance(self._socket, ssl.SSLSocket)
        self._is_plain = not is_tls

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        if self._early:
            early, self._early = self._early[:max_bytes], self._early[max_bytes:]
            return early
        return self._inner.read(max_bytes, timeout)

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        if not self._is_own:
            self._inner.write(buffer, timeout)
            return
        until = None if timeout is None else time.monotonic() + timeout
        rest = memoryview(buffer)
        self._socket.settimeout(0)
        try:
            while rest:
                try:
                    rest = rest[self._socket.send(rest) :]
                except (BlockingIOError, ssl.SSLWantReadError, ssl.SSLWantWriteError) as error:
                    self._wait(isinstance(error, ssl.SSLWantReadError), until)
        except TimeoutError as error:
            raise httpcore.WriteTimeout("the other side does not read") from error
        except OSError as error:
            # With TLS, a part of the encrypted bytes may have left even if it reports none.
            cls = NothingLeft if self._is_plain and len(rest) == len(buffer) else httpcore.WriteError
            raise cls(str(error)) from error

    def _wait(self, must_read: bool, until: float | None) -> None:
        """Wait until more can be written. If an answer comes first, keep it: it may be the only one."""
        left = None if until is None else until - time.monotonic()
        if left is not None and left <= 0:
            raise TimeoutError
        ready = _ready(self._socket, _IN if must_read else _IN | _OUT, left)
        if ready & ~_OUT and not must_read:
            with contextlib.suppress(BlockingIOError, ssl.SSLWantReadError, ssl.SSLWantWriteError):
                # httpcore reads the answer after a failed write.
                self._early += self._socket.recv(_PIECE)
                raise httpcore.WriteError("the other side answered before it had read all")

    def close(self) -> None:
        # Another thread may be waiting on the socket, and closing alone wouldn't wake it. Don't use the TLS socket's
        # own shutdown: that thread would go on without encryption.
        with contextlib.suppress(OSError):  # if the other side closed first
            socket.socket.shutdown(self._socket, socket.SHUT_RDWR)
        self._inner.close()

    def abandon(self) -> None:
        """Let go of the parent's connection in a forked child. The parent still uses it."""
        self._inner.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        return SocketStream(self._inner.start_tls(ssl_context, server_hostname, timeout))

    def get_extra_info(self, info: str) -> Any:
        if info == "is_readable":
            return bool(self._early) or is_readable(self._socket)
        return self._inner.get_extra_info(info)


def _ready(connection: socket.socket, mask: int, seconds: float | None) -> int:
    """The events that are ready within `seconds`; 0 if none are."""
    if not hasattr(select, "poll"):  # Windows
        writing = [connection] if mask & _OUT else []
        read, written, _ = select.select([connection] if mask & _IN else [], writing, [], seconds)
        return (_IN if read else 0) | (_OUT if written else 0)
    poll = select.poll()
    poll.register(connection, mask)
    # Round up: a millisecond too early would cost another turn of the loop.
    events = poll.poll(None if seconds is None else int(seconds * 1000) + 1)
    return events[0][1] if events else 0
