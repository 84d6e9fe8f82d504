"""The fast wire: connections of its own in asyncio's or uvloop's event loop, with answers that httptools parses.

It is asked for by name, never chosen: what mocks, records or traces httpx does not see it. It needs the extra `fast`.
`sender` sends, over the connections in `wire`; `request` is what goes out, `incoming` what comes back.
"""

from __future__ import annotations

from functools import cache


@cache
def is_installed() -> bool:
    """Whether there is an httptools that is new enough."""
    try:
        from httptools import HttpResponseParser
    except ImportError:
        return False
    return hasattr(HttpResponseParser, "set_dangerous_leniencies")
