"""A connection in an event loop: one exchange at a time, driven by callbacks alone."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, cast

from ..envelope import Answer
from ..steps import Failure
from .failed import SILENT, failed, unsent
from .heads import Unreadable
from .incoming import Incoming
from .sockets import is_readable

if TYPE_CHECKING:
    from .direct_async import Pool

EXPIRY = 3.0  # seconds: the gateway's server closes idle connections after five
# Seconds of idleness that the event loop may have slept through: it has not told yet what happened to the connection.
_MOMENT = 0.001

Done = Callable[[Answer | Failure], object]


class Exchange:
    """A request and what becomes of it. It waits for a connection, then for one to be opened, then has one."""

    __slots__ = ("done", "incoming", "pieces", "pool", "task", "timer", "until", "wire")

    def __init__(self, pool: Pool, timeout: float, done: Done) -> None:
        self.pool, self.until = pool, time.monotonic() + timeout
        self.done: Done | None = done
        self.pieces: Iterable[bytes] = ()
        self.incoming: Incoming | None = None
        # Only until there is a connection, which has a timer of its own.
        self.timer: asyncio.TimerHandle | None = None
        self.task: asyncio.Task[None] | None = None
        self.wire: Wire | None = None

    def end(self, outcome: Answer | Failure) -> None:
        """Say what became of it, unless nobody wants to know any longer."""
        done = self._over()
        if done is not None:
            done(outcome)

    def cancel(self) -> None:
        """Give it up, and its connection with it."""
        wire, task = self.wire, self.task
        if self._over() is None:
            return
        if wire is not None:
            wire.exchange = None
            wire.abort()
        elif task is not None:
            task.cancel()
        else:
            self.pool.line.pop(self, None)

    def _over(self) -> Done | None:
        done, self.done = self.done, None
        if self.timer is not None:
            self.timer.cancel()
        self.timer = self.task = self.wire = None
        self.pieces = ()
        return done

    def __repr__(self) -> str:
        return "<Exchange>"


class Wire(asyncio.Protocol):
    """An open connection. It belongs to its pool once that has counted it."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool
        self._transport: asyncio.Transport | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._timer_at = self._idle_since = 0.0
        self.exchange: Exchange | None = None
        self.is_lost = self._is_paused = False
        # What is left to write; None where nothing is.
        self._pieces: Iterator[bytes] | None = None

    def carry(self, exchange: Exchange) -> None:
        """Send its request."""
        self.exchange, exchange.wire = exchange, self
        if self._timer is None or exchange.until < self._timer_at:
            self._set_timer(exchange.until)
        self._pieces, exchange.pieces = iter(exchange.pieces), ()
        self._send()

    def _send(self) -> None:
        """Write until all is written, or so much that the event loop says it is enough for now."""
        transport, pieces = self._transport, self._pieces
        assert transport is not None
        try:
            while pieces is not None and not self._is_paused:
                piece = next(pieces, None)
                if piece is None:
                    self._pieces = None
                    return
                transport.write(piece)
        except Exception as error:  # of reading an upload
            exchange, self.exchange, self._pieces = self.exchange, None, None
            self.abort()
            if exchange is not None:
                token = self._pool.token
                outcome = unsent(error, token) if isinstance(error, Unreadable) else failed(error, token)
                # Later: this may be within `begin`.
                self._pool.loop.call_soon(exchange.end, outcome)

    def is_fresh(self) -> bool:
        """Whether it may be used: what can be read while nothing was asked is the end, or nothing of ours."""
        transport = self._transport
        if transport is None or transport.is_closing():
            return False
        idle = time.monotonic() - self._idle_since
        return idle < _MOMENT or (idle < EXPIRY and not is_readable(transport.get_extra_info("socket")))

    def rest(self) -> None:
        """Nothing is asked of it for now."""
        self._idle_since = time.monotonic()

    def abort(self) -> None:
        """Close it at once; `connection_lost` comes after that."""
        if self._transport is not None:
            self._transport.abort()

    def _set_timer(self, until: float) -> None:
        # One for many exchanges: setting and cancelling one for each costs more than parsing the answer does.
        if self._timer is not None:
            self._timer.cancel()
        self._timer_at = until
        self._timer = self._pool.loop.call_later(max(until - time.monotonic(), 0.001), self._on_time)

    def _on_time(self) -> None:
        self._timer = None
        exchange = self.exchange
        if exchange is None:
            return
        if time.monotonic() < exchange.until:
            self._set_timer(exchange.until)
            return
        self.exchange = None
        self.abort()
        exchange.end(SILENT)

    def _end(self, exchange: Exchange) -> None:
        transport, incoming = self._transport, exchange.incoming
        assert transport is not None and incoming is not None
        self.exchange = None
        outcome = self._outcome(incoming)
        # An answer to half a request: the server may not read the rest.
        is_whole = self._pieces is None and not transport.get_write_buffer_size()
        if incoming.is_kept and is_whole and not transport.is_closing():
            self._pool.free(self)
        else:
            transport.abort()
        exchange.end(outcome)

    def _outcome(self, incoming: Incoming) -> Answer | Failure:
        token = self._pool.token
        try:
            return incoming.outcome(token)
        except Exception as error:
            # The event loop would log it, and nobody would end the exchange.
            return failed(error, token)

    def __repr__(self) -> str:
        return "<Wire>"

    # --- what asyncio calls

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)

    def pause_writing(self) -> None:
        self._is_paused = True

    def resume_writing(self) -> None:
        self._is_paused = False
        if self.exchange is not None:
            self._send()

    def data_received(self, data: bytes) -> None:
        exchange = self.exchange
        if exchange is None or exchange.incoming is None:
            self.abort()
            return
        exchange.incoming.feed(data)
        if exchange.incoming.is_over:
            self._end(exchange)

    def eof_received(self) -> None:
        exchange = self.exchange
        if exchange is not None and exchange.incoming is not None:
            exchange.incoming.eof()
            self._end(exchange)

    def connection_lost(self, exc: Exception | None) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self.is_lost, self._timer, self._pieces = True, None, None
        exchange, self.exchange = self.exchange, None
        self._pool.lost(self)
        if exchange is None or exchange.incoming is None:
            return
        if exc is None:
            exchange.incoming.eof()
            exchange.end(self._outcome(exchange.incoming))
        else:
            exchange.end(failed(exc, self._pool.token))
