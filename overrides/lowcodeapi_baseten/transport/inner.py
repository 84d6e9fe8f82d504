"""What opens connections: sockets, asyncio's event loop, or trio's."""

from __future__ import annotations

from typing import Any, cast

from .core import httpcore
from .socket_backend import SocketBackend
from .waits import asyncio_loop


def inner() -> httpcore.NetworkBackend:
    """Without an event loop."""
    return SocketBackend()


def async_inner() -> httpcore.AsyncNetworkBackend:
    """In the running event loop."""
    if asyncio_loop() is None:
        made: httpcore.AsyncNetworkBackend = cast("Any", httpcore).TrioBackend()
        return made
    # It imports asyncio, which calls without an event loop do without.
    from .asyncio_backend import AsyncioBackend

    return AsyncioBackend()


def without_locks(connection: Any) -> None:
    """Nothing: they take no time."""


def async_without_locks(connection: Any) -> None:
    """Take the locks out of a connection that has one call at a time: each takes a turn of the event loop.

    The names are not public. Where a version has them no longer, this does nothing.
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
