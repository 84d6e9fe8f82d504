"""The private names of httpcore that we use: `_connection`, `_h11_state` and two locks.

If a version of httpcore lacks them, connections are closed that could have been used again, and calls take longer.
`tests/transport/test_private_names.py` shows both.
"""

from __future__ import annotations

import ssl
from typing import Any


def has_leftovers(connection: Any, stream: Any) -> bool:
    """True if the parser or the stream of an idle connection holds unread bytes; also if nobody can tell.

    They would be taken for the answer to the next request. httpcore only checks if the socket is readable.
    """
    while (parser := getattr(connection, "_h11_state", None)) is None:
        connection = getattr(connection, "_connection", None)
        if connection is None:
            return True
    trailing = getattr(parser, "trailing_data", None)
    return stream is None or trailing is None or bool(trailing[0]) or _has_unread(stream)


def _has_unread(stream: Any) -> bool:
    tls = stream.get_extra_info("ssl_object")
    if isinstance(tls, ssl.SSLObject):
        # TLS in memory: a whole record may wait there that is no longer in the socket.
        try:
            tls.read(1)
        except ssl.SSLWantReadError:
            return False
        except OSError:
            return True
        return True
    return tls is not None and bool(tls.pending())


def without_locks(connection: Any) -> None:
    """Do nothing: locks of threads take no time."""


def async_without_locks(connection: Any) -> None:
    """Remove the locks of a connection. It has one call at a time, and each lock costs a turn of the event loop.

    If a version has them elsewhere, this does nothing.
    """
    while connection is not None:
        for name in ("_request_lock", "_state_lock"):
            if hasattr(connection, name):
                setattr(connection, name, _FREE)
        connection = getattr(connection, "_connection", None)


class _Free:
    """A lock that is always free."""

    async def __aenter__(self) -> None:
        pass

    async def __aexit__(self, *error: object) -> None:
        pass


_FREE = _Free()
