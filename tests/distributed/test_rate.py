"""The limit on requests a second, for one worker and for all."""

from __future__ import annotations

import asyncio
import sys
import time
from types import SimpleNamespace

import pytest
from lowcodeapi_baseten import Baseten, ConfigurationError
from lowcodeapi_baseten.bulk import item
from lowcodeapi_baseten.bulk.options import RunOptions
from lowcodeapi_baseten.bulk.predict_many import predict_many
from lowcodeapi_baseten.distributed import Predict, rate
from lowcodeapi_baseten.testing import FaultPlan, LocalGateway

PREDICT = "inference.predict_environment"


class Time:
    """A clock that stands still while nobody sleeps."""

    def __init__(self) -> None:
        self.now = 1000.0

    def monotonic(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.now += seconds


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Time:
    made = Time()
    monkeypatch.setattr(rate, "time", made)
    monkeypatch.setattr(rate, "asyncio", SimpleNamespace(sleep=made.sleep, Lock=asyncio.Lock))
    return made


class Asked:
    """The way of a worker to slots that it shares."""

    def __init__(self, slots: rate.Slots) -> None:
        self._slots = slots

    async def take(self, count: int) -> float:
        return self._slots.take(count)

    def pause(self, seconds: float) -> None:
        self._slots.pause(seconds)


@pytest.mark.parametrize(("limit", "workers"), [(0.5, 1), (1, 3), (50, 1), (50, 3), (1000, 2)])
def test_all_workers_together_keep_to_the_limit(limit: float, workers: int, clock: Time) -> None:
    sent: list[float] = []

    async def work() -> None:
        slots = rate.Slots(limit)
        turns = [rate.Turns(limit, Asked(slots)) for _ in range(workers)]
        for _ in range(100):
            for turn in turns:
                await turn.turn()
                sent.append(clock.now)

    asyncio.run(work())
    seconds = sent[-1] - sent[0]
    assert seconds >= (len(sent) - 1) / limit - workers * 0.1 - 1e-6
    assert seconds <= len(sent) / limit + workers * 0.1


def test_after_a_refusal_nobody_sends_until_the_pause_is_over_or_a_minute_has_passed(clock: Time) -> None:
    async def work(seconds: float) -> float:
        slots = rate.Slots(10)
        one, other = (rate.Turns(10, Asked(slots)) for _ in range(2))
        await one.turn()
        one.pause(seconds)
        since = clock.now
        await other.turn()
        return clock.now - since

    assert asyncio.run(work(7.0)) == pytest.approx(7.0)
    assert asyncio.run(work(1e9)) == pytest.approx(60.0)


class Counted:
    """A limit that only counts."""

    def __init__(self) -> None:
        self.turns, self.pauses = 0, list[float]()

    async def turn(self) -> None:
        self.turns += 1

    def pause(self, seconds: float) -> None:
        self.pauses.append(seconds)


@pytest.fixture
def gateway(gateway: LocalGateway, monkeypatch: pytest.MonkeyPatch) -> LocalGateway:
    monkeypatch.setenv("LOWCODEAPI_API_TOKEN", gateway.api_token)
    monkeypatch.setenv("LOWCODEAPI_BASE_URL", gateway.base_url)
    return gateway


def run(client: Baseten, limit: object, timeout: float | None = None, concurrency: int = 4) -> list[object]:
    fixed = {"deployment": None, "development": False, "ordered": True, "run_timeout": None, "checkpoint": None}
    options = RunOptions(
        client,
        environment="production",
        concurrency=concurrency,
        on_error="collect",
        timeout=timeout,
        resend_unknown=False,
        rate=limit,  # type: ignore[arg-type]
        **fixed,  # type: ignore[arg-type]
    )
    return [each.error for each in predict_many(client, list(range(10)), options)]


def test_every_request_takes_a_turn_and_each_refusal_is_passed_on(gateway: LocalGateway) -> None:
    gateway.faults = FaultPlan(script=["429", "429", "503"], retry_after="0.05")
    limit = Counted()
    with Baseten(remember=False) as client:
        assert run(client, limit) == [None] * 10
    assert limit.turns == len(gateway.requests) == 13
    assert len(limit.pauses) == 3
    assert all(0.04 < seconds <= 0.05 for seconds in limit.pauses[:2])


class Slow(Counted):
    """A limit whose first turn comes after an hour."""

    def __init__(self) -> None:
        super().__init__()
        self.hours = 0

    async def turn(self) -> None:
        await super().turn()
        self.hours = 1

    def monotonic(self) -> float:
        return time.monotonic() + 3600 * self.hours


def test_waiting_for_a_turn_is_no_part_of_the_timeout(gateway: LocalGateway, monkeypatch: pytest.MonkeyPatch) -> None:
    gateway.faults = FaultPlan(script=["429"], retry_after="0.01")
    slow = Slow()
    monkeypatch.setattr(item, "time", slow)
    with Baseten(remember=False) as client:
        assert run(client, slow, timeout=60, concurrency=1) == [None] * 10
    assert slow.turns == 11


def test_the_limit_of_a_job_is_refused_where_there_is_no_ray(
    gateway: LocalGateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "ray", None)
    with pytest.raises(ConfigurationError, match="as worker_rate_limit="):
        Predict("text", environment="production", rate_limit=5)({"text": [1]})
    assert gateway.count() == 0


def test_a_worker_keeps_to_its_limit(gateway: LocalGateway, clock: Time) -> None:
    before = clock.now
    done = Predict("text", environment="production", worker_rate_limit=2)({"text": list(range(9))})
    assert done["error"] == [None] * 9
    assert clock.now - before == pytest.approx(4.0)
    assert gateway.count(PREDICT) == 9
