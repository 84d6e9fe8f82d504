"""A network backend whose every operation ends by one deadline, however slowly the other side trickles."""

from __future__ import annotations

import ssl
import threading
import time
from collections.abc import Iterable
from typing import Any

import httpcore

_SLICE = 1 << 16


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
        left = self._deadline.left(httpcore.ConnectTimeout, timeout)
        stream = self._inner.connect_tcp(host, port, left, local_address, socket_options)
        return _DeadlineStream(stream, self._deadline)


class _DeadlineStream(httpcore.NetworkStream):
    def __init__(self, inner: httpcore.NetworkStream, deadline: Deadline) -> None:
        self._inner = inner
        self._deadline = deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._inner.read(max_bytes, self._deadline.left(httpcore.ReadTimeout, timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        # In slices: one write of many small sends would begin the time anew at each of them.
        for start in range(0, len(buffer), _SLICE):
            left = self._deadline.left(httpcore.WriteTimeout, timeout)
            self._inner.write(buffer[start : start + _SLICE], left)

    def close(self) -> None:
        self._inner.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        left = self._deadline.left(httpcore.ConnectTimeout, timeout)
        return _DeadlineStream(self._inner.start_tls(ssl_context, server_hostname, left), self._deadline)

    def get_extra_info(self, info: str) -> Any:
        return self._inner.get_extra_info(info)
