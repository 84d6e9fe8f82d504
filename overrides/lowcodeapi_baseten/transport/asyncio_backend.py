"""Connections for httpcore in asyncio's or uvloop's event loop. Its own go through anyio and cost twice as much."""

from __future__ import annotations

import asyncio
import math
import ssl
import sys
from collections.abc import Callable, Iterable
from typing import Any, cast

from .core import httpcore
from .socket_backend import NothingLeft
from .sockets import readable

_ENOUGH = 1 << 18  # bytes received but not yet read; above this, reading pauses
_PATIENCE = 100  # turns of the event loop to wait for a connection to close


class AsyncioBackend(httpcore.AsyncNetworkBackend):
    """Opens connections. The layer above handles deadlines and looks up names."""

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        local = None if local_address is None else (local_address, 0)
        loop = asyncio.get_running_loop()
        try:
            async with asyncio.timeout(timeout):
                _, stream = await loop.create_connection(AsyncioStream, host, port, local_addr=local)
        except TimeoutError as error:
            raise httpcore.ConnectTimeout(str(error)) from error
        except OSError as error:
            raise httpcore.ConnectError(str(error)) from error
        try:
            for option in socket_options or ():
                stream.transport.get_extra_info("socket").setsockopt(*option)
        except BaseException:
            stream.transport.abort()
            raise
        return stream


class AsyncioStream(httpcore.AsyncNetworkStream, asyncio.Protocol):
    """One connection, with the bytes that were received and not yet read."""

    transport: asyncio.Transport
    receive: Callable[[bytes], object] | None = None
    """Takes bytes as they arrive, in the place of `read`."""

    def __init__(self) -> None:
        self._came = bytearray()
        self.is_over = self._is_lost = self.is_full = self._is_paused = False
        self._problem: Exception | None = None
        self._is_readable: Callable[[], bool] = bool
        self._loop = asyncio.get_running_loop()
        self._news: asyncio.Future[None] | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._until = math.inf

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        try:
            while not self._came and not self.is_over:
                await self.change(timeout)
        except TimeoutError as error:
            raise httpcore.ReadTimeout("no answer in time") from error
        if not self._came and self._problem is not None:
            raise httpcore.ReadError(str(self._problem)) from None
        return self.taken(max_bytes)

    def taken(self, max_bytes: int = sys.maxsize) -> bytes:
        """The bytes that have arrived and were not read, up to this many."""
        if len(self._came) <= max_bytes:
            data = bytes(self._came)
            self._came.clear()
        else:
            data = bytes(self._came[:max_bytes])
            del self._came[:max_bytes]
        if self._is_paused and not self._came and not self.transport.is_closing():
            self._is_paused = False
            self.transport.resume_reading()
        return data

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:
        if not buffer:
            return
        if self.transport.is_closing():
            raise NothingLeft("the connection is closed")
        self.transport.write(buffer)
        if self.is_full or self._is_lost:
            await self.drained(timeout)

    async def drained(self, timeout: float | None = None) -> None:
        """Wait until more can be written. Raises an exception of httpcore."""
        try:
            while self.is_full and not self._is_lost:
                if self._came or self.is_over:
                    # After a failed write httpcore reads. An early answer may be the only one.
                    raise httpcore.WriteError("the other side answered before it had read all")
                await self.change(timeout)
        except TimeoutError as error:
            raise httpcore.WriteTimeout("the other side does not read") from error
        if self._is_lost:
            raise httpcore.WriteError("the connection was lost")

    async def aclose(self) -> None:
        """Close the connection, and return once its socket is closed."""
        self.transport.abort()
        for _ in range(_PATIENCE):
            if self._is_lost:
                return
            await asyncio.sleep(0)

    async def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.AsyncNetworkStream:
        try:
            async with asyncio.timeout(timeout):
                made = await self._loop.start_tls(self.transport, self, ssl_context, server_hostname=server_hostname)
        except TimeoutError as error:
            self.transport.abort()
            raise httpcore.ConnectTimeout(str(error)) from error
        except OSError as error:
            self.transport.abort()
            raise httpcore.ConnectError(str(error)) from error
        except BaseException:
            self.transport.abort()
            raise
        if made is None:
            raise httpcore.ConnectError("the connection was lost")
        self.transport = made
        return self

    def get_extra_info(self, info: str) -> Any:
        if info == "is_readable":
            return self.is_busy() or self._is_readable()
        names = {"client_addr": "sockname", "server_addr": "peername"}
        return self.transport.get_extra_info(names.get(info, info))

    def is_busy(self) -> bool:
        """True if it can't be used again: it has ended, or some bytes were not read, or not sent."""
        # Bytes still to be written belong to the previous request, and the other side may never read them.
        is_over = bool(self._came) or self.is_over or self.transport.is_closing()
        return is_over or self.transport.get_write_buffer_size() > 0

    # --- waiting

    async def change(self, timeout: float | None) -> None:
        """Wait until something changes. Raises `TimeoutError` if nothing does within `timeout` seconds."""
        self._until = math.inf if timeout is None else self._loop.time() + timeout
        news = self._news = self._loop.create_future()
        self._set_timer()
        try:
            await news
        finally:
            self._news = None

    def _set_timer(self) -> None:
        # One timer serves many waits: setting one for each takes as long as parsing an answer.
        if self._timer is not None:
            if self._timer.when() <= self._until:
                return
            self._timer.cancel()
            self._timer = None
        if self._until < math.inf:
            self._timer = self._loop.call_at(self._until, self._on_time)

    def _on_time(self) -> None:
        self._timer = None
        if self._news is None or self._news.done():
            return
        if self._loop.time() < self._until:
            self._set_timer()
        else:
            self._news.set_exception(TimeoutError())

    def _tell(self) -> None:
        if self._news is not None and not self._news.done():
            self._news.set_result(None)

    # --- callbacks of asyncio

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast("asyncio.Transport", transport)
        self._is_readable = readable(transport.get_extra_info("socket"))

    def data_received(self, data: bytes) -> None:
        if self.receive is not None:
            self.receive(data)
            self._tell()
            return
        self._came += data
        if len(self._came) > _ENOUGH and not self._is_paused:
            self._is_paused = True
            self.transport.pause_reading()
        self._tell()

    def eof_received(self) -> None:
        self.is_over = True
        self._tell()

    def pause_writing(self) -> None:
        self.is_full = True

    def resume_writing(self) -> None:
        self.is_full = False
        self._tell()

    def connection_lost(self, exc: Exception | None) -> None:
        self.is_over = self._is_lost = True
        self._problem = exc
        if self._timer is not None:
            self._timer.cancel()
        self._tell()
