"""A connection without an event loop: a socket that never blocks, and a poll that ends by the deadline."""

from __future__ import annotations

import contextlib
import select
import socket
import time
from collections.abc import Iterable
from typing import Any

from .incoming import Incoming
from .sockets import left

EXPIRY = 3.0  # seconds: the gateway's server closes idle connections after five
_PIECE = 1 << 16
_LONGEST = 3600.0  # seconds of one wait: what the system takes is limited
_IN, _OUT = getattr(select, "POLLIN", 1), getattr(select, "POLLOUT", 4)


class Connection:
    """An open socket. `has_sent` says whether any byte of the latest request may have left."""

    def __init__(self, opened: socket.socket) -> None:
        opened.setblocking(False)
        self._socket, self._poll = opened, _Poll(opened)
        self._idle_until = 0.0
        self.has_sent = False
        self._is_tls = hasattr(opened, "pending")
        self._wants_read: tuple[type[Exception], ...] = (BlockingIOError,)
        self._wants_write: tuple[type[Exception], ...] = self._wants_read
        if self._is_tls:
            import ssl

            self._wants_read, self._wants_write = (ssl.SSLWantReadError,), (ssl.SSLWantWriteError,)

    def exchange(self, pieces: Iterable[bytes], incoming: Incoming, until: float) -> bool:
        """Send a request and read its answer. Says whether the request was sent whole.

        Raises:
            TimeoutError: It is not over by `until`, on the monotonic clock.
            OSError: The connection broke.
            Unreadable: The body of the request can't be read.
        """
        # What TLS makes of the bytes may have left in part even where it says that nothing did.
        self.has_sent = self._is_tls
        is_whole = self._write(pieces, incoming, until)
        while not incoming.is_over:
            self._take(self._read(until), incoming)
        self._idle_until = time.monotonic() + EXPIRY
        return is_whole

    def is_expired(self) -> bool:
        """Whether it was idle for too long."""
        return time.monotonic() >= self._idle_until

    def is_fresh(self) -> bool:
        """Whether it may be used: what can be read while nothing was asked is the end, or nothing of ours."""
        if self.is_expired() or self._poll.ready(_IN, 0.0):
            return False
        return not (self._is_tls and self._socket.pending())  # type: ignore[attr-defined]

    def shut(self) -> None:
        """End it for the thread that waits on it, from another one."""
        with contextlib.suppress(OSError):  # where the other side was first
            # Not the TLS socket's own, after which that thread would go on in the clear.
            socket.socket.shutdown(self._socket, socket.SHUT_RDWR)

    def close(self) -> None:
        """Give it up."""
        self._socket.close()

    def __repr__(self) -> str:
        return "<Connection>"

    def _write(self, pieces: Iterable[bytes], incoming: Incoming, until: float) -> bool:
        """Send all of it, unless an answer comes before that, or the other side is gone. Says whether all was sent."""
        for piece in pieces:
            rest = memoryview(piece)
            while rest:
                try:
                    sent = self._socket.send(rest)
                except self._wants_write:
                    if self._wait(_IN | _OUT, until) & ~_OUT and self._is_answered(incoming):
                        return False
                except self._wants_read:
                    self._wait(_IN, until)
                except OSError:
                    if not self.has_sent:
                        raise
                    # It may have answered before it closed.
                    return False
                else:
                    self.has_sent = True
                    rest = rest[sent:]
        return True

    def _is_answered(self, incoming: Incoming) -> bool:
        with contextlib.suppress(*self._wants_read, *self._wants_write):
            self._take(self._socket.recv(_PIECE), incoming)
        return incoming.is_over

    def _read(self, until: float) -> bytes:
        if not self._is_tls:  # TLS may have read ahead
            self._wait(_IN, until)
        while True:
            try:
                return self._socket.recv(_PIECE)
            except self._wants_read:
                self._wait(_IN, until)
            except self._wants_write:
                self._wait(_OUT, until)

    @staticmethod
    def _take(data: bytes, incoming: Incoming) -> None:
        if data:
            incoming.feed(data)
        else:
            incoming.eof()

    def _wait(self, mask: int, until: float) -> int:
        while True:
            ready = self._poll.ready(mask, min(left(until), _LONGEST))
            if ready:
                return ready


class _Poll:
    """`select.poll` for one socket, or what Windows has in place of it."""

    def __init__(self, opened: socket.socket) -> None:
        self._socket, self._mask = opened, _IN
        self._poll: Any = select.poll() if hasattr(select, "poll") else None
        if self._poll is not None:
            self._poll.register(opened, _IN)

    def ready(self, mask: int, seconds: float) -> int:
        """What of it is ready before so many seconds are over; 0 where nothing is."""
        if self._poll is None:
            writing = [self._socket] if mask & _OUT else []
            read, written, _ = select.select([self._socket] if mask & _IN else [], writing, [], seconds)
            return (_IN if read else 0) | (_OUT if written else 0)
        if mask != self._mask:
            self._poll.modify(self._socket, mask)
            self._mask = mask
        # Rounded up: a millisecond too early would be another turn of the loop.
        events = self._poll.poll(int(seconds * 1000) + 1 if seconds else 0)
        return events[0][1] if events else 0
