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
