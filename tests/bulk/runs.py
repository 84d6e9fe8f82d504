"""Shared by the tests of `predict_many`: all items of a run, with either client."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from lowcodeapi_baseten import AsyncBaseten, Baseten
from lowcodeapi_baseten.bulk.run import Item
from lowcodeapi_baseten.testing import LocalGateway

PREDICT = "inference.predict_environment"
both = pytest.mark.parametrize("kind", ["sync", "async"])
over_each_transport = pytest.mark.usefixtures("transport")


def opened(gateway: LocalGateway, **client: Any) -> dict[str, Any]:
    """Options of a client of this gateway."""
    return {"api_token": gateway.api_token, "base_url": gateway.base_url, "remember": False, **client}


def run(
    kind: str,
    gateway: LocalGateway | None,
    inputs: Any,
    client: dict[str, Any] | None = None,
    see: Callable[[Item], object] = lambda item: None,
    **options: Any,
) -> list[Item]:
    """All items of a run in the environment `production`; `client` are options of the client, `see` sees each item."""
    options = {"environment": "production", "on_error": "collect", **options}
    known = {**(opened(gateway) if gateway else {}), **(client or {})}
    items = []

    def taken(item: Item) -> None:
        items.append(item)
        see(item)

    async def asynchronous() -> None:
        async with AsyncBaseten(**known) as client:
            async for item in client.inference.predict_many(inputs, **options):
                taken(item)

    if kind == "async":
        asyncio.run(asynchronous())
    else:
        with Baseten(**known) as sync:
            for item in sync.inference.predict_many(inputs, **options):
                taken(item)
    return items
