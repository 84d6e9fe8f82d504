"""Looks up names and checks sockets, within a deadline on the monotonic clock.

The system's resolver can't be stopped, so it runs in a thread that is abandoned if it takes too long.
"""

from __future__ import annotations

import contextlib
import math
import queue
import select
import socket
import threading
import time
from collections.abc import Callable
from typing import Any

from .waits import AsyncBell, call_soon

EXPIRY = 3.0  # seconds: the gateway's server closes idle connections after five
_LONGEST = 86_400.0  # seconds; the system limits the length of one wait

Address = tuple[Any, ...]
"""One entry from `socket.getaddrinfo`."""

Told = Callable[[list[Address] | Exception], object]


def addresses(host: str, port: int, until: float) -> list[Address]:
    """All addresses of a host. Raises `TimeoutError` at `until`, and `OSError` or `UnicodeError` if there are none."""
    if found := _numeric(host, port):
        return found
    said: queue.SimpleQueue[list[Address] | Exception] = queue.SimpleQueue()
    _look_up(host, port, said.put)
    try:
        outcome = said.get(timeout=left(until))
    except queue.Empty:
        raise TimeoutError(f"{host} was not looked up in time") from None
    if isinstance(outcome, Exception):
        raise outcome
    return outcome


async def async_addresses(host: str, port: int, until: float = math.inf) -> list[Address]:
    """`addresses` in an event loop. It doesn't use the loop's threads, which would keep the process from ending."""
    if found := _numeric(host, port):
        return found
    said: list[list[Address] | Exception] = []
    bell, soon = AsyncBell(), call_soon()

    def tell(outcome: list[Address] | Exception) -> None:
        said.append(outcome)
        with contextlib.suppress(RuntimeError):  # the loop has been closed
            soon(bell.ring)

    _look_up(host, port, tell)
    await bell.wait(left(until))
    if not said:
        raise TimeoutError(f"{host} was not looked up in time")
    if isinstance(said[0], Exception):
        raise said[0]
    return said[0]


def _numeric(host: str, port: int) -> list[Address]:
    """The address if the host is one; empty if it is a name."""
    try:
        return socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_NUMERICHOST)
    except (OSError, UnicodeError):
        return []


def _look_up(host: str, port: int, tell: Told) -> None:
    """Look a name up in a thread that can be abandoned."""

    def work() -> None:
        try:
            tell(socket.getaddrinfo(host, port, type=socket.SOCK_STREAM))
        except Exception as error:
            tell(error)

    threading.Thread(target=work, name="lowcodeapi-look-up", daemon=True).start()


def left(until: float, error: type[Exception] = TimeoutError, most: float | None = None) -> float:
    """Seconds until then, at most `most`. Raises `error` if none are left."""
    seconds = until - time.monotonic()
    if seconds <= 0:
        raise error("the deadline has passed")
    return min(seconds, _LONGEST if most is None else most)


def is_readable(plain: socket.socket) -> bool:
    """True if there are bytes to read, or the connection has ended."""
    pending = getattr(plain, "pending", None)  # TLS
    return bool(pending is not None and pending()) or readable(plain)()


def readable(plain: socket.socket) -> Callable[[], bool]:
    """A function that returns True if the socket has something to read. It can be called repeatedly."""
    if not hasattr(select, "poll"):  # Windows
        return lambda: bool(select.select([plain], [], [], 0)[0])
    poll = select.poll()
    poll.register(plain, select.POLLIN)
    return lambda: bool(poll.poll(0))
