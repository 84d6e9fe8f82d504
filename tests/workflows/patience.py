"""Shared by the tests of workflows: both kinds of clients by one name, and a clock that never waits."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

import anyio
from lowcodeapi_baseten import AsyncBaseten, Baseten
from lowcodeapi_baseten.testing import LocalGateway
from lowcodeapi_baseten.workflows import Clock


class Quick(Clock):
    """A clock that moves forward instead of waiting. `pauses` are the seconds skipped."""

    def __init__(self) -> None:
        self.pauses: list[float] = []
        self._now = 1000.0

    def now(self) -> float:
        return self._now

    def sleep(self, seconds: float) -> None:
        self.pauses.append(seconds)
        self._now += seconds

    async def asleep(self, seconds: float) -> None:
        await anyio.sleep(0)
        self.sleep(seconds)


Run = Callable[..., Any]
"""Calls a function with a sync or an async client of a gateway, and returns its result or its items."""


def run_sync(gateway: LocalGateway, work: Callable[[Any], Any], clock: Clock | None = None, **options: Any) -> Any:
    """Run it with `Baseten`."""
    with Baseten(api_token=gateway.api_token, base_url=gateway.base_url, **_given(options)) as client:
        client.clock = clock or Quick()
        return work(client)


def run_async(gateway: LocalGateway, work: Callable[[Any], Any], clock: Clock | None = None, **options: Any) -> Any:
    """Run it with `AsyncBaseten`, and await the result."""

    async def main() -> Any:
        async with AsyncBaseten(api_token=gateway.api_token, base_url=gateway.base_url, **_given(options)) as client:
            client.clock = clock or Quick()
            result = work(client)
            if inspect.isawaitable(result):
                return await result
            return [item async for item in result] if hasattr(result, "__aiter__") else result

    return anyio.run(main)


def _given(options: dict[str, Any]) -> dict[str, Any]:
    # The client's own retries would wait for real.
    return {"remember": False, "max_retries": 0, **options}


BOTH = [run_sync, run_async]
