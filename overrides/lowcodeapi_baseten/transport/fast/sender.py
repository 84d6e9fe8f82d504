"""Sends over the connections of one event loop: takes an idle one or opens one, and gives it back.

The token is added in `request.Requests`, and is then only in the written bytes. The only exception that leaves
`exchange` is a cancellation, and the drivers drop its frames.
"""

from __future__ import annotations

import asyncio
import time
from collections import OrderedDict
from collections.abc import Coroutine
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import urlsplit

from ...envelope import Answer
from ...forks import renew_in_child
from ...secrets import Token
from ...steps import Failure, Send
from ..environment import tls_of, trusting
from ..failed import CLOSED, FULL, failed, unmade, unsent
from ..outgoing import Unreadable
from ..sockets import async_addresses, left
from ..waits import AsyncHere, asyncio_loop
from .deadlines import Deadlines, end
from .incoming import Incoming
from .request import Requests
from .wire import Wire

if TYPE_CHECKING:
    import ssl

T = TypeVar("T")


class Full(Exception):
    """All connections were in use, and none became free in time."""


class FastSender:
    """Sends up to `most` requests at a time; the others wait in line. Each loop and process has its own connections.

    Attributes:
        is_closed: True if nothing more is sent.
    """

    def __init__(self, origin: str, token: Token, max_bytes: int, most: int) -> None:
        self._origin, self._token, self._max_bytes, self._most = origin, token, max_bytes, most
        self._requests = Requests(origin, token)
        self.is_closed = False
        self._parents: list[object] = []
        self._here = AsyncHere(self._none_yet)
        renew_in_child(self)

    def _none_yet(self) -> Connections:
        if asyncio_loop() is None:
            raise RuntimeError("the fast transport runs on asyncio")
        return Connections(asyncio.get_running_loop(), self._origin, self._most)

    def in_child(self) -> None:
        """Start without connections. Hold on to the parent's, or the garbage collector would close them here."""
        self._parents.append(self._here)
        self._here = AsyncHere(self._none_yet)

    async def exchange(self, send: Send) -> Answer | Failure:
        """Send one request and read its answer, all within `send.timeout` seconds."""
        until = time.monotonic() + send.timeout
        if self.is_closed:
            return CLOSED
        try:
            pieces = self._requests.pieces(send)
            connections = self._here.here()
        except Exception as error:
            return unmade(error, self._token)
        try:
            wire = connections.idle() or await connections.opened(until)
        except Full:
            return CLOSED if self.is_closed else FULL
        except Exception as error:
            return CLOSED if self.is_closed else unsent(error, self._token)
        if self.is_closed:  # closed in the same step of the loop in which it was connected
            connections.give_back(wire)
            return CLOSED
        # From here on, bytes may have left.
        incoming, over = Incoming(self._max_bytes, send.method), connections.deadlines.future(until)
        try:
            wire.begin(pieces, incoming, over)
            await over
            return incoming.outcome(self._token)
        except Unreadable as error:
            return unsent(error, self._token)
        except Exception as error:
            return failed(error, self._token)
        finally:
            connections.give_back(wire)
            connections.deadlines.forget(over)

    async def aclose(self) -> None:
        """Close the connections of this event loop. Those of another loop or process are left alone."""
        self.is_closed = True
        if asyncio_loop() is not None:
            await self._here.here().aclose()

    def __repr__(self) -> str:
        return f"<{type(self).__name__}>"


class Connections:
    """The connections of one event loop, and the line of calls that wait for one."""

    def __init__(self, loop: asyncio.AbstractEventLoop, origin: str, most: int) -> None:
        parts = urlsplit(origin)
        self._host, self._is_tls = parts.hostname or "", parts.scheme == "https"
        self._port = parts.port or (443 if self._is_tls else 80)
        self._origin = origin
        self._tls: ssl.SSLContext | None = None
        self.loop = loop
        # The number of calls that have or open a connection, and the line of calls that wait.
        self._most, self._taken = most, 0
        self._line: OrderedDict[asyncio.Future[None], None] = OrderedDict()
        self._idle: list[Wire] = []
        self._open: set[Wire] = set()
        # Futures of calls that open a connection: closing ends them early.
        self._opening: set[asyncio.Future[None]] = set()
        self.deadlines = Deadlines(loop)

    def idle(self) -> Wire | None:
        """Take an idle connection; None if there is none. It is the caller's until given back."""
        while self._idle and self._taken < self._most:
            wire = self._idle.pop()
            if wire.is_fresh():
                self._taken += 1
                return wire
            wire.abort()
        return None

    async def opened(self, until: float) -> Wire:
        """Take a new connection, or one that became free. Raises `Full`, or the exception of connecting."""
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
            wire = await self._connected(until)
            if wire.is_closed:
                raise ConnectionError("it was closed")
            return wire
        except BaseException as error:
            self._leave()
            if isinstance(error, TimeoutError):
                raise TimeoutError("no connection was made in time") from None
            raise

    def give_back(self, wire: Wire) -> None:
        """Take a connection back: keep it if it can be used again, else close it."""
        if wire.rest():
            self._idle.append(wire)
        else:
            wire.abort()
        self._leave()

    async def _waited(self, until: float) -> None:
        turn = self.deadlines.future(until)
        self._line[turn] = None
        try:
            await turn
        except TimeoutError:
            raise Full from None
        except BaseException:
            if turn.done() and not turn.cancelled() and turn.exception() is None:
                self._leave()  # the turn came at the same moment
            raise
        finally:
            self.deadlines.forget(turn)
            self._line.pop(turn, None)

    def _leave(self) -> None:
        while self._line:
            turn, _ = self._line.popitem(last=False)
            if not turn.done():
                turn.set_result(None)
                return
        self._taken -= 1

    async def _connected(self, until: float) -> Wire:
        if self._is_tls and self._tls is None:
            with trusting():
                self._tls = tls_of(self._origin)
        found = await self._within(until, async_addresses(self._host, self._port))
        problem = OSError(f"{self._host} has no address")
        for number, (family, _, _, _, address) in enumerate(found):
            # A silent address must leave time for the next one.
            share = time.monotonic() + left(until) / (len(found) - number)
            wire = Wire(self._open.add, self._lost)
            connecting = self.loop.create_connection(
                lambda wire=wire: wire,
                address[0],
                self._port,
                family=family,
                ssl=self._tls,
                server_hostname=self._host if self._tls else None,
            )
            try:
                await self._within(share, connecting)
                return wire
            except BaseException as error:
                # It may have connected in the same step. uvloop may not report that it is lost.
                wire.abort()
                self._open.discard(wire)
                if not isinstance(error, OSError):
                    raise
                problem = error
        raise problem

    async def _within(self, until: float, coroutine: Coroutine[Any, Any, T]) -> T:
        """The coroutine's result. Raises `TimeoutError` at the deadline, and never leaves it running."""
        over, task = self.deadlines.future(until), self.loop.create_task(coroutine)

        def ended(task: asyncio.Task[T]) -> None:
            self._opening.discard(over)
            if not over.done():
                over.set_result(None)
            if not task.cancelled():
                task.exception()  # mark it as seen, in case nobody awaits it any more

        self._opening.add(over)
        task.add_done_callback(ended)
        try:
            await over
            return task.result()
        finally:
            self.deadlines.forget(over)
            if task.cancel():
                await asyncio.wait([task])

    def _lost(self, wire: Wire) -> None:
        self._open.discard(wire)
        if wire in self._idle:
            self._idle.remove(wire)

    async def aclose(self) -> None:
        """Close all connections and end all calls. Returns once the sockets are closed."""
        for future in (*self._line, *self._opening):
            end(future)
        while self._open or self._opening or self._line:
            for wire in self._open:
                wire.abort()
            await asyncio.sleep(0)
        self.deadlines.close()
