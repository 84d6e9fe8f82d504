"""Many calls at once, over real sockets, one in ten of them with a fault: what was done once stays done once.

`python -m tests.soak` makes 10,000 predictions and 10,000 reads, sync and async; the test makes fewer.
"""

from __future__ import annotations

import asyncio
import gc
import os
import sys
import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, NamedTuple

from lowcodeapi_baseten import AsyncBaseten, Baseten, LowCodeAPIError
from lowcodeapi_baseten.testing import FaultPlan, LocalGateway

AT_ONCE = 32
MODEL, DEPLOYMENT = "abc123", "dep1"
KINDS = (
    "reset_before",
    "reset_after",
    "hangup",
    "truncate",
    "malformed",
    "429",
    "500",
    "500_after",
    "503",
    "504_after",
    "refuse",
    "latency",
    "drop_format",
    "envelope",
)
OPTIONS: dict[str, Any] = {"api_token": "lca-local-0123456789abcdef", "timeout": 20.0, "remember": False}


class Soaked(NamedTuple):
    """What came of it: calls by outcome, predictions by how often they were carried out, what is left over."""

    outcomes: Counter[str]
    carried_out: Counter[int]
    threads: int
    sockets: int
    tasks: int
    growth: float

    @property
    def most(self) -> int:
        """How often the prediction was carried out that was carried out most."""
        return max(self.carried_out.values(), default=0)


def gateway() -> LocalGateway:
    """One request in ten meets a fault."""
    return LocalGateway(
        api_token=OPTIONS["api_token"], faults=FaultPlan(seed=7, rates=dict.fromkeys(KINDS, 0.1 / len(KINDS)))
    )


def resident() -> float:
    """Bytes of memory that this process has."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def threads() -> set[threading.Thread]:
    """The threads that there are but the gateway's own, which end by themselves after it is closed."""
    return {thread for thread in threading.enumerate() if not thread.name.startswith("lowcodeapi-local")}


def sockets() -> set[str]:
    """The sockets that this process has open."""
    found = set()
    for link in Path("/proc/self/fd").iterdir():
        try:
            found.add(os.readlink(link))
        except OSError:
            continue  # the one that lists the folder
    return {each for each in found if each.startswith("socket:")}


def soak_sync(calls: int) -> Soaked:
    """`calls` predictions and as many reads, by threads that share a client."""
    done: list[str] = []

    def one(client: Baseten, number: int) -> None:
        try:
            if number % 2:
                client.models.get(MODEL)
            else:
                client.inference.predict_deployment(DEPLOYMENT, input=number)
            done.append("read" if number % 2 else "predicted")
        except LowCodeAPIError as error:
            done.append(type(error).__name__)

    return _soak(done, lambda numbers, base_url: _in_threads(one, numbers, base_url), calls)


def _in_threads(one: Any, numbers: range, base_url: str) -> int:
    with Baseten(base_url=base_url, **OPTIONS) as client, ThreadPoolExecutor(AT_ONCE) as pool:
        for _ in pool.map(lambda number: one(client, number), numbers):
            pass
    return 0


def soak_async(calls: int) -> Soaked:
    """The same, by tasks."""
    done: list[str] = []

    async def one(client: AsyncBaseten, number: int) -> None:
        try:
            if number % 2:
                await client.models.get(MODEL)
            else:
                await client.inference.predict_deployment(DEPLOYMENT, input=number)
            done.append("read" if number % 2 else "predicted")
        except LowCodeAPIError as error:
            done.append(type(error).__name__)

    async def work(numbers: range, base_url: str) -> int:
        waiting = iter(numbers)

        async def worker(client: AsyncBaseten) -> None:
            for number in waiting:
                await one(client, number)

        async with AsyncBaseten(base_url=base_url, **OPTIONS) as client:
            await asyncio.gather(*(worker(client) for _ in range(AT_ONCE)))
        return len(asyncio.all_tasks()) - 1

    return _soak(done, lambda numbers, base_url: asyncio.run(work(numbers, base_url)), calls)


def _soak(done: list[str], work: Any, calls: int) -> Soaked:
    running, opened = threads(), sockets()  # not how many: what was there before may end meanwhile
    carried_out: Counter[int] = Counter()
    with gateway() as server:

        def predict(body: Any) -> Any:
            carried_out[body["input"]] += 1
            return {"done": body["input"]}

        server.predict, server.record = predict, False
        half = calls  # of 2 * calls in all
        tasks = work(range(half), server.base_url)
        gc.collect()
        between = resident()
        tasks += work(range(half, 2 * half), server.base_url)
        gc.collect()
        growth = resident() / between - 1
    return Soaked(Counter(done), carried_out, len(threads() - running), len(sockets() - opened), tasks, growth)


def main(calls: int) -> int:
    """Print what came of it; 1 where a promise was broken."""
    broken = 0
    for soak in (soak_sync, soak_async):
        found = soak(calls)
        total = found.outcomes.total()
        print(f"{soak.__name__}: {total:,} calls, {dict(sorted(found.outcomes.items()))}")
        print(f"  carried out: {len(found.carried_out):,} predictions, each at most {found.most} time(s)")
        print(
            f"  left: {found.threads} threads, {found.sockets} sockets, {found.tasks} tasks; memory {found.growth:+.1%}"
        )
        left = found.threads > 0 or found.sockets > 0 or found.tasks > 0
        broken |= total != 2 * calls or found.most != 1 or left or found.growth > 0.1
    return broken


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 10_000))
