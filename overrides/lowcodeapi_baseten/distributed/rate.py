"""The limit on requests a second: one for all workers of a job on Ray, or one for each worker.

Requests have slots in time. `Slots` hands them out, in a Ray actor of the job or in this process; `Turns` takes a few
at a time, so that a fast worker asks ten times a second and not for each request.
"""

from __future__ import annotations

import asyncio
import importlib
import sys
import threading
import time
from functools import cache
from typing import Any, Protocol

from ..errors import ConfigurationError, InvalidParameterError
from ..logger import log

_AT_ONCE = 0.1  # seconds of slots that a worker takes at a time
_LONGEST_PAUSE = 60.0  # seconds; then some request asks the gateway again
_TRY_AGAIN = 1.0  # seconds


class Slots:
    """The times at which somebody may send: `limit` a second, in the order in which they are taken."""

    def __init__(self, limit: float) -> None:
        self._limit, self._free = limit, 0.0
        self._lock = threading.Lock()

    def take(self, count: int) -> float:
        """Take this many slots. Returns the seconds until the first of them."""
        with self._lock:
            now = time.monotonic()
            first = max(now, self._free)
            self._free = first + count / self._limit
            return first - now

    def pause(self, seconds: float) -> None:
        """Hand out no slot in this time, but for a minute at most."""
        with self._lock:
            self._free = max(self._free, time.monotonic() + min(seconds, _LONGEST_PAUSE))


class _Shared(Protocol):
    async def take(self, count: int) -> float:
        """`Slots.take`."""
        ...

    def pause(self, seconds: float) -> None:
        """`Slots.pause`."""


class Turns:
    """The slots of one run, for `bulk.pace.Rate`. Each run has its own, in its own event loop."""

    def __init__(self, limit: float, slots: _Shared) -> None:
        self._slots, self._step, self._most = slots, 1 / limit, max(1, int(limit * _AT_ONCE))
        self._left, self._next = 0, 0.0
        self._lock = asyncio.Lock()

    async def turn(self) -> None:
        """Wait for the next slot. The others of this run wait meanwhile, so that a pause is never far behind them."""
        async with self._lock:
            if not self._left:
                self._next = await self._slots.take(self._most) + time.monotonic()
                self._left = self._most
            self._left -= 1
            await asyncio.sleep(max(0.0, self._next - time.monotonic()))
            self._next += self._step

    def pause(self, seconds: float) -> None:
        """Let nobody who shares these slots send."""
        self._slots.pause(seconds)


@cache
class _OfWorker:
    """Slots of this process: its threads share them."""

    def __init__(self, limit: float) -> None:
        self._slots = Slots(limit)

    async def take(self, count: int) -> float:
        return self._slots.take(count)

    def pause(self, seconds: float) -> None:
        self._slots.pause(seconds)


@cache  # the actor ends with its last handle
class _OfJob:
    """Slots of a Ray job, in a named actor. It ends with the worker that made it; then another one makes a new one."""

    def __init__(self, limit: float) -> None:
        self._limit = limit
        self._actor = self._found()

    def _found(self) -> Any:
        ray = importlib.import_module("ray")
        options = {"name": f"lowcodeapi-baseten-{self._limit:g}-a-second", "get_if_exists": True, "num_cpus": 0}
        return ray.remote(Slots).options(**options).remote(self._limit)

    async def take(self, count: int) -> float:
        while True:
            try:
                seconds: float = await self._actor.take.remote(count)
                return seconds
            except Exception as error:
                log.info("the rate limit's actor has ended (%s): another one is made", type(error).__name__)
            await asyncio.sleep(_TRY_AGAIN)
            try:
                self._actor = self._found()
            except Exception as error:
                log.warning("the rate limit's actor can't be made: %s", error)

    def pause(self, seconds: float) -> None:
        try:
            self._actor.pause.remote(seconds)
        except Exception as error:
            log.warning("the rate limit's actor can't be told of a pause: %s", error)


def check_rate(name: str, rate: object) -> None:
    """Refuse a limit that is not a number of requests a second above 0."""
    is_number = isinstance(rate, (int, float)) and not isinstance(rate, bool)
    if rate is not None and not (is_number and 0 < rate < 1e9):  # type: ignore[operator]
        raise InvalidParameterError(name, f"must be a number of requests a second above 0; got {rate!r:.40}")


def turns(rate_limit: float | None, worker_rate_limit: float | None) -> Turns | None:
    """The limit of a run that begins now. Raises `ConfigurationError` for a job's limit outside Ray."""
    if worker_rate_limit is not None:
        return Turns(worker_rate_limit, _OfWorker(worker_rate_limit))
    if rate_limit is None:
        return None
    ray = sys.modules.get("ray")
    if ray is None or not ray.is_initialized():
        raise ConfigurationError(
            "rate_limit= is for all workers of a Ray job, and this is none: elsewhere give each worker its part, as "
            "worker_rate_limit="
        )
    return Turns(rate_limit, _OfJob(rate_limit))
