"""The sync engine: a few connections of its own, and any parser of answers.

The token is added in `heads.Heads`, and is then only in what is written. No exception leaves this module; of Ctrl-C the
drivers in `client` cut the frames off.
"""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from ..auth import Token
from ..envelope import Answer
from ..locks import Lock
from ..steps import Failure, Send
from .direct_socket import Connection
from .failed import CLOSED, FULL, failed, trusting, unmade, unsent
from .heads import Heads, Unreadable
from .incoming import Parser
from .slots import Slots
from .sockets import connected
from .tls import tls_of

if TYPE_CHECKING:
    import ssl

MOST = 100


class DirectEngine:
    """One request at a time per thread. Connections are opened when they are needed, and anew in a forked child."""

    def __init__(self, origin: str, token: Token, max_bytes: int, parser: Parser) -> None:
        parts = urlsplit(origin)
        self._host, self._is_tls = parts.hostname or "", parts.scheme == "https"
        self._port = parts.port or (443 if self._is_tls else 80)
        self._origin, self._token, self._max_bytes = origin, token, max_bytes
        self._heads, self._parser = Heads(origin, token), parser
        self._lock, self._pid, self._is_closed = Lock(), os.getpid(), False
        self._slots: Slots[Connection] = Slots(MOST)
        self._open: set[Connection] = set()
        self._tls: ssl.SSLContext | None = None

    def exchange(self, send: Send) -> Answer | Failure:
        """Send one request and read its answer, all before `send.timeout` is over."""
        until = time.monotonic() + send.timeout
        if self._is_closed:
            return CLOSED
        if self._pid != os.getpid():
            self._leave()
        slots = self._slots
        try:
            pieces = self._heads.pieces(send)
            incoming = self._parser(self._max_bytes, send.method)
            connection = slots.take(until)
        except TimeoutError:
            return FULL
        except Exception as error:
            return unmade(error, self._token)
        is_kept = False
        try:
            if self._is_closed:  # while it waited
                return CLOSED
            if connection is None or not connection.is_fresh():
                try:
                    connection = self._opened(until, connection)
                except Exception as error:
                    return CLOSED if self._is_closed else unsent(error, self._token)
            try:
                is_whole = connection.exchange(pieces, incoming, until)
                outcome = incoming.outcome(self._token)
            except Exception as error:
                is_unsent = isinstance(error, Unreadable) or not connection.has_sent
                return unsent(error, self._token) if is_unsent else failed(error, self._token)
            is_kept = is_whole and incoming.is_kept and not self._is_closed
            return outcome
        finally:
            # Ctrl-C comes here as well.
            if not is_kept and connection is not None:
                self._drop(connection)
            slots.give(connection if is_kept else None)
            if self._is_closed:  # in between
                self._empty()
            elif (old := slots.spare(Connection.is_expired)) is not None:
                self._drop(old)

    def _opened(self, until: float, stale: Connection | None) -> Connection:
        if stale is not None:
            self._drop(stale)
        if self._is_tls and self._tls is None:
            with trusting():
                self._tls = tls_of(self._origin)
        made = Connection(connected(self._host, self._port, self._tls, until))
        self._open.add(made)
        if self._is_closed:
            self._drop(made)
            raise ConnectionAbortedError("the client was closed")
        return made

    def _drop(self, connection: Connection) -> None:
        self._open.discard(connection)
        connection.close()

    def _leave(self) -> None:
        """Let go of a parent's connections, in a child: the parent goes on using them."""
        with self._lock:
            if self._pid != os.getpid():
                for connection in self._open:
                    connection.close()
                self._open, self._slots, self._pid = set(), Slots(MOST), os.getpid()

    def close(self) -> None:
        """Close the connections, and end the exchanges that wait on one; a forked child leaves its parent's alone."""
        self._is_closed = True
        if self._pid != os.getpid():
            self._leave()
        for connection in list(self._open):
            connection.shut()
        self._empty()

    def _empty(self) -> None:
        for connection in self._slots.emptied():
            self._drop(connection)

    def __repr__(self) -> str:
        return f"<{type(self).__name__}>"
