"""A connection in an event loop: one exchange at a time."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterable, Iterator
from typing import cast

from ...steps import Failure
from .. import sockets
from ..failed import SILENT
from .incoming import Incoming

End = Failure | Exception | None
"""What went wrong in an exchange; None where an answer came to its end, or the connection did."""


class Wire(asyncio.Protocol):
    """An open connection. It is used again only after an exchange that ended as it should, with nothing behind it."""

    def __init__(self, loop: asyncio.AbstractEventLoop, lost: Callable[[Wire], object]) -> None:
        self._loop, self._lost = loop, lost
        self._transport: asyncio.Transport | None = None
        self._is_readable: Callable[[], bool] = bool
        self._timer: asyncio.TimerHandle | None = None
        self._until = self._timer_at = self._idle_since = 0.0
        self._is_paused = False
        # What is left to write; None where nothing is.
        self._pieces: Iterator[bytes] | None = None
        # These two are there during an exchange.
        self._incoming: Incoming | None = None
        self._over: asyncio.Future[End] | None = None

    def begin(self, pieces: Iterable[bytes], incoming: Incoming, until: float) -> asyncio.Future[End]:
        """Send a request; its answer is in `incoming` once what is returned is done, or that says what went wrong.

        It is done by `until` on the monotonic clock. Raises what reading an upload raises.
        """
        self._incoming, self._until = incoming, until
        over = self._over = self._loop.create_future()
        if self._timer is None or until < self._timer_at:
            self._set_timer()
        self._pieces = iter(pieces)
        self._write()
        return over

    def rest(self) -> bool:
        """Nothing is asked of it any more. Returns whether it may be used again."""
        transport, incoming, over = self._transport, self._incoming, self._over
        # An answer to half a request: the server may not read the rest.
        is_whole = self._pieces is None and transport is not None and not transport.get_write_buffer_size()
        self._pieces = self._incoming = self._over = None
        self._idle_since = time.monotonic()
        is_answered = over is not None and over.done() and not over.cancelled()
        return is_answered and is_whole and incoming is not None and incoming.is_kept and not self.is_closed

    def is_fresh(self) -> bool:
        """Whether it may be used: what can be read while nothing was asked is the end, or nothing of ours."""
        return not self.is_closed and time.monotonic() - self._idle_since < sockets.EXPIRY and not self._is_readable()

    @property
    def is_closed(self) -> bool:
        """Whether nothing can be sent any more."""
        return self._transport is None or self._transport.is_closing()

    def abort(self) -> None:
        """Close it at once; `connection_lost` comes after that."""
        if self._transport is not None:
            self._transport.abort()

    def _write(self) -> None:
        """Write until all is written, or so much that the event loop says it is enough for now."""
        transport, pieces = self._transport, self._pieces
        assert transport is not None
        while pieces is not None and not self._is_paused:
            if (piece := next(pieces, None)) is None:
                pieces = self._pieces = None
            else:
                transport.write(piece)

    def _end(self, end: End = None) -> None:
        if self._over is not None and not self._over.done():
            self._over.set_result(end)

    def _set_timer(self) -> None:
        # One for many exchanges: setting and cancelling one for each costs more than parsing the answer does.
        if self._timer is not None:
            self._timer.cancel()
        self._timer_at = self._until
        self._timer = self._loop.call_later(max(self._until - time.monotonic(), 0.001), self._on_time)

    def _on_time(self) -> None:
        self._timer = None
        if self._over is None or self._over.done():
            return
        if time.monotonic() < self._until:
            self._set_timer()
        else:
            self._end(SILENT)

    def __repr__(self) -> str:
        return "<Wire>"

    # --- what asyncio calls

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)
        self._is_readable = sockets.readable(transport.get_extra_info("socket"))

    def pause_writing(self) -> None:
        self._is_paused = True

    def resume_writing(self) -> None:
        self._is_paused = False
        try:
            self._write()
        except Exception as error:  # of reading an upload
            self._end(error)

    def data_received(self, data: bytes) -> None:
        incoming = self._incoming
        if incoming is None:
            self.abort()
            return
        incoming.feed(data)
        if incoming.is_over:
            self._end()

    def eof_received(self) -> None:
        if self._incoming is not None:
            self._incoming.eof()
            self._end()

    def connection_lost(self, exc: Exception | None) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if self._incoming is not None:
            self._incoming.eof()
            self._end(exc)
        self._lost(self)
