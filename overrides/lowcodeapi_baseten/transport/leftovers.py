"""Finds bytes left on a connection after an answer. They would be taken for the answer to the next request.

httpcore only checks if the socket is readable. `_connection` and `_h11_state` are not public. If a version lacks them,
the answer is always yes, and connections are closed that could have been used again.
"""

from __future__ import annotations

import ssl
from typing import Any


def has_leftovers(connection: Any, stream: Any) -> bool:
    """True if the parser or the stream of an idle connection holds unread bytes."""
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
