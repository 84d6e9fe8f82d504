"""Each client, as a function that makes one call, or many concurrent ones."""

from __future__ import annotations

import asyncio
import importlib
import importlib.util
import itertools
import os
import time
from collections.abc import Awaitable, Callable, Iterator
from typing import Any

import httpx
from lowcodeapi_baseten import AsyncBaseten, Baseten

TOKEN = "lca-bench-0123456789abcdef"
INPUT = {"text": "How long does one call take?"}
Once = Callable[[], object]


def has(module: str) -> bool:
    """True if it is installed."""
    return importlib.util.find_spec(module) is not None


TRANSPORTS: dict[str, str | None] = {"default": None, **({"fast": "fast"} if has("httptools") else {})}


def ours(port: int, kind: type[Any] = Baseten, transport: str | None = None) -> Any:
    """A client of ours, over the default transport or the fast wire."""
    os.environ.setdefault("XDG_CACHE_HOME", "/nonexistent")
    return kind(api_token=TOKEN, base_url=f"http://127.0.0.1:{port}/baseten", remember=False, transport=transport)


def url(port: int) -> str:
    """The peers' URL: they post the same bytes as we do."""
    return f"http://127.0.0.1:{port}/baseten/environments/production/predict?api_token={TOKEN}"


def one_at_a_time(port: int) -> dict[str, Once]:
    """One sync call."""
    client = ours(port)
    plain = httpx.Client()
    address = url(port)
    calls: dict[str, Once] = {
        "httpx.Client.post().json()": lambda: plain.post(address, json={"input": INPUT}).json(),
        "ours": lambda: client.inference.predict_environment("production", input=INPUT),
    }
    if has("openai"):
        # The peers are not installed for type checking.
        openai = importlib.import_module("openai")
        peer = openai.OpenAI(api_key="none", base_url=f"http://127.0.0.1:{port}/v1", max_retries=0)
        calls["openai"] = lambda: peer.post("/predict", body={"input": INPUT}, cast_to=object)
    return calls


Many = Callable[[int, int], float]
"""Requests per second, for this many calls and this much concurrency."""


def _rate(make: Callable[[], Any], call: Callable[[Any], Awaitable[object]], close: str = "aclose") -> Many:
    async def main(calls: int, concurrency: int) -> float:
        client = make()
        await call(client)
        left = iter(range(calls))

        async def worker() -> None:
            for _ in left:
                await call(client)

        started = time.perf_counter()
        await asyncio.gather(*(worker() for _ in range(concurrency)))
        seconds = time.perf_counter() - started
        await getattr(client, close)()
        return calls / seconds

    return lambda calls, concurrency: asyncio.run(main(calls, concurrency))


def at_a_time(port: int) -> dict[str, Many]:
    """Async clients."""
    address = url(port)
    limits = httpx.Limits(max_connections=1000, max_keepalive_connections=1000)

    async def post(client: httpx.AsyncClient) -> object:
        return (await client.post(address, json={"input": INPUT})).json()

    async def predict(client: AsyncBaseten) -> object:
        return await client.inference.predict_environment("production", input=INPUT)

    calls = {
        "httpx": _rate(lambda: httpx.AsyncClient(limits=limits, timeout=60), post),
        "ours, default": _rate(lambda: ours(port, AsyncBaseten), predict),
    }
    if has("httptools"):
        calls["ours, fast"] = _rate(lambda: ours(port, AsyncBaseten, "fast"), predict)
    if has("httpx_aiohttp"):
        httpx_aiohttp = importlib.import_module("httpx_aiohttp")
        over_aiohttp = httpx_aiohttp.HttpxAiohttpClient
        calls["httpx over aiohttp"] = _rate(lambda: over_aiohttp(limits=limits, timeout=60), post)
    return calls


def bulk(port: int) -> dict[str, Many]:
    """Whole runs, typed, enveloped, in order; and Baseten's own bulk client."""
    calls: dict[str, Many] = {}
    for name, transport in TRANSPORTS.items():
        calls[f"predict_many, {name}"] = _predict_many(port, transport)
        calls[f"predict_many, async, {name}"] = _apredict_many(port, transport)
    if has("baseten_performance_client"):
        peer = importlib.import_module("baseten_performance_client")
        client = peer.PerformanceClient(f"http://127.0.0.1:{port}", api_key="none")
        path = url(port).partition(str(port))[2]

        def batch(items: int, concurrency: int) -> float:
            preference = peer.RequestProcessingPreference(max_concurrent_requests=concurrency)
            started = time.perf_counter()
            client.batch_post(path, [{"input": INPUT}] * items, preference=preference)
            return items / (time.perf_counter() - started)

        calls["baseten-performance-client batch_post"] = batch
    return calls


def _predict_many(port: int, transport: str | None) -> Many:
    def run(items: int, concurrency: int) -> float:
        with ours(port, transport=transport) as client:
            started = time.perf_counter()
            count = sum(1 for _ in client.inference.predict_many(_inputs(items), **_OPTIONS, concurrency=concurrency))
            assert count == items
            return items / (time.perf_counter() - started)

    return run


def _apredict_many(port: int, transport: str | None) -> Many:
    async def main(items: int, concurrency: int) -> float:
        async with ours(port, AsyncBaseten, transport) as client:
            started = time.perf_counter()
            many = client.inference.predict_many(_inputs(items), **_OPTIONS, concurrency=concurrency)
            assert sum([1 async for _ in many]) == items
            return items / (time.perf_counter() - started)

    return lambda items, concurrency: asyncio.run(main(items, concurrency))


def _inputs(items: int) -> Iterator[Any]:
    return itertools.repeat(INPUT, items)


_OPTIONS = {"environment": "production", "ordered": True}
