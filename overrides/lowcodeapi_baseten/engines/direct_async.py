"""The async engine: connections of its own in asyncio's or uvloop's event loop, and any parser of answers.

The token is added in `heads.Heads`, and is then only in what is written. No exception leaves this module; of a
cancelled task the drivers in `client` cut the frames off.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import time
from collections import OrderedDict
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from ..auth import Token
from ..envelope import Answer
from ..steps import Failure, Send
from .direct_wire import Done, Exchange, Wire
from .failed import CLOSED, FULL, trusting, unmade, unsent
from .heads import Heads
from .incoming import Parser
from .sockets import async_addresses, left
from .tls import tls_of

if TYPE_CHECKING:
    import ssl

    from .pooled_async import AsyncPooled

MOST = 256


class AsyncDirectEngine:
    """Up to `most` requests at a time; the others wait in line. In another loop or process, new connections.

    On trio, which has no such loop, httpcore sends.
    """

    def __init__(self, origin: str, token: Token, max_bytes: int, parser: Parser, most: int = MOST) -> None:
        self._origin, self._token, self._max_bytes, self._most = origin, token, max_bytes, most
        self._heads, self._parser = Heads(origin, token), parser
        self.is_closed = False
        self._pool: Pool | None = None
        self._on_trio: AsyncPooled | None = None

    def begin(self, send: Send, done: Done) -> Callable[[], None]:
        """Start an exchange in the running event loop. `done`, which raises nothing, is called once, and later.

        What is returned cancels: the connection is closed, and `done` is not called.
        """
        loop = asyncio.get_running_loop()
        pool = self._pool
        if pool is None or pool.loop is not loop or pool.pid != os.getpid():
            pool = self._pool = Pool(loop, self._origin, self._token, self._most)
        exchange = Exchange(pool, send.timeout, done)
        if self.is_closed:
            loop.call_soon(exchange.end, CLOSED)
            return exchange.cancel
        try:
            exchange.pieces = self._heads.pieces(send)
            exchange.incoming = self._parser(self._max_bytes, send.method)
            pool.start(exchange)
        except Exception as error:
            loop.call_soon(exchange.end, unmade(error, self._token))
        return exchange.cancel

    async def exchange(self, send: Send) -> Answer | Failure:
        """Send one request and read its answer, all before `send.timeout` is over."""
        try:
            future: asyncio.Future[Answer | Failure] = asyncio.get_running_loop().create_future()
        except RuntimeError:
            return await self._without_asyncio().exchange(send)
        cancel = self.begin(send, partial(_settle, future))
        try:
            return await future
        except BaseException:
            cancel()
            raise

    def _without_asyncio(self) -> AsyncPooled:
        if self._on_trio is None:
            from .pooled_async import AsyncPooled

            self._on_trio = AsyncPooled(self._origin, self._token, self._max_bytes, self._most)
        return self._on_trio

    async def aclose(self) -> None:
        """Close the connections; those of another process or event loop are left alone."""
        self.is_closed = True
        if self._on_trio is not None:
            await self._on_trio.aclose()
        pool = self._pool
        if pool is not None and pool.pid == os.getpid():
            with contextlib.suppress(RuntimeError):  # on trio there is no such loop
                if pool.loop is asyncio.get_running_loop():
                    await pool.aclose()

    def __repr__(self) -> str:
        return f"<{type(self).__name__}>"


def _settle(future: asyncio.Future[Answer | Failure], outcome: Answer | Failure) -> None:
    if not future.done():
        future.set_result(outcome)


class Pool:
    """The connections of one event loop, those that are being opened, and who waits for one."""

    def __init__(self, loop: asyncio.AbstractEventLoop, origin: str, token: Token, most: int) -> None:
        parts = urlsplit(origin)
        self._host, self._is_tls = parts.hostname or "", parts.scheme == "https"
        self._port = parts.port or (443 if self._is_tls else 80)
        self._origin, self._most = origin, most
        self._tls: ssl.SSLContext | None = None
        self.loop, self.token, self.pid = loop, token, os.getpid()
        self.line: OrderedDict[Exchange, None] = OrderedDict()
        self._idle: list[Wire] = []
        self._open: set[Wire] = set()
        self._opening: dict[asyncio.Task[None], Exchange] = {}
        self._is_closed = False

    def start(self, exchange: Exchange) -> None:
        """Give it a connection that is idle, open one, or let it wait."""
        while self._idle:
            wire = self._idle.pop()
            if wire.is_fresh():
                wire.carry(exchange)
                return
            wire.abort()
        exchange.timer = self.loop.call_later(max(exchange.until - time.monotonic(), 0.0), self._late, exchange)
        if len(self._open) + len(self._opening) < self._most:
            self._open_for(exchange)
        else:
            self.line[exchange] = None

    def _open_for(self, exchange: Exchange) -> None:
        task = exchange.task = self.loop.create_task(self._opened(exchange))
        self._opening[task] = exchange
        task.add_done_callback(self._was_opened)

    async def _opened(self, exchange: Exchange) -> None:
        try:
            wire = await self._connected(exchange.until)
        except Exception as error:
            # Later: a task may have been started eagerly, within `begin`.
            self.loop.call_soon(exchange.end, unsent(error, self.token))
            return
        if self._is_closed or wire.is_lost:
            wire.abort()
            outcome = CLOSED if self._is_closed else unsent(ConnectionError("it was closed"), self.token)
            self.loop.call_soon(exchange.end, outcome)
            return
        self._open.add(wire)
        self._given(wire, exchange)

    async def _connected(self, until: float) -> Wire:
        if self._is_tls and self._tls is None:
            with trusting():
                self._tls = tls_of(self._origin)
        found = await async_addresses(self._host, self._port)
        name = self._host if self._tls else None
        problem = OSError(f"{self._host} has no address")
        for number, (family, _, _, _, address) in enumerate(found):
            connecting = self.loop.create_connection(
                partial(Wire, self), address[0], self._port, family=family, ssl=self._tls, server_hostname=name
            )
            try:
                # One that is silent must leave time for the next.
                async with asyncio.timeout(left(until) / (len(found) - number)):
                    _, wire = await connecting
            except OSError as error:
                problem = error
            else:
                return wire
        raise problem

    def _was_opened(self, task: asyncio.Task[None]) -> None:
        exchange = self._opening.pop(task)
        if task.cancelled():
            exchange.end(CLOSED)
        self._next()

    def _given(self, wire: Wire, exchange: Exchange) -> None:
        if exchange.done is None:
            self.free(wire)
            return
        if exchange.timer is not None:
            exchange.timer.cancel()
        exchange.timer = exchange.task = None
        wire.carry(exchange)

    def free(self, wire: Wire) -> None:
        """A connection has nothing to do."""
        if self._is_closed:
            wire.abort()
        elif self.line:
            exchange, _ = self.line.popitem(last=False)
            self._given(wire, exchange)
        else:
            wire.rest()
            self._idle.append(wire)

    def lost(self, wire: Wire) -> None:
        """A connection is no more."""
        if wire in self._open:
            self._open.discard(wire)
            if wire in self._idle:
                self._idle.remove(wire)
            self._next()

    def _next(self) -> None:
        """Open a connection for who waits, if there is room."""
        if self.line and not self._is_closed and len(self._open) + len(self._opening) < self._most:
            exchange, _ = self.line.popitem(last=False)
            self._open_for(exchange)

    def _late(self, exchange: Exchange) -> None:
        if exchange.task is None:
            self.line.pop(exchange, None)
            exchange.end(FULL)
        else:
            exchange.task.cancel()
            exchange.end(unsent(TimeoutError("no connection was made in time"), self.token))

    async def aclose(self) -> None:
        """Close all, and end what is under way. It returns once the sockets are closed."""
        self._is_closed = True
        waiting, self.line = list(self.line), OrderedDict()
        for exchange in waiting:
            exchange.end(CLOSED)
        for task in list(self._opening):
            task.cancel()
        for wire in list(self._open):
            wire.abort()
        while self._open or self._opening:
            await asyncio.sleep(0)
