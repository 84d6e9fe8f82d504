"""Which engine sends. "fast" and "stock" are the same connections, with answers parsed by httptools or by h11.

"fast" is the default where the extra is installed; the environment's `LOWCODEAPI_TRANSPORT` and `transport=` decide
otherwise. Where the environment names a proxy for the gateway, httpcore's pool sends, whichever of the two was asked
for. An httpx transport that was given sends in any case.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Literal

from ..errors import ConfigurationError
from ..transport import fast
from .decoding import look_up
from .proxies import is_direct

if TYPE_CHECKING:
    import httpx

    from ..auth import Token
    from ..transport.fast.sender import FastSender
    from .direct import DirectEngine
    from .direct_async import AsyncDirectEngine
    from .given import AsyncGiven, SyncGiven
    from .pooled import Pooled
    from .pooled_async import AsyncPooled

Name = Literal["stock", "fast"]
VARIABLE = "LOWCODEAPI_TRANSPORT"
_NAMES = ("stock", "fast")


def checked(transport: object, max_bytes: object, method: str) -> None:
    """Refuse a name that is no engine's, or that of one that is not installed. Raises `ConfigurationError`.

    `method` is what a transport of the user's own must have.
    """
    if isinstance(max_bytes, bool) or not isinstance(max_bytes, int) or max_bytes < 1:
        raise ConfigurationError(f"max_response_bytes is a whole number above 0; got {max_bytes!r:.60}")
    if not (transport is None or isinstance(transport, str) or hasattr(transport, method)):
        raise ConfigurationError(f"transport has no {method}(): it is 'stock', 'fast' or an httpx transport")
    if isinstance(transport, str) and transport not in _NAMES:
        raise ConfigurationError(f"transport is 'stock', 'fast' or an httpx transport; got {transport[:60]!r}")
    asked = os.environ.get(VARIABLE, "") if transport is None else ""
    if asked and asked not in _NAMES:
        raise ConfigurationError(f"{VARIABLE} is 'stock' or 'fast'; got {asked[:60]!r}")
    if "fast" in (transport, asked) and not fast.is_installed():
        raise ConfigurationError("the fast transport needs the extra: pip install 'lowcodeapi-baseten[fast]'")


def default() -> Name:
    """What sends where `transport=` says nothing."""
    asked = os.environ.get(VARIABLE)
    if not asked:
        return "stock"
    return "fast" if asked == "fast" else "stock"


def engine(
    origin: str, token: Token, max_bytes: int, transport: httpx.BaseTransport | Name | None
) -> DirectEngine | Pooled | SyncGiven:
    """The engine of a sync client."""
    look_up()
    if transport is not None and not isinstance(transport, str):
        from .given import SyncGiven

        return SyncGiven(origin, token, max_bytes, transport)
    if not is_direct(origin):
        from .pooled import Pooled

        return Pooled(origin, token, max_bytes)
    from .direct import DirectEngine
    from .incoming_h11 import H11Incoming

    return DirectEngine(origin, token, max_bytes, H11Incoming)


def async_engine(
    origin: str,
    token: Token,
    max_bytes: int,
    transport: httpx.AsyncBaseTransport | Name | None,
    most: int | None = None,
) -> AsyncDirectEngine | AsyncPooled | AsyncGiven | FastSender:
    """The engine of an async client, with room for `most` requests at a time, unless it was given a transport."""
    look_up()
    if transport is not None and not isinstance(transport, str):
        from .given import AsyncGiven

        return AsyncGiven(origin, token, max_bytes, transport)
    from .direct_async import MOST, AsyncDirectEngine

    if not is_direct(origin):
        from .pooled_async import AsyncPooled

        return AsyncPooled(origin, token, max_bytes, most or MOST)
    if (transport or default()) == "fast":
        from ..transport.fast.sender import FastSender

        return FastSender(origin, token, max_bytes, most or MOST)
    from .incoming_h11 import H11Incoming

    return AsyncDirectEngine(origin, token, max_bytes, H11Incoming, most or MOST)
