"""Connections in asyncio's or uvloop's event loop for httpcore, whose own go through anyio at twice the price."""

from __future__ import annotations

import asyncio
import math
import ssl
from collections.abc import Callable, Iterable
from typing import Any, cast

from .core import httpcore
from .socket_backend import NothingLeft
from .sockets import readable

_ENOUGH = 1 << 18  # bytes that nobody has read yet
_PATIENCE = 100  # turns of the event loop in which a connection is closed


class AsyncioBackend(httpcore.AsyncNetworkBackend):
    """Opens them. Deadlines, and the addresses of a name, are seen to above."""

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
    """One of them: what has come and was not read, and who waits for more."""

    transport: asyncio.Transport

    def __init__(self) -> None:
        self._came = bytearray()
        self._is_over = self._is_lost = self._is_full = self._is_paused = False
        self._problem: Exception | None = None
        self._is_readable: Callable[[], bool] = bool
        self._loop = asyncio.get_running_loop()
        self._news: asyncio.Future[None] | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._until = math.inf

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        try:
            while not self._came and not self._is_over:
                await self._wait(timeout)
        except TimeoutError as error:
            raise httpcore.ReadTimeout("no answer in time") from error
        if not self._came and self._problem is not None:
            raise httpcore.ReadError(str(self._problem)) from None
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
        try:
            while self._is_full and not self._is_lost:
                if self._came or self._is_over:
                    # httpcore goes on to read: an answer that came so early may be all that comes.
                    raise httpcore.WriteError("the other side answered before it had read all")
                await self._wait(timeout)
        except TimeoutError as error:
            raise httpcore.WriteTimeout("the other side does not read") from error
        if self._is_lost:
            raise httpcore.WriteError("the connection was lost")

    async def aclose(self) -> None:
        """Close it, and return once the socket is closed."""
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
            # What is still to be written belongs to the request before: the other side may never read it.
            is_busy = bool(self._came) or self._is_over or self.transport.is_closing()
            return is_busy or self.transport.get_write_buffer_size() > 0 or self._is_readable()
        names = {"client_addr": "sockname", "server_addr": "peername"}
        return self.transport.get_extra_info(names.get(info, info))

    # --- waiting

    async def _wait(self, timeout: float | None) -> None:
        """Wait until something changes. Raises `TimeoutError` where nothing does in so many seconds."""
        self._until = math.inf if timeout is None else self._loop.time() + timeout
        news = self._news = self._loop.create_future()
        self._set_timer()
        try:
            await news
        finally:
            self._news = None

    def _set_timer(self) -> None:
        # One for many waits: to set one for each takes as long as parsing an answer does.
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

    # --- what asyncio calls

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast("asyncio.Transport", transport)
        self._is_readable = readable(transport.get_extra_info("socket"))

    def data_received(self, data: bytes) -> None:
        self._came += data
        if len(self._came) > _ENOUGH and not self._is_paused:
            self._is_paused = True
            self.transport.pause_reading()
        self._tell()

    def eof_received(self) -> None:
        self._is_over = True
        self._tell()

    def pause_writing(self) -> None:
        self._is_full = True

    def resume_writing(self) -> None:
        self._is_full = False
        self._tell()

    def connection_lost(self, exc: Exception | None) -> None:
        self._is_over = self._is_lost = True
        self._problem = exc
        if self._timer is not None:
            self._timer.cancel()
        self._tell()
