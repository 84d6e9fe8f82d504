"""Chooses how to send: our httpx transport, the fast wire if asked for by name, or the user's httpx transport."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any, Literal

from ..decoding import look_up
from ..errors import ConfigurationError
from . import fast
from .environment import is_direct

if TYPE_CHECKING:
    import httpx

    from ..secrets import Token
    from ._async.sender import AsyncSender
    from ._sync.sender import Sender
    from .fast.sender import FastSender

Name = Literal["fast", "stock"]
VARIABLE = "LOWCODEAPI_TRANSPORT"
MOST, ASYNC_MOST = 100, 256  # requests at a time
_NAMES = ("fast", "stock")
_METHODS = {
    False: ("handle_request", "httpx.BaseTransport"),
    True: ("handle_async_request", "httpx.AsyncBaseTransport"),
}


def checked(transport: object, max_bytes: object) -> None:
    """Check the arguments of a sync client. Raises `ConfigurationError`, also for an async transport."""
    _check(transport, max_bytes, is_async=False)


def async_checked(transport: object, max_bytes: object) -> None:
    """`checked` for an async client."""
    _check(transport, max_bytes, is_async=True)


def _check(transport: object, max_bytes: object, *, is_async: bool) -> None:
    if isinstance(max_bytes, bool) or not isinstance(max_bytes, int) or max_bytes < 1:
        raise ConfigurationError(f"max_response_bytes must be a whole number above 0; got {max_bytes!r:.60}")
    if not (transport is None or isinstance(transport, str)):
        _check_kind(transport, is_async=is_async)
    if isinstance(transport, str) and transport not in _NAMES:
        raise ConfigurationError(f"transport must be 'fast' or an httpx transport; got {transport[:60]!r}")
    asked = os.environ.get(VARIABLE, "") if transport is None else ""
    if asked and asked not in _NAMES:
        raise ConfigurationError(f"{VARIABLE} must be 'fast' or unset; got {asked[:60]!r}")
    if "fast" in (transport, asked) and not fast.is_installed():
        raise ConfigurationError("the fast transport needs the extra: pip install 'lowcodeapi-baseten[fast]'")


def _check_kind(transport: Any, *, is_async: bool) -> None:
    method, base = _METHODS[is_async]
    if not isinstance(transport, type) and callable(getattr(transport, method, None)):
        return
    name, other = type(transport).__name__, _METHODS[not is_async][0]
    told = f"transport must be 'fast' or an {base}; got {name!r:.60}"
    if isinstance(transport, type):
        told = f"transport must be an object of {base}, not a class: pass {transport.__name__:.60}()"
    elif hasattr(transport, other):
        told += f", which is for {'Baseten' if is_async else 'AsyncBaseten'}"
    elif hasattr(transport, "build_request"):
        told += ": pass a transport, not a client"
    raise ConfigurationError(told)


def is_fast(asked: object) -> bool:
    """True if the fast wire is asked for, by the argument or else by the environment."""
    return (os.environ.get(VARIABLE) if asked is None else asked) == "fast"


def sender(origin: str, token: Token, max_bytes: int, most: int, asked: httpx.BaseTransport | Name | None) -> Sender:
    """The sender of a sync client, for up to `most` requests at a time."""
    look_up()
    from ._sync.sender import Sender

    return Sender(origin, token, max_bytes, most, None if isinstance(asked, str) else asked)


def async_sender(
    origin: str, token: Token, max_bytes: int, most: int, asked: httpx.AsyncBaseTransport | Name | None
) -> AsyncSender | FastSender:
    """The sender of an async client, or of a run.

    The fast wire supports neither proxies nor trio. With those, the default transport is used, whatever is asked for.
    """
    look_up()
    from .waits import asyncio_loop

    if is_fast(asked) and is_direct(origin) and asyncio_loop() is not None:
        from .fast.sender import FastSender

        return FastSender(origin, token, max_bytes, most)
    # Import the event loop's connections now: once something was sent, an import may fail.
    from . import asyncio_backend  # noqa: F401
    from ._async.sender import AsyncSender

    return AsyncSender(origin, token, max_bytes, most, None if isinstance(asked, str) else asked)
