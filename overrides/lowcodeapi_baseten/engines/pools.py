"""A pool of one connection for each request under way: httpcore's own pool suffers from its size and from cancelling.

At every request and every answer it looks at all of its connections and all requests that wait for one, so that 256
requests at a time are slower than eight; and a task that is cancelled at a bad moment leaves one there for good.
"""

from __future__ import annotations

from typing import Any

import anyio
import httpcore


class Pools:
    """As many connections as are needed, up to `most`."""

    def __init__(self, most: int, **options: Any) -> None:
        self._options = {**options, "max_connections": 1, "max_keepalive_connections": 1}
        self._pools: list[httpcore.AsyncConnectionPool] = []
        # The one that was used last is used first.
        self._free: list[int] = []
        self._gate = anyio.Semaphore(most, fast_acquire=True)

    async def take(self, timeout: float) -> int:
        """The number of a pool that is free. Raises `httpcore.PoolTimeout` where none is in so many seconds."""
        try:
            self._gate.acquire_nowait()
        except anyio.WouldBlock:
            await self._wait(timeout)
        if self._free:
            return self._free.pop()
        self._pools.append(httpcore.AsyncConnectionPool(**self._options))
        return len(self._pools) - 1

    async def _wait(self, timeout: float) -> None:
        with anyio.move_on_after(timeout):
            await self._gate.acquire()
            return
        raise httpcore.PoolTimeout("every connection is in use")

    def __getitem__(self, number: int) -> httpcore.AsyncConnectionPool:
        return self._pools[number]

    def give(self, number: int) -> None:
        """It is free again."""
        self._free.append(number)
        self._gate.release()

    async def renew(self, number: int) -> None:
        """Give up a pool whose request was cut off, and what it still holds."""
        old, self._pools[number] = self._pools[number], httpcore.AsyncConnectionPool(**self._options)
        with anyio.move_on_after(1, shield=True):
            await old.aclose()

    async def aclose(self) -> None:
        """Close the connections."""
        for pool in self._pools:
            await pool.aclose()
