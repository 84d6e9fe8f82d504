"""A network backend for httpcore whose every operation ends by one deadline, however slowly the other side trickles."""

from __future__ import annotations

import contextlib
import socket
import ssl
import threading
import time
from collections.abc import Iterable
from typing import Any

import httpcore

from .sockets import addresses


class Deadline(threading.local):
    """When this thread's exchange ends, on the monotonic clock."""

    at = float("inf")

    def left(self, error: type[Exception], timeout: float | None) -> float:
        """Seconds for the next operation. Raises `error` where none is left."""
        left = self.at - time.monotonic()
        if left <= 0:
            raise error("the deadline has passed")
        return left if timeout is None else min(left, timeout)


class DeadlineBackend(httpcore.NetworkBackend):
    """httpcore's own backend, bounded."""

    def __init__(self, deadline: Deadline) -> None:
        self._inner = httpcore.SyncBackend()
        self._deadline = deadline

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        until = time.monotonic() + self._deadline.left(httpcore.ConnectTimeout, timeout)
        problem: Exception = httpcore.ConnectError(f"{host} has no address")
        found = _addresses(host, port, until)
        for number, address in enumerate(found):
            # Each address its share: the system's connect would give every one of them the whole time.
            share = max(until - time.monotonic(), 0.001) / (len(found) - number)
            try:
                stream = self._inner.connect_tcp(address, port, share, local_address, socket_options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                problem = error
            else:
                return _DeadlineStream(stream, self._deadline)
        raise problem


def _addresses(host: str, port: int, until: float) -> list[str]:
    try:
        return [str(address[0]) for *_, address in addresses(host, port, until)]
    except TimeoutError as error:
        raise httpcore.ConnectTimeout(str(error)) from None
    except (OSError, UnicodeError) as error:
        raise httpcore.ConnectError(str(error)) from None


class _DeadlineStream(httpcore.NetworkStream):
    def __init__(self, inner: httpcore.NetworkStream, deadline: Deadline) -> None:
        self._inner = inner
        self._deadline = deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._inner.read(max_bytes, self._deadline.left(httpcore.ReadTimeout, timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        # httpcore's own would begin the time anew with every piece that a slow reader takes.
        connection = self._inner.get_extra_info("socket")
        is_plain = self._inner.get_extra_info("ssl_object") is None
        if not is_plain and not isinstance(connection, ssl.SSLSocket):  # TLS through a TLS proxy
            self._inner.write(buffer, self._deadline.left(httpcore.WriteTimeout, timeout))
            return
        rest = memoryview(buffer)
        while rest:
            connection.settimeout(self._deadline.left(httpcore.WriteTimeout, timeout))
            try:
                rest = rest[connection.send(rest) :]
            except TimeoutError as error:
                raise httpcore.WriteTimeout(str(error)) from None
            except OSError as error:
                raise httpcore.WriteError(str(error)) from None

    def close(self) -> None:
        # Another thread may be waiting on it, and closing alone would leave it waiting.
        connection: socket.socket = self._inner.get_extra_info("socket")
        with contextlib.suppress(OSError):  # where the other side was first
            connection.shutdown(socket.SHUT_RDWR)
        self._inner.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        left = self._deadline.left(httpcore.ConnectTimeout, timeout)
        return _DeadlineStream(self._inner.start_tls(ssl_context, server_hostname, left), self._deadline)

    def get_extra_info(self, info: str) -> Any:
        return self._inner.get_extra_info(info)
