"""A run that is cut off at any moment leaves no task, timer, thread, connection or locked file."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import gc
import itertools
import json
import os
import random
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import aclosing, closing
from contextvars import Context
from pathlib import Path
from typing import Any, TypeVarTuple

import pytest
from lowcodeapi_baseten import AsyncBaseten, Baseten, JournalError
from lowcodeapi_baseten.testing import FaultPlan, LocalGateway

from tests.bulk.runs import PREDICT, both, opened, over_each_transport

RUNS = int(os.environ.get("CANCELLED_RUNS", "40"))
PLACE: dict[str, Any] = {"environment": "production", "on_error": "collect"}
FAULTS = {
    **dict.fromkeys(["refuse", "reset_before", "reset_after", "429", "500_after", "truncate", "stall"], 0.04),
    "latency": 0.1,
    "trickle": 0.1,
}


Ts = TypeVarTuple("Ts")


class Loop(asyncio.SelectorEventLoop):
    """An event loop that knows its scheduled callbacks."""

    def __init__(self) -> None:
        super().__init__()
        self.timers: list[asyncio.TimerHandle] = []

    def call_at(
        self, when: float, callback: Callable[[*Ts], object], *args: *Ts, context: Context | None = None
    ) -> asyncio.TimerHandle:
        handle = super().call_at(when, callback, *args, context=context)
        self.timers.append(handle)
        return handle

    def left(self) -> list[asyncio.TimerHandle]:
        """The callbacks that are still due."""
        return [timer for timer in self.timers if not timer.cancelled() and timer.when() > self.time()]


def faulty(seed: int, **rates: float) -> LocalGateway:
    plan = FaultPlan(seed=seed, rates={**FAULTS, **rates}, latency_seconds=0.005, trickle_seconds=0.0005)
    return LocalGateway(faults=plan)


class Awaited:
    """Endless inputs, some after a turn of the event loop. Not a generator, so nobody has to close it."""

    def __init__(self) -> None:
        self._given = 0

    def __aiter__(self) -> Awaited:
        return self

    async def __anext__(self) -> int:
        self._given += 1
        if self._given % 7 == 0:
            await asyncio.sleep(0)
        return self._given


def options_of(chance: random.Random, path: Path) -> dict[str, Any]:
    """Random options for a run."""
    concurrency, is_written = chance.choice([1, 2, 8, 64]), chance.random() < 0.3
    return {
        **PLACE,
        "concurrency": concurrency,
        "ordered": chance.random() < 0.5,
        "checkpoint": path if is_written else None,
        "run_timeout": chance.choice([None, 20]),
    }


async def _cut_off(client: AsyncBaseten, chance: random.Random, path: Path) -> None:
    """Begin a run, take some of its items or none, and end it some turns of the event loop later."""
    inputs = Awaited() if chance.random() < 0.3 else iter(range(80))
    items = client.inference.predict_many(inputs, **options_of(chance, path))

    async def consume() -> None:
        async for _ in items:
            pass

    async with asyncio.timeout(20), aclosing(items):
        task = asyncio.create_task(consume())
        for _ in range(chance.choice([0, 1, 2, 5, 20, 50, 150])):
            await asyncio.sleep(0)
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task


@over_each_transport
def test_nothing_is_left_of_an_asynchronous_run_that_is_cancelled_at_any_moment(tmp_path: Path) -> None:
    chance = random.Random(RUNS)

    async def runs(gateway: LocalGateway) -> None:
        loop = asyncio.get_running_loop()
        assert isinstance(loop, Loop)
        client = AsyncBaseten(**opened(gateway))
        for number in range(RUNS):
            if number % 5 == 0:
                # This client doesn't know the URL format yet, so its items wait until one of them has asked.
                await client.aclose()
                client = AsyncBaseten(**opened(gateway))
            loop.timers.clear()
            path = tmp_path / f"{number}.jsonl"
            await _cut_off(client, chance, path)
            assert asyncio.all_tasks() == {asyncio.current_task()}
            assert loop.left() == []
            if path.exists():
                with closing(path.open("rb+")) as file:
                    free(file)
        await client.aclose()

    with faulty(1) as gateway, asyncio.Runner(loop_factory=Loop) as runner:
        runner.run(runs(gateway))
    gc.collect()  # an unclosed connection warns here


def free(file: Any) -> None:
    """Raise if somebody still holds the file."""
    with contextlib.suppress(ImportError):
        import fcntl

        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)


@over_each_transport
def test_nothing_is_left_of_a_run_whose_loop_is_left_at_any_moment(tmp_path: Path) -> None:
    chance = random.Random(RUNS)
    with faulty(2, stall=0) as gateway:  # the run waits for items
        client = Baseten(**opened(gateway))
        for number in range(RUNS // 4):
            if number % 5 == 0:
                client.close()
                client = Baseten(**opened(gateway))
            inputs = [range(80), iter(range(80))][number % 2]
            path = tmp_path / f"{number}.jsonl"
            with closing(client.inference.predict_many(inputs, **options_of(chance, path))) as items:
                for _ in itertools.islice(items, chance.choice([0, 1, 2, 8])):
                    pass
            assert ours("bulk") == []
            for thread in ours("inputs"):  # the thread ends at its next input
                thread.join(20)
            assert ours("") == []
            if path.exists():
                with closing(path.open("rb+")) as file:
                    free(file)
        client.close()
    gc.collect()


def ours(name: str) -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if thread.name.startswith(f"lowcodeapi-baseten-{name}")]


@both
def test_a_run_that_is_never_begun_lets_go_of_its_checkpoint(kind: str, tmp_path: Path) -> None:
    path = tmp_path / "run.jsonl"
    with LocalGateway() as gateway, Baseten(**opened(gateway)) as client:
        other = AsyncBaseten(**opened(gateway))
        if kind == "sync":
            client.inference.predict_many(range(3), checkpoint=path, **PLACE).close()
        else:
            asyncio.run(other.inference.predict_many(range(3), checkpoint=path, **PLACE).aclose())
        assert ours("") == []
        assert len(list(client.inference.predict_many(range(3), checkpoint=path, **PLACE))) == 3


@over_each_transport
def test_ctrl_c_ends_a_run(tmp_path: Path) -> None:
    path = tmp_path / "run.jsonl"
    with LocalGateway() as gateway, Baseten(**opened(gateway)) as client:

        def predict(body: Any) -> Any:
            if body["input"] == 20:
                # The main thread gets it, while it waits for the next item.
                signal.raise_signal(signal.SIGINT)
            return body["input"]

        gateway.predict = predict
        with pytest.raises(KeyboardInterrupt):
            for _ in client.inference.predict_many(range(10_000), checkpoint=path, concurrency=4, **PLACE):
                pass
        assert ours("") == []
        gateway.predict = lambda body: body["input"]
        sent = gateway.count(PREDICT)
        resumed = list(client.inference.predict_many(range(sent), checkpoint=path, **PLACE))
    # Not by their number: one that was cut off may have arrived after `sent` was taken.
    arrived = [each.body["input"] for each in gateway.received if each.operation == PREDICT]
    assert len(arrived) == len(set(arrived)) >= sent
    assert sum(item.error is not None for item in resumed) <= 4


@contextlib.contextmanager
def files_end_at(size: int, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Let nobody in this process write beyond this many bytes of a file."""
    monkeypatch.setattr("sys.dont_write_bytecode", True)  # it would be cut off, too, and break whoever imports it next
    resource = pytest.importorskip("resource", reason="there is no limit to set")
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_a_checkpoint_that_can_not_be_written_any_longer_ends_the_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, is_over, seen = tmp_path / "run.jsonl", threading.Event(), []

    def inputs() -> Iterator[int]:
        yield from range(3)
        is_over.wait(20)

    with LocalGateway(predict=lambda body: "a" * 3000) as gateway, Baseten(**opened(gateway)) as client:
        run = client.inference.predict_many(inputs(), environment="production", concurrency=1, checkpoint=path)
        with files_end_at(8192, monkeypatch), pytest.raises(JournalError) as caught:
            for item in run:
                seen.append(item.position)
        is_over.set()
    why = f"the checkpoint {str(path)!r} can't be written ({os.strerror(errno.EFBIG)}): free space"
    assert str(caught.value).startswith(why)
    # Every item that was handed over was written down, as a whole line.
    written = [json.loads(line) for line in path.read_text().splitlines(keepends=True) if line.endswith("\n")]
    assert seen == [line["done"] for line in written if "done" in line] != []
