"""The fast wire: requests written and answers parsed, with httptools, over the default transport's own connections.

It is used only if asked for by name, because tools that mock, record or trace httpx don't see it. It needs the extra
`fast`. `sender` sends over the connections in `wire`; `request` writes requests, `incoming` reads answers. Its lane,
gate, deadlines and sockets are those of `_async` and `asyncio_backend`.
"""

from __future__ import annotations

from functools import cache


@cache
def is_installed() -> bool:
    """True if a recent enough httptools is installed."""
    try:
        from httptools import HttpResponseParser
    except ImportError:
        return False
    return hasattr(HttpResponseParser, "set_dangerous_leniencies")
