"""The fast wire: its own connections in asyncio's or uvloop's event loop, with httptools to parse answers.

It is used only if asked for by name, because tools that mock, record or trace httpx don't see it. It needs the extra
`fast`. `sender` sends over the connections in `wire`; `request` writes requests, `incoming` reads answers.
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
