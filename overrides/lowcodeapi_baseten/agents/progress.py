"""Await something long, and report progress to the client meanwhile."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

import anyio
from mcp.server.mcpserver import Context

from ..errors import LowCodeAPIError

T = TypeVar("T")
Tell = Callable[[str], Awaitable[None]]

BEAT = 5.0  # seconds between two reports


async def watched(ctx: Context[Any, Any], work: Callable[[Tell], Awaitable[T]]) -> T:
    """Await something long, and report progress: what it tells, and that it goes on."""
    started, said = anyio.current_time(), "waiting"
    results: list[T] = []
    failures: list[LowCodeAPIError] = []

    async def tell(text: str) -> None:
        nonlocal said
        said = text
        await ctx.report_progress(anyio.current_time() - started, message=said)

    async def beat() -> None:
        while True:
            await anyio.sleep(BEAT)
            await tell(said)

    async with anyio.create_task_group() as group:
        group.start_soon(beat)
        try:
            results.append(await work(tell))
        except LowCodeAPIError as error:
            failures.append(error)  # a group would wrap it
        group.cancel_scope.cancel()
    if failures:
        raise failures[0]
    return results[0]
