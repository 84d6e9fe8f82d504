"""Chooses the backend that opens connections: sockets, asyncio's event loop, or trio's."""

from __future__ import annotations

from typing import Any, cast

from .core import httpcore
from .socket_backend import SocketBackend
from .waits import asyncio_loop


def inner() -> httpcore.NetworkBackend:
    """The backend without an event loop."""
    return SocketBackend()


def async_inner() -> httpcore.AsyncNetworkBackend:
    """The backend for the running event loop."""
    if asyncio_loop() is None:
        made: httpcore.AsyncNetworkBackend = cast("Any", httpcore).TrioBackend()
        return made
    # Imported here because it imports asyncio, which sync calls don't need.
    from .asyncio_backend import AsyncioBackend

    return AsyncioBackend()


def without_locks(connection: Any) -> None:
    """Do nothing: locks of threads take no time."""


def async_without_locks(connection: Any) -> None:
    """Remove the locks of a connection. It has one call at a time, and each lock costs a turn of the event loop.

    The names are not public. If a version lacks them, this does nothing.
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
