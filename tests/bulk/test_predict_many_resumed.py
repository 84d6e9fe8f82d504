"""A run with a checkpoint can resume after any stop: nothing twice, nothing lost, unknown fates reported."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from lowcodeapi_baseten import Baseten
from lowcodeapi_baseten.bulk.checkpoint import JournalError, UnknownFateError
from lowcodeapi_baseten.bulk.run import Item
from lowcodeapi_baseten.testing import FaultPlan, LocalGateway, UpstreamError
from lowcodeapi_baseten.transport import fast

from tests.bulk import runs
from tests.bulk.runs import PREDICT, opened, over_each_transport


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "run.jsonl"


def run(gateway: LocalGateway, path: Path, inputs: Any, **options: Any) -> list[Item]:
    return runs.run("sync", gateway, inputs, **{"checkpoint": path, "ordered": True, "timeout": 20, **options})


def lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text().splitlines()]


def test_a_finished_run_is_read_from_the_file(gateway: LocalGateway, path: Path) -> None:
    first = run(gateway, path, range(20))
    assert run(gateway, path, range(20)) == first
    assert gateway.count(PREDICT) == 20


def test_the_file_holds_no_token_and_no_input_and_is_the_users_alone(gateway: LocalGateway, path: Path) -> None:
    gateway.predict = lambda body: "an answer"
    run(gateway, path, ["an input"])
    text = path.read_text()
    assert "an answer" in text
    assert "an input" not in text
    assert gateway.api_token not in text
    assert path.stat().st_mode & 0o077 == 0


def test_an_item_is_written_down_before_it_is_sent_and_its_result_before_it_is_yielded(
    gateway: LocalGateway, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[set[int]] = []
    on_disk: set[int] = set()
    fsync = os.fsync

    def synced(descriptor: int) -> None:
        fsync(descriptor)
        on_disk.update(line["sent"] for line in lines(path) if "sent" in line)

    def predict(body: Any) -> Any:
        assert body["input"] in on_disk
        return body["input"]

    monkeypatch.setattr(os, "fsync", synced)
    gateway.predict = predict
    with Baseten(**opened(gateway)) as client:
        for item in client.inference.predict_many(range(10), environment="production", checkpoint=path):
            assert item.output == item.position
            seen.append({line["done"] for line in lines(path) if "done" in line})
            assert item.position in seen[-1]


@pytest.mark.parametrize("output", [None, 0, -1.5, "t\u00e9xt", [1, {"a": None}], {"output": 1}, b"\x00\x01"], ids=repr)
def test_an_output_of_any_kind_comes_back_as_it_was(output: Any, gateway: LocalGateway, path: Path) -> None:
    gateway.empty_answers = "answered"  # null counts as an answer
    gateway.predict = lambda body: (output, "application/octet-stream") if isinstance(output, bytes) else output
    first = run(gateway, path, [1])
    assert run(gateway, path, [1]) == first


@over_each_transport
def test_what_was_sent_and_not_answered_is_named_and_not_sent_again(gateway: LocalGateway, path: Path) -> None:
    faults = [None, "reset_after", "500_after", "503_after", None]
    gateway.faults = FaultPlan(script=faults, only={PREDICT})
    first = run(gateway, path, range(5), concurrency=1)
    assert [item.error is None for item in first] == [fault is None for fault in faults]
    resumed = run(gateway, path, range(6), concurrency=1)
    assert [item.position for item in resumed if isinstance(item.error, UnknownFateError)] == [1, 2, 3]
    assert [item.output for item in resumed if item.error is None] == [{"echo": {"input": n}} for n in (0, 4, 5)]
    assert gateway.count(PREDICT) == 6


def test_what_could_not_be_sent_is_sent_when_it_was_corrected(gateway: LocalGateway, path: Path) -> None:
    assert [item.error is None for item in run(gateway, path, [1, {2}])] == [True, False]
    assert [item.error for item in run(gateway, path, [1, 2])] == [None, None]


def test_what_is_unknown_is_sent_again_where_that_is_asked_for(gateway: LocalGateway, path: Path) -> None:
    gateway.faults = FaultPlan(script=["reset_after"], only={PREDICT})
    run(gateway, path, range(2), concurrency=1)
    assert all(item.error is None for item in run(gateway, path, range(2), resend_unknown=True))
    assert gateway.count(PREDICT) == 3


def test_a_run_that_ends_at_an_error_sends_nothing_while_fates_are_unknown(gateway: LocalGateway, path: Path) -> None:
    gateway.faults = FaultPlan(script=[None, *["reset_after"] * 7], only={PREDICT})
    run(gateway, path, range(8), concurrency=1)
    before = gateway.count(PREDICT), path.read_bytes()
    for _ in range(2):
        with pytest.raises(
            UnknownFateError, match=r"7 items .*: 1, 2, 3, 4, 5 and 2 more; .*collect.*resend_"
        ) as caught:
            run(gateway, path, range(20), on_error="raise")
        assert caught.value.index == 1
    assert (gateway.count(PREDICT), path.read_bytes()) == before
    resumed = run(gateway, path, range(20))
    assert [item.position for item in resumed if item.error is not None] == list(range(1, 8))
    assert len(run(gateway, path, range(20), on_error="raise", resend_unknown=True)) == 20
    assert len(run(gateway, path, range(20), on_error="raise")) == 20
    assert gateway.count(PREDICT) == 20 + 7


def test_what_was_under_way_when_the_source_failed_is_written_down(gateway: LocalGateway, path: Path) -> None:
    has_failed = threading.Event()

    def inputs() -> Iterator[int]:
        yield from range(8)
        has_failed.set()
        raise KeyError("mine")

    gateway.predict = lambda body: has_failed.wait(20)
    with pytest.raises(KeyError, match="mine"):
        run(gateway, path, inputs())
    assert [item.output for item in run(gateway, path, range(8))] == [True] * 8
    assert gateway.count(PREDICT) == 8


def test_an_input_that_its_source_changes_later_is_known_again(gateway: LocalGateway, path: Path) -> None:
    def inputs() -> Iterator[dict[str, int]]:
        same = {}
        for same["n"] in range(20):
            yield same

    first = run(gateway, path, inputs())
    assert [item.output for item in first] == [{"echo": {"input": {"n": n}}} for n in range(20)]
    assert run(gateway, path, [{"n": n} for n in range(20)]) == first
    assert gateway.count(PREDICT) == 20


@pytest.mark.parametrize(
    ("status", "payload"),
    [
        (400, {"error": "not today"}),
        (429, {"error": "too many"}),
        (503, {"error": "not ready", "error_code": "model_not_ready"}),
    ],
)
def test_what_was_refused_is_sent_again(status: int, payload: Any, gateway: LocalGateway, path: Path) -> None:
    def refuse(body: Any) -> Any:
        # Longer than the timeout: each item is refused, and none is under way when its time is over.
        raise UpstreamError(status, payload, {"retry-after": "3600"})

    gateway.predict = refuse
    assert all(item.error is not None for item in run(gateway, path, range(3), timeout=30))
    assert [line["fate"] for line in lines(path) if "fate" in line] == ["not done"] * 3
    gateway.predict = lambda body: body["input"]
    assert [item.output for item in run(gateway, path, range(3))] == [0, 1, 2]


@over_each_transport
@pytest.mark.parametrize("fault", ["reset_after", "500_after", "408_after", "stall", "truncate", "malformed"])
def test_what_may_have_been_done_is_not_sent_again(fault: str, gateway: LocalGateway, path: Path) -> None:
    gateway.faults = FaultPlan(script=[fault], only={PREDICT})
    (item,) = run(gateway, path, [0], timeout=1)
    assert item.error is not None
    gateway.faults = None
    (resumed,) = run(gateway, path, [0])
    assert isinstance(resumed.error, UnknownFateError)
    assert gateway.count(PREDICT) <= 1


def test_what_may_have_been_done_before_it_was_refused_is_not_sent_again(gateway: LocalGateway, path: Path) -> None:
    gateway.faults = FaultPlan(script=["500_after", "429"], only={PREDICT}, retry_after="60")
    with Baseten(**opened(gateway, retry_unsafe=True)) as client:
        options: dict[str, Any] = {"environment": "production", "checkpoint": path, "on_error": "collect"}
        (item,) = client.inference.predict_many([0], timeout=5, **options)
        assert item.error is not None
        (resumed,) = client.inference.predict_many([0], **options)
    assert isinstance(resumed.error, UnknownFateError)


@pytest.mark.parametrize(
    ("inputs", "options", "problem"),
    [
        ([0, 1, 99], {}, "item 2 has changed"),
        (range(3), {"environment": "staging"}, "not a checkpoint of this run"),
        (range(3), {"environment": None, "development": True}, "not a checkpoint of this run"),
    ],
    ids=["another input", "another environment", "another operation"],
)
def test_the_file_of_another_run_is_refused(
    inputs: Any, options: dict[str, Any], problem: str, gateway: LocalGateway, path: Path
) -> None:
    run(gateway, path, range(3))
    with pytest.raises(JournalError, match=problem):
        run(gateway, path, inputs, **options)
    assert gateway.count(PREDICT) == 3


@pytest.mark.skipif(sys.platform == "win32", reason="there is no lock")
def test_two_runs_do_not_share_a_file(gateway: LocalGateway, path: Path) -> None:
    with Baseten(**opened(gateway)) as client:
        # More inputs than it may hold ready, so the run is not over.
        items = client.inference.predict_many(range(50), environment="production", checkpoint=path, concurrency=2)
        next(items)
        with pytest.raises(JournalError, match="in use"):
            client.inference.predict_many(range(5), environment="production", checkpoint=path)
        items.close()


def test_leaving_the_loop_leaves_a_file_that_goes_on(gateway: LocalGateway, path: Path) -> None:
    with Baseten(**opened(gateway)) as client:
        items = client.inference.predict_many(range(30), environment="production", checkpoint=path, concurrency=2)
        assert next(items).error is None
        items.close()
    resumed = run(gateway, path, range(30))
    unknown = [item for item in resumed if isinstance(item.error, UnknownFateError)]
    assert len(unknown) <= 2
    assert all(item.error is None or item in unknown for item in resumed)
    assert gateway.count(PREDICT) <= 30


_RUN = """
import os, sys
from lowcodeapi_baseten import Baseten
with Baseten(api_token=sys.argv[1], base_url=sys.argv[2], remember=False) as client:
    for item in client.inference.predict_many(
        range(int(sys.argv[4])), environment="production", concurrency=16, checkpoint=sys.argv[3], on_error="collect"
    ):
        print(item.position, flush=True)
"""
ITEMS = int(os.environ.get("KILLED_RUN_ITEMS", "100"))


@pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGKILL")
def test_a_run_that_is_killed_at_any_moment_loses_nothing_and_repeats_nothing(path: Path) -> None:
    seen: Counter[int] = Counter()

    def predict(body: Any) -> Any:
        seen[body["input"]] += 1
        return body["input"]

    with LocalGateway(predict=predict, record=False) as gateway:
        arguments = [sys.executable, "-c", _RUN, gateway.api_token, gateway.base_url, str(path), str(ITEMS)]
        # A run goes on with any transport.
        for share, transport in ((0.3, "default"), (0.7, "fast")):
            before = gateway.count(PREDICT)
            chosen = {"LOWCODEAPI_TRANSPORT": "fast"} if transport == "fast" and fast.is_installed() else {}
            process = subprocess.Popen(arguments, stdout=subprocess.DEVNULL, env={**os.environ, **chosen})
            while process.poll() is None and gateway.count(PREDICT) < max(before + 1, share * ITEMS):
                time.sleep(0.002)
            process.send_signal(signal.SIGKILL)
            process.wait()
        items = run(gateway, path, range(ITEMS), concurrency=16)
    unknown = {item.position for item in items if isinstance(item.error, UnknownFateError)}
    assert [item.position for item in items] == list(range(ITEMS))
    assert {item.position: item.output for item in items if item.error is None} == {
        n: n for n in range(ITEMS) if n not in unknown
    }
    assert max(seen.values()) == 1
    assert set(range(ITEMS)) - set(seen) <= unknown
    assert len(unknown) <= 2 * 16
