"""What opens connections: sockets, asyncio's event loop, or trio's."""

from __future__ import annotations

import asyncio
from typing import Any, cast

from .asyncio_backend import AsyncioBackend
from .core import httpcore
from .socket_backend import SocketBackend


def inner() -> httpcore.NetworkBackend:
    """Without an event loop."""
    return SocketBackend()


def async_inner() -> httpcore.AsyncNetworkBackend:
    """In the running event loop."""
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        made: httpcore.AsyncNetworkBackend = cast("Any", httpcore).TrioBackend()
        return made
    return AsyncioBackend()
