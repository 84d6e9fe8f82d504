"""Whether anything is left on a connection behind an answer: it would be taken for the answer to the next request.

httpcore looks whether the socket can be read, and no further. Not public is `_connection` and `_h11_state` here;
where a version has them no longer, the answer is yes, and connections are closed that could have been used again.
"""

from __future__ import annotations

import ssl
from typing import Any


def has_leftovers(connection: Any, stream: Any) -> bool:
    """Whether the parser or the stream of an idle connection holds something that was not read."""
    while (parser := getattr(connection, "_h11_state", None)) is None:
        connection = getattr(connection, "_connection", None)
        if connection is None:
            return True
    trailing = getattr(parser, "trailing_data", None)
    return stream is None or trailing is None or bool(trailing[0]) or _has_unread(stream)


def _has_unread(stream: Any) -> bool:
    tls = stream.get_extra_info("ssl_object")
    if isinstance(tls, ssl.SSLObject):
        # In memory: a whole record may wait there, of which the socket knows nothing any more.
        try:
            tls.read(1)
        except ssl.SSLWantReadError:
            return False
        except OSError:
            return True
        return True
    return tls is not None and bool(tls.pending())
