"""Shared by the tests of workflows: a clock that never waits, and clients that have it."""

from __future__ import annotations

from typing import Any

import anyio
from lowcodeapi_baseten import Baseten
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


def connected(gateway: LocalGateway, kind: Any = Baseten, clock: Clock | None = None, **options: Any) -> Any:
    """A client of a gateway. It does not retry by itself, which would wait for real."""
    given = {"remember": False, "max_retries": 0, **options}
    client = kind(api_token=gateway.api_token, base_url=gateway.base_url, **given)
    client.clock = clock or Quick()
    return client
