"""One connection of the fast wire: the one of `asyncio_backend`, without httpcore's HTTP."""

from __future__ import annotations

import time
from collections.abc import Iterable
from typing import Any
from urllib.parse import urlsplit

from .. import sockets
from .._async.backend import AsyncBackend
from ..asyncio_backend import AsyncioBackend
from ..core import httpcore
from ..environment import Means
from .incoming import Incoming


class Wire:
    """A connection, opened by its first exchange. It stands in `AsyncLane` for an `AsyncTransport`."""

    def __init__(self, origin: str, means: Means) -> None:
        self._means, parts = means, urlsplit(origin)
        self._host, self._is_tls = parts.hostname or "", parts.scheme == "https"
        self._port = parts.port or (443 if self._is_tls else 80)
        self.backend = AsyncBackend(AsyncioBackend())
        self._stream: Any = None
        self._idle_since = 0.0

    def is_open(self) -> bool:
        """True if it can carry a request. If it is readable, it has ended or has bytes that are no answer."""
        return self._stream is not None and not (self.has_expired() or self._stream.get_extra_info("is_readable"))

    async def open(self) -> None:
        """Connect. The errand's deadline holds."""
        stream, self._stream = self._stream, None
        if stream is not None:
            await stream.aclose()
        tls = self._means.known()["verify"] if self._is_tls else None
        made = await self.backend.connect_tcp(self._host, self._port)
        if tls is not None:
            made = await made.start_tls(tls, self._host)
        self._stream = made.get_extra_info("inner")

    async def carry(self, pieces: Iterable[bytes], incoming: Incoming) -> bool:
        """Write a request and read its answer until the errand's deadline. True if the whole request was written."""
        stream, until = self._stream, self.backend.errand.until
        is_whole = False
        try:
            for piece in pieces:
                stream.transport.write(piece)
                if stream.is_full:
                    await stream.drained(sockets.left(until, httpcore.WriteTimeout))
            is_whole = True
        except httpcore.WriteError:
            pass  # the other side may have answered before it had read all
        try:
            stream.receive = incoming.feed
            if early := stream.taken():
                incoming.feed(early)
            while not incoming.is_over:
                if stream.is_over:
                    await stream.read(1)  # raises if the connection was lost: that is not the end of an answer
                    incoming.eof()
                else:
                    await stream.change(sockets.left(until, httpcore.ReadTimeout))
        finally:
            stream.receive = None
        self._idle_since = time.monotonic()
        return is_whole

    def is_fresh(self) -> bool:
        """True if it may be used again."""
        return self._stream is not None and not self._stream.is_busy()

    def has_expired(self) -> bool:
        """True if it was idle for too long."""
        return time.monotonic() - self._idle_since >= sockets.EXPIRY

    def abandon(self) -> None:
        """Leave it to the parent of a forked child, as it belongs to the parent's event loop."""

    async def aclose(self) -> None:
        """Close it. A call under way ends."""
        await self.backend.aclose()

    def __repr__(self) -> str:
        return "<Wire>"
