"""A connection in an event loop. It has one exchange at a time."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterable, Iterator
from typing import cast

from .. import sockets
from .incoming import Incoming


class Wire(asyncio.Protocol):
    """A connection. It is used again only after an exchange that ended cleanly, with no surplus bytes."""

    def __init__(self, made: Callable[[Wire], object], lost: Callable[[Wire], object]) -> None:
        self._made, self._lost = made, lost
        self._transport: asyncio.Transport | None = None
        self._is_readable: Callable[[], bool] = bool
        self._idle_since = 0.0
        self._is_paused = False
        # The rest of the request to write; None if nothing is left.
        self._pieces: Iterator[bytes] | None = None
        # These two are set only during an exchange.
        self._incoming: Incoming | None = None
        self._over: asyncio.Future[None] | None = None

    def begin(self, pieces: Iterable[bytes], incoming: Incoming, over: asyncio.Future[None]) -> None:
        """Send a request. `over` is done once the answer is in `incoming`, or the connection has ended.

        This, or `over`, raises the exception of reading an upload.
        """
        self._incoming, self._over, self._pieces = incoming, over, iter(pieces)
        self._write()

    def rest(self) -> bool:
        """End the exchange. True if the connection may be used again."""
        transport, incoming, over = self._transport, self._incoming, self._over
        # If the answer came before the whole request was sent, the server may not read the rest.
        is_whole = self._pieces is None and transport is not None and not transport.get_write_buffer_size()
        self._pieces = self._incoming = self._over = None
        self._idle_since = time.monotonic()
        is_answered = over is not None and over.done() and not over.cancelled() and over.exception() is None
        return is_answered and is_whole and incoming is not None and incoming.is_kept and not self.is_closed

    def is_fresh(self) -> bool:
        """True if it may be used. If an idle connection is readable, it has ended or has bytes that are no answer."""
        return not self.is_closed and time.monotonic() - self._idle_since < sockets.EXPIRY and not self._is_readable()

    @property
    def is_closed(self) -> bool:
        """True if nothing more can be sent."""
        return self._transport is None or self._transport.is_closing()

    def abort(self) -> None:
        """Close it at once. `connection_lost` is called later."""
        if self._transport is not None:
            self._transport.abort()

    def _write(self) -> None:
        """Write until all is written, or the event loop asks to pause."""
        transport, pieces = self._transport, self._pieces
        assert transport is not None
        while pieces is not None and not self._is_paused:
            if (piece := next(pieces, None)) is None:
                pieces = self._pieces = None
            else:
                transport.write(piece)

    def _end(self, error: Exception | None = None) -> None:
        over = self._over
        if over is None or over.done():
            return
        if error is None:
            over.set_result(None)
        else:
            over.set_exception(error)

    def __repr__(self) -> str:
        return "<Wire>"

    # --- callbacks of asyncio

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)
        self._is_readable = sockets.readable(transport.get_extra_info("socket"))
        self._made(self)

    def pause_writing(self) -> None:
        self._is_paused = True

    def resume_writing(self) -> None:
        self._is_paused = False
        try:
            self._write()
        except Exception as error:  # reading the upload failed
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
        if self._incoming is not None:
            self._incoming.eof()
            self._end(exc)
        self._lost(self)
