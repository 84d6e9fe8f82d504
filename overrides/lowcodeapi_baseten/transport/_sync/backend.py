# Generated from _async/backend.py by `python -m codegen unasync`: change that, and run it again.
"""A network backend for httpcore. One deadline holds for all operations, however slowly the other side sends."""

from __future__ import annotations

import ssl
import time
from collections.abc import Callable, Iterable
from typing import Any

from ..core import httpcore
from ..errand import NONE, Errand
from ..socket_backend import NothingLeft
from ..sockets import addresses, left
from ..waits import cancellable

_SMALL = 1 << 16  # bytes; below this, copying is cheaper than a second write


class Backend(httpcore.NetworkBackend):
    """Opens one connection at a time, for one errand at a time.

    Attributes:
        errand: The request under way.
        stream: The latest connection, with its TLS layer if it has one.
        is_closed: True if nothing more may be sent.
    """

    def __init__(self, inner: httpcore.NetworkBackend) -> None:
        self._inner = inner
        self.errand: Errand = NONE
        self.stream: Stream | None = None
        self.is_closed = False
        self.cancels: list[Callable[[], object]] = []

    def left(self, error: type[Exception], timeout: float | None) -> float:
        """Seconds for the next operation. Raises `error` if none are left."""
        if self.is_closed:
            raise httpcore.ConnectError("the client was closed")
        return left(self.errand.until, error, timeout)

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        until = time.monotonic() + self.left(httpcore.ConnectTimeout, timeout)
        problem: Exception = httpcore.ConnectError(f"{host} has no address")
        try:
            with cancellable(self.cancels):
                found = addresses(host, port, until)
                for number, address in enumerate(found):
                    # Each address gets its share: by itself, each connect could use up all of the time.
                    share = max(until - time.monotonic(), 0.001) / (len(found) - number)
                    try:
                        inner = self._inner.connect_tcp(
                            str(address[4][0]), address[4][1], share, local_address, socket_options
                        )
                    except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                        problem = error
                    else:
                        self.stream = Stream(inner, self)
                        return self.stream
        except TimeoutError as error:
            raise httpcore.ConnectTimeout(str(error)) from error
        except (OSError, UnicodeError) as error:
            raise httpcore.ConnectError(str(error)) from error
        raise problem

    def close(self) -> None:
        """Close the connection. A call under way ends, and nothing more is sent."""
        self.is_closed = True
        for cancel in list(self.cancels):
            cancel()
        if self.stream is not None:
            self.stream.close()

    def __repr__(self) -> str:
        return f"<{type(self).__name__}>"


class Stream(httpcore.NetworkStream):
    """A connection that keeps to the deadline."""

    def __init__(self, inner: httpcore.NetworkStream, backend: Backend) -> None:
        self._inner, self._backend = inner, backend
        self._head = b""

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._inner.read(max_bytes, self._backend.left(httpcore.ReadTimeout, timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        errand, head = self._backend.errand, self._head
        if errand.has_body and errand.is_begun and not errand.has_left and not head:
            # Hold the head back: together with the body it takes one system call, and often one packet.
            self._head = buffer
            return
        self._head = b""
        if len(buffer) < _SMALL:
            self._write(head + buffer, timeout)
            return
        if head:
            self._write(head, timeout)
        self._write(buffer, timeout)

    def _write(self, buffer: bytes, timeout: float | None) -> None:
        left, errand = self._backend.left(httpcore.WriteTimeout, timeout), self._backend.errand
        had_left, errand.has_left = errand.has_left, errand.is_begun
        try:
            self._inner.write(buffer, left)
        except NothingLeft:
            errand.has_left = had_left
            raise

    def close(self) -> None:
        self._inner.close()

    def abandon(self) -> None:
        """Let go of the connection in a forked child. One of an event loop stays as it is, as it is the parent's."""
        abandon: Any = getattr(self._inner, "abandon", None)
        if abandon is not None:
            abandon()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        left = self._backend.left(httpcore.ConnectTimeout, timeout)
        with cancellable(self._backend.cancels):
            inner = self._inner.start_tls(ssl_context, server_hostname, left)
        self._backend.stream = Stream(inner, self._backend)
        return self._backend.stream

    def get_extra_info(self, info: str) -> Any:
        return self._inner if info == "inner" else self._inner.get_extra_info(info)
