"""A pool of one connection for each request under way: httpcore's own pool suffers from its size and from cancelling.

At every request and every answer it looks at all of its connections and all requests that wait for one, so that 256
requests at a time are slower than eight; and a task that is cancelled at a bad moment leaves one there for good.
"""

from __future__ import annotations

from typing import Any

import anyio
import httpcore

SIZE = 1
POOLS = 256


class Pools:
    """As many connections as are needed, up to `SIZE` in each of up to `POOLS` pools."""

    def __init__(self, **options: Any) -> None:
        self._options = {**options, "max_connections": SIZE, "max_keepalive_connections": SIZE}
        self._pools: list[httpcore.AsyncConnectionPool] = []
        self._busy: list[int] = []
        self._gate = anyio.Semaphore(SIZE * POOLS, fast_acquire=True)

    async def take(self, timeout: float) -> int:
        """The number of a pool with room. Raises `httpcore.PoolTimeout` where there is none in so many seconds."""
        try:
            self._gate.acquire_nowait()
        except anyio.WouldBlock:
            await self._wait(timeout)
        for number, busy in enumerate(self._busy):
            if busy < SIZE:
                self._busy[number] += 1
                return number
        self._pools.append(httpcore.AsyncConnectionPool(**self._options))
        self._busy.append(1)
        return len(self._pools) - 1

    async def _wait(self, timeout: float) -> None:
        with anyio.move_on_after(timeout):
            await self._gate.acquire()
            return
        raise httpcore.PoolTimeout("every connection is in use")

    def __getitem__(self, number: int) -> httpcore.AsyncConnectionPool:
        return self._pools[number]

    def give(self, number: int) -> None:
        """There is room again."""
        self._busy[number] -= 1
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
