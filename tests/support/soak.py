"""Many concurrent calls over real sockets, one in ten of them with a fault: nothing is done twice.

`python -m tests.support.soak [calls] [seed]` makes 10,000 predictions and 10,000 reads of each kind: sync, async, and
over the fast wire. It also interrupts or cancels one in ten at a random moment. It prints the outcomes; the tests make
fewer calls.
"""

from __future__ import annotations

import asyncio
import ctypes
import gc
import importlib.util
import os
import random
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
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


GRACE = 1.0  # seconds beyond the deadline
TIMEOUTS = (0.3, 2.0, 20.0)


class TimeLimit(Exception):
    """Interrupts a worker, like the soft time limits of Celery and RQ."""


class Soaked(NamedTuple):
    """The outcomes of a soak.

    Attributes:
        outcomes: Number of calls by outcome. "interrupted" and "cancelled" are intended.
        carried_out: Number of times that each prediction was carried out.
        foreign: Errors of classes other than ours.
        late: Seconds beyond the deadline, for each call that was late by more than a second.
        stuck: Places still taken though nothing is running.
        threads, sockets, tasks: Leftovers.
        growth: Of the memory, from the first half to the second.
    """

    outcomes: Counter[str]
    carried_out: Counter[int]
    foreign: Counter[str]
    late: list[float]
    stuck: int
    threads: int
    sockets: int
    tasks: int
    growth: float

    @property
    def most(self) -> int:
        """The most times that any prediction was carried out."""
        return max(self.carried_out.values(), default=0)


def gateway(seed: int) -> LocalGateway:
    """A gateway with a fault in one request of ten."""
    return LocalGateway(
        api_token=OPTIONS["api_token"], faults=FaultPlan(seed=seed, rates=dict.fromkeys(KINDS, 0.1 / len(KINDS)))
    )


def resident() -> float:
    """Bytes of memory used by this process."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def threads() -> set[threading.Thread]:
    """All threads except the gateway's own, which end by themselves after it is closed."""
    return {thread for thread in threading.enumerate() if not thread.name.startswith("lowcodeapi-local")}


def sockets() -> set[str]:
    """The open sockets of this process."""
    found = set()
    for link in Path("/proc/self/fd").iterdir():
        try:
            found.add(os.readlink(link))
        except OSError:
            continue  # the one that lists the folder
    return {each for each in found if each.startswith("socket:")}


class _Tally:
    """The outcomes so far. Appending to a list is atomic, so nothing interrupts it."""

    def __init__(self) -> None:
        self.outcomes: list[str] = []
        self.foreign: list[str] = []
        self.late: list[float] = []

    def failed(self, error: Exception) -> None:
        self.outcomes.append(type(error).__name__)
        if not isinstance(error, LowCodeAPIError):
            self.foreign.append(f"{type(error).__name__}: {error}"[:200])

    def ended(self, started: float, timeout: float) -> None:
        if time.monotonic() > started + timeout + GRACE:
            self.late.append(time.monotonic() - started - timeout)


def soak_sync(calls: int, *, seed: int = 7, interrupts: float = 0.0) -> Soaked:
    """Make `calls` predictions and as many reads, by threads that share a client; interrupt this share of them."""
    tally = _Tally()

    def call(client: Baseten, number: int) -> None:
        timeout = TIMEOUTS[number % 3] if interrupts else OPTIONS["timeout"]
        started = time.monotonic()
        try:
            if number % 2:
                client.models.get(MODEL, timeout=timeout)
            else:
                client.inference.predict_deployment(DEPLOYMENT, input=number, timeout=timeout)
            tally.outcomes.append("read" if number % 2 else "predicted")
        except TimeLimit:
            tally.outcomes.append("interrupted")
        except Exception as error:
            tally.failed(error)
        tally.ended(started, timeout)

    def work(numbers: range, base_url: str) -> tuple[int, int]:
        waiting, ends = iter(numbers), threading.Event()

        def worker() -> None:
            while True:
                try:
                    for number in waiting:
                        call(client, number)
                    return
                except TimeLimit:
                    tally.outcomes.append("interrupted")  # between two calls

        with Baseten(base_url=base_url, **OPTIONS) as client:
            workers = [threading.Thread(target=worker) for _ in range(AT_ONCE)]
            for thread in workers:
                thread.start()
            sniper = threading.Thread(target=_snipe, args=(workers, tally, interrupts, random.Random(seed), ends))
            sniper.start()
            for thread in workers:
                thread.join()
            ends.set()
            sniper.join()
            return 0, _stuck(client)

    return _soak(tally, work, calls, seed)


def _snipe(
    workers: list[threading.Thread], tally: _Tally, interrupts: float, chance: random.Random, ends: threading.Event
) -> None:
    """Interrupt this share of the calls, wherever their threads are: where CPython would run a signal handler."""
    shots = 0
    while not ends.wait(chance.random() / 500):
        if shots < interrupts * len(tally.outcomes):
            shots += 1
            found = chance.choice(workers).ident
            ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(found or 0), ctypes.py_object(TimeLimit))


def soak_async(calls: int, *, seed: int = 7, interrupts: float = 0.0, transport: Any = None) -> Soaked:
    """The same, by tasks; cancel this share of them."""
    tally, chance = _Tally(), random.Random(seed)

    async def call(client: AsyncBaseten, number: int, timeout: float) -> None:
        if number % 2:
            await client.models.get(MODEL, timeout=timeout)
        else:
            await client.inference.predict_deployment(DEPLOYMENT, input=number, timeout=timeout)
        tally.outcomes.append("read" if number % 2 else "predicted")

    async def one(client: AsyncBaseten, number: int) -> None:
        timeout = TIMEOUTS[number % 3] if interrupts else OPTIONS["timeout"]
        started = time.monotonic()
        task = asyncio.create_task(call(client, number, timeout))
        if chance.random() < interrupts:
            asyncio.get_running_loop().call_later(chance.random() / 25, task.cancel)
        try:
            await task
        except asyncio.CancelledError:
            tally.outcomes.append("cancelled")
        except Exception as error:
            tally.failed(error)
        tally.ended(started, timeout)

    async def run(numbers: range, base_url: str) -> tuple[int, int]:
        waiting = iter(numbers)

        async def worker(client: AsyncBaseten) -> None:
            for number in waiting:
                await one(client, number)

        async with AsyncBaseten(base_url=base_url, transport=transport, **OPTIONS) as client:
            await asyncio.gather(*(worker(client) for _ in range(AT_ONCE)))
            stuck = _stuck(client)
        return len(asyncio.all_tasks()) - 1, stuck

    return _soak(tally, lambda numbers, base_url: asyncio.run(run(numbers, base_url)), calls, seed)


def _stuck(client: Any) -> int:
    """The places still taken: for sending, and for asking which format is served."""
    engine = client._shared.engine
    gates = [client._shared.turn, *(lane.gate for lane in engine.lanes.all())] if hasattr(engine, "lanes") else []
    return sum(len(gate.inside) + gate._lock.locked() for gate in gates)


def _soak(tally: _Tally, work: Callable[[range, str], tuple[int, int]], calls: int, seed: int) -> Soaked:
    running, opened = threads(), sockets()  # sets, not counts: earlier ones may end meanwhile
    carried_out: Counter[int] = Counter()
    with gateway(seed) as server:

        def predict(body: Any) -> Any:
            carried_out[body["input"]] += 1
            return {"done": body["input"]}

        server.predict, server.record = predict, False
        half = calls  # of 2 * calls in all
        tasks, stuck = work(range(half), server.base_url)
        gc.collect()
        between = resident()
        more_tasks, more_stuck = work(range(half, 2 * half), server.base_url)
        gc.collect()
        growth = resident() / between - 1
    left = len(threads() - running), len(sockets() - opened), tasks + more_tasks
    outcomes, foreign = Counter(tally.outcomes), Counter(tally.foreign)
    return Soaked(outcomes, carried_out, foreign, tally.late, stuck + more_stuck, *left, growth)


def main(calls: int, seed: int) -> int:
    """Print the outcomes; return 1 if a promise was broken."""
    broken = False
    print(f"seed {seed}")
    for name, found in _soaks(calls, seed):
        print(f"{name}: {found.outcomes.total():,} calls, {dict(sorted(found.outcomes.items()))}")
        print(f"  carried out: {len(found.carried_out):,} predictions, each at most {found.most} time(s)")
        print(f"  foreign errors: {dict(found.foreign) or 0}")
        print(f"  late by more than {GRACE:g} s: {len(found.late)}, by {max(found.late, default=0):.1f} s at most")
        print(
            f"  left: {found.threads} threads, {found.sockets} sockets, {found.tasks} tasks, {found.stuck} places taken"
        )
        print(f"  memory {found.growth:+.1%}")
        left = found.threads > 0 or found.sockets > 0 or found.tasks > 0 or found.stuck > 0
        # A thread interrupted between two calls may have taken the number of the next one with it.
        is_short = found.outcomes.total() < 2 * calls - found.outcomes["interrupted"]
        broken |= is_short or found.most != 1 or left or bool(found.foreign) or bool(found.late) or found.growth > 0.1
    return int(broken)


def _soaks(calls: int, seed: int) -> Iterator[tuple[str, Soaked]]:
    yield "sync", soak_sync(calls, seed=seed, interrupts=0.1)
    yield "async", soak_async(calls, seed=seed, interrupts=0.1)
    if importlib.util.find_spec("httptools"):
        yield "fast", soak_async(calls, seed=seed, interrupts=0.1, transport="fast")


if __name__ == "__main__":
    calls, seed = [*sys.argv[1:], *("10000", str(random.randrange(2**32)))[len(sys.argv) - 1 :]]
    sys.exit(main(int(calls), int(seed)))
