"""Sends over connections of one event loop: takes an idle one or opens one, and gives it back.

The token is added in `request.Requests`, and is then only in what is written. No exception leaves `exchange` but a
cancellation; of a cancelled task the drivers in `client` cut the frames off.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import time
from collections import OrderedDict
from collections.abc import AsyncIterator
from functools import partial
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from ...auth import Token
from ...envelope import Answer
from ...steps import Failure, Send
from ..failed import CLOSED, FULL, failed, trusting, unmade, unsent
from ..heads import Unreadable
from ..sockets import async_addresses, left
from ..tls import tls_of
from .incoming import Incoming
from .request import Requests
from .wire import Wire

if TYPE_CHECKING:
    import ssl

MOST = 256


class Full(Exception):
    """Every connection was in use, and none became free in time."""


class FastSender:
    """Up to `most` requests at a time; the others wait in line. In another loop or process, new connections.

    Attributes:
        is_closed: Nothing is sent any more.
    """

    def __init__(self, origin: str, token: Token, max_bytes: int, most: int = MOST) -> None:
        self._origin, self._token, self._max_bytes, self._most = origin, token, max_bytes, most
        self._requests = Requests(origin, token)
        self.is_closed = False
        self._connections: Connections | None = None

    async def exchange(self, send: Send) -> Answer | Failure:
        """Send one request and read its answer, all before `send.timeout` is over."""
        until = time.monotonic() + send.timeout
        if self.is_closed:
            return CLOSED
        try:
            pieces = self._requests.pieces(send)
            connections = self._of_this_loop()
        except Exception as error:
            return unmade(error, self._token)
        try:
            wire = connections.idle() or await connections.opened(until)
        except Full:
            return CLOSED if self.is_closed else FULL
        except Exception as error:
            return CLOSED if self.is_closed else unsent(error, self._token)
        if self.is_closed:  # in the very step in which it was made
            connections.give_back(wire)
            return CLOSED
        # From here on bytes may have left.
        incoming = Incoming(self._max_bytes, send.method)
        try:
            end = await wire.begin(pieces, incoming, until)
            if isinstance(end, Exception):
                raise end
            return incoming.outcome(self._token) if end is None else end
        except Unreadable as error:
            return unsent(error, self._token)
        except Exception as error:
            return failed(error, self._token)
        finally:
            connections.give_back(wire)

    def _of_this_loop(self) -> Connections:
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:
            raise RuntimeError("the fast transport runs on asyncio") from None
        known = self._connections
        if known is None or known.loop is not loop or known.pid != os.getpid():
            known = self._connections = Connections(loop, self._origin, self._most)
        return known

    async def aclose(self) -> None:
        """Close the connections; those of another process or event loop are left alone."""
        self.is_closed = True
        known = self._connections
        if known is not None and known.pid == os.getpid():
            with contextlib.suppress(RuntimeError):  # on trio there is no such loop
                if known.loop is asyncio.get_running_loop():
                    await known.aclose()

    def __repr__(self) -> str:
        return f"<{type(self).__name__}>"


class Connections:
    """The connections of one event loop, and who waits for one."""

    def __init__(self, loop: asyncio.AbstractEventLoop, origin: str, most: int) -> None:
        parts = urlsplit(origin)
        self._host, self._is_tls = parts.hostname or "", parts.scheme == "https"
        self._port = parts.port or (443 if self._is_tls else 80)
        self._origin = origin
        self._tls: ssl.SSLContext | None = None
        self.loop, self.pid = loop, os.getpid()
        # How many calls have a connection or are opening one, and who waits to be one of them.
        self._most, self._taken = most, 0
        self._line: OrderedDict[asyncio.Future[None], None] = OrderedDict()
        self._idle: list[Wire] = []
        self._open: set[Wire] = set()
        # The time of each call that has no connection yet: closing ends it early.
        self._limits: set[asyncio.Timeout] = set()

    def idle(self) -> Wire | None:
        """A connection that is idle, or None. Nobody else has it until it is given back."""
        while self._idle and self._taken < self._most:
            wire = self._idle.pop()
            if wire.is_fresh():
                self._taken += 1
                return wire
            wire.abort()
        return None

    async def opened(self, until: float) -> Wire:
        """A connection that is new, or that became free. Raises what opening one raises, and `Full`."""
        if self._taken < self._most:
            self._taken += 1
        else:
            await self._waited(until)
        try:
            while self._idle:
                wire = self._idle.pop()
                if wire.is_fresh():
                    return wire
                wire.abort()
            async with self._limit(until):
                wire = await self._connected(until)
            if wire.is_closed:
                raise ConnectionError("it was closed")
            self._open.add(wire)
            return wire
        except BaseException as error:
            self._leave()
            if isinstance(error, TimeoutError):
                raise TimeoutError("no connection was made in time") from None
            raise

    def give_back(self, wire: Wire) -> None:
        """It is used again, unless something is wrong with it."""
        if wire.rest():
            self._idle.append(wire)
        else:
            wire.abort()
        self._leave()

    async def _waited(self, until: float) -> None:
        turn: asyncio.Future[None] = self.loop.create_future()
        self._line[turn] = None
        try:
            async with self._limit(until):
                await turn
        except BaseException as error:
            if turn.done() and not turn.cancelled():
                self._leave()  # it came at the same moment
            if isinstance(error, TimeoutError):
                raise Full from None
            raise
        finally:
            self._line.pop(turn, None)

    def _leave(self) -> None:
        while self._line:
            turn, _ = self._line.popitem(last=False)
            if not turn.done():
                turn.set_result(None)
                return
        self._taken -= 1

    @contextlib.asynccontextmanager
    async def _limit(self, until: float) -> AsyncIterator[None]:
        async with asyncio.timeout(left(until)) as limit:
            self._limits.add(limit)
            try:
                yield
            finally:
                self._limits.discard(limit)

    async def _connected(self, until: float) -> Wire:
        if self._is_tls and self._tls is None:
            with trusting():
                self._tls = tls_of(self._origin)
        found = await async_addresses(self._host, self._port, until)
        name = self._host if self._tls else None
        problem = OSError(f"{self._host} has no address")
        for number, (family, _, _, _, address) in enumerate(found):
            try:
                # One that is silent must leave time for the next.
                async with asyncio.timeout(left(until) / (len(found) - number)):
                    _, wire = await self.loop.create_connection(
                        partial(Wire, self.loop, self._lost),
                        address[0],
                        self._port,
                        family=family,
                        ssl=self._tls,
                        server_hostname=name,
                    )
            except OSError as error:
                problem = error
            else:
                return wire
        raise problem

    def _lost(self, wire: Wire) -> None:
        self._open.discard(wire)
        if wire in self._idle:
            self._idle.remove(wire)

    async def aclose(self) -> None:
        """Close all, and end what is under way. It returns once the sockets are closed."""
        for limit in self._limits:
            if not limit.expired():
                limit.reschedule(self.loop.time())
        while self._open or self._limits:
            for wire in self._open:
                wire.abort()
            await asyncio.sleep(0)
