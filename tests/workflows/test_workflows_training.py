"""Training: every log line once, every page, every figure."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from typing import Any

import anyio
import pytest
from lowcodeapi_baseten import Baseten, InvalidParameterError, LowCodeAPIError, NotFoundError
from lowcodeapi_baseten.testing import FaultPlan, LocalGateway, telemetry, training
from lowcodeapi_baseten.workflows import Clock, LogFollower, Metrics, WaitTimeoutError
from lowcodeapi_baseten_api.models import CheckpointFile, GetTrainingJobMetricsResponse

from tests.support.pairs import in_turn
from tests.workflows.patience import BOTH, Quick, Run, run_async

PROJECT, JOB = "proj_123", "job_456"


@pytest.fixture
def client(baseten_gateway: LocalGateway) -> Iterator[Baseten]:
    gateway = baseten_gateway
    with Baseten(api_token=gateway.api_token, base_url=gateway.base_url, remember=False, max_retries=0) as client:
        client.clock = Quick()
        yield client


def everything(gateway: LocalGateway) -> list[str]:
    """The messages of all lines that the job has written."""
    path = f"/v1/training_projects/{PROJECT}/jobs/{JOB}/logs"
    said: Any = gateway.baseten.handle("GET", path, {"direction": "asc", "limit": "1000"}, None).value
    return [line["message"] for line in said["logs"]]


def followed(client: Any, **options: Any) -> Any:
    follower = client.training.follow_logs(PROJECT, JOB, **options)
    return list(follower) if isinstance(follower, LogFollower) else follower


def test_logs_are_followed_until_the_job_ends(baseten_gateway: LocalGateway, run: Run) -> None:
    lines = [line.message for line in run(baseten_gateway, followed)]
    assert lines == everything(baseten_gateway)
    assert len(lines) > 20


@in_turn(seed=range(4), run=BOTH)
def test_faults_lose_no_line_and_repeat_none(baseten_gateway: LocalGateway, run: Run, seed: int) -> None:
    baseten_gateway.faults = FaultPlan(
        seed=seed,
        rates={"reset_before": 0.15, "reset_after": 0.15, "truncate": 0.15, "malformed": 0.1, "500": 0.1, "429": 0.1},
    )
    assert [line.message for line in run(baseten_gateway, followed)] == everything(baseten_gateway)


def test_following_ends_with_a_clear_error_at_the_deadline(baseten_gateway: LocalGateway, run: Run) -> None:
    baseten_gateway.baseten.training_jobs[JOB].progress.coming = ["TRAINING_JOB_RUNNING"] * 1000
    with pytest.raises(WaitTimeoutError, match=r"not done after 30 s; it was TRAINING_JOB_RUNNING") as caught:
        run(baseten_gateway, lambda client: followed(client, timeout=30))
    assert caught.value.answer.id == JOB


def test_a_job_that_is_not_there_is_an_error_at_once(baseten_gateway: LocalGateway, run: Run) -> None:
    with pytest.raises(NotFoundError):
        run(baseten_gateway, lambda client: client.training.wait(PROJECT, "job_unknown"))


def test_an_asynchronous_callback_is_awaited(baseten_gateway: LocalGateway) -> None:
    seen = list[str]()

    async def tell(job: Any) -> None:
        await anyio.sleep(0)
        seen.append(job.current_status)

    run_async(baseten_gateway, lambda client: client.training.wait(PROJECT, JOB, on_change=tell))
    assert seen == ["TRAINING_JOB_RUNNING", "TRAINING_JOB_COMPLETED"]


def test_only_lines_of_a_level_are_followed(baseten_gateway: LocalGateway, run: Run) -> None:
    lines = run(baseten_gateway, lambda client: followed(client, min_level="WARNING"))
    assert {line.level for line in lines} == {"WARNING"}


@pytest.mark.parametrize("taken", [1, 2, 3, 5, 11])
def test_following_goes_on_after_the_last_line_that_was_taken(
    baseten_gateway: LocalGateway, client: Baseten, taken: int
) -> None:
    first = client.training.follow_logs(PROJECT, JOB)
    lines = [next(first).message for _ in range(taken)]
    position = first.position
    first.close()
    rest = [line.message for line in client.training.follow_logs(PROJECT, JOB, since=position)]
    assert lines + rest == everything(baseten_gateway)


@pytest.mark.parametrize(
    "since",
    [
        telemetry.STARTED_MILLIS + telemetry.STEP_MILLIS,
        datetime.datetime(2026, 1, 1, 0, 0, 10, tzinfo=datetime.UTC),
        datetime.datetime(2026, 1, 1, 1, 0, 10, tzinfo=datetime.timezone(datetime.timedelta(hours=1))),
    ],
)
def test_following_begins_at_a_time(baseten_gateway: LocalGateway, client: Baseten, since: Any) -> None:
    lines = [line.message for line in client.training.follow_logs(PROJECT, JOB, since=since)]
    assert lines == everything(baseten_gateway)[1:]


@pytest.mark.parametrize("since", ["yesterday", "1+", -1, True, 1.5, datetime.datetime(2026, 1, 1)])
def test_a_time_that_is_none_is_refused(client: Baseten, since: Any) -> None:
    with pytest.raises(InvalidParameterError) as caught:
        client.training.follow_logs(PROJECT, JOB, since=since)
    assert caught.value.parameter == "since"


def test_what_is_followed_can_be_looked_at(baseten_gateway: LocalGateway, client: Baseten) -> None:
    follower = client.training.follow_logs(PROJECT, JOB)
    assert follower.job is None
    assert len(list(follower)) > 20
    assert follower.job is not None
    assert follower.job.current_status == "TRAINING_JOB_COMPLETED"
    assert list(follower) == []


class Written:
    """Lines of a job written by a test, in place of the gateway's own."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.lines: list[tuple[int, str, str]] = []
        monkeypatch.setattr(telemetry, "_lines", lambda job: sorted(self.lines, key=lambda line: line[0]))

    def write(self, nanos: int, message: str) -> None:
        self.lines.append((telemetry.STARTED_MILLIS * 1_000_000 + nanos, "INFO", message))


@pytest.fixture
def written(monkeypatch: pytest.MonkeyPatch) -> Written:
    return Written(monkeypatch)


def test_equal_lines_at_one_time_are_as_many_as_were_written(written: Written, client: Baseten) -> None:
    for message in ("a", "same", "same", "same", "b"):
        written.write(5, message)
    assert [line.message for line in client.training.follow_logs(PROJECT, JOB)] == ["a", "same", "same", "same", "b"]


def test_a_line_that_comes_later_with_an_equal_time_is_not_lost(written: Written, client: Baseten) -> None:
    written.write(5, "first")
    follower, lines = client.training.follow_logs(PROJECT, JOB), list[str]()
    for line in follower:
        lines.append(line.message)
        if len(lines) < 4:
            written.write(5, f"again {len(lines)}")
    assert lines == ["first", "again 1", "again 2", "again 3"]


def test_a_line_that_arrives_late_is_not_lost(written: Written, client: Baseten) -> None:
    written.write(9_000_000_000, "in time")
    lines = []
    for line in client.training.follow_logs(PROJECT, JOB):
        lines.append(line.message)
        if line.message == "in time":
            written.write(2_000_000_000, "late")
    assert lines == ["in time", "late"]


def test_more_lines_than_a_page_holds_are_all_taken_once(
    written: Written, client: Baseten, baseten_gateway: LocalGateway
) -> None:
    for number in range(2600):
        # Seven lines per millisecond, so that pages end in the middle of one.
        written.write(number // 7 * 1_000_000, f"line {number}")
    assert [line.message for line in client.training.follow_logs(PROJECT, JOB)] == [f"line {n}" for n in range(2600)]


LATEST = [None, 1, 999, 1000, 1001, 2599, 2600, 5000]


@in_turn(latest=LATEST, run=BOTH)
def test_the_lines_that_are_there_are_read_from_all_pages(
    written: Written, baseten_gateway: LocalGateway, run: Run, latest: int | None
) -> None:
    for number in range(2600):
        written.write(number // 7 * 1_000_000, f"line {number // 3}")  # equal ones too

    def read(client: Any) -> Any:
        lines = client.training.iter_logs(PROJECT, JOB, latest=latest)
        return lines if hasattr(lines, "__aiter__") else list(lines)

    expected = [f"line {number // 3}" for number in range(2600)]
    assert [line.message for line in run(baseten_gateway, read)] == expected[-(latest or 0) :]
    assert baseten_gateway.count("training.get_logs") <= 4


@pytest.mark.parametrize("latest", [None, 3000])
def test_lines_are_read_from_a_time_and_level_on(client: Baseten, latest: int | None) -> None:
    since = telemetry.STARTED_MILLIS + telemetry.STEP_MILLIS
    client.training.wait(PROJECT, JOB)
    lines = [*client.training.iter_logs(PROJECT, JOB, since=since, min_level="INFO", latest=latest)]
    assert lines and {line.level for line in lines} <= {"INFO", "WARNING"}
    assert min(int(line.timestamp) for line in lines) == since * 1_000_000


@in_turn(latest=[None, 2000], run=BOTH)
def test_reading_ends_at_its_deadline(baseten_gateway: LocalGateway, run: Run, latest: int | None) -> None:
    def read(client: Any) -> Any:
        lines = client.training.iter_logs(PROJECT, JOB, latest=latest, timeout=1e-6)
        return lines if hasattr(lines, "__aiter__") else list(lines)

    with pytest.raises(WaitTimeoutError, match=r"not done after 1e-06 s; .*; allow more time"):
        run(baseten_gateway, read, Clock())


@pytest.mark.parametrize("latest", [None, 2000])
def test_a_crowded_millisecond_does_not_stop_what_is_read(
    written: Written, client: Baseten, caplog: pytest.LogCaptureFixture, latest: int | None
) -> None:
    written.write(0, "before")
    for number in range(1000):
        written.write(1_000_000, f"line {number}")
    written.write(2_000_000, "after")
    lines = [line.message for line in client.training.iter_logs(PROJECT, JOB, latest=latest)]
    assert (lines[0], lines[-1], len(lines)) == ("before", "after", 1002)
    assert len(lines) == len(set(lines))


@pytest.mark.parametrize(
    ("options", "parameter"),
    [
        ({"latest": 0}, "latest"),
        ({"latest": True}, "latest"),
        ({"latest": 5, "since": "12+1"}, "since"),
        ({"since": -1}, "since"),
    ],
)
def test_what_can_not_be_read_is_refused_at_once(client: Baseten, options: Any, parameter: str) -> None:
    with pytest.raises(InvalidParameterError) as caught:
        client.training.iter_logs(PROJECT, JOB, **options)
    assert caught.value.parameter == parameter


def test_a_millisecond_with_more_lines_than_a_page_does_not_stop_what_comes_after(
    written: Written, client: Baseten, caplog: pytest.LogCaptureFixture
) -> None:
    for number in range(1000):
        written.write(0, f"line {number}")
    written.write(1_000_000, "after")
    lines = [line.message for line in client.training.follow_logs(PROJECT, JOB)]
    assert (len(lines), lines[-1]) == (1001, "after")
    assert "in one millisecond" in caplog.text


def test_lines_that_were_written_as_the_job_ended_are_not_lost(written: Written, client: Baseten) -> None:
    written.write(0, "first")
    follower, lines = client.training.follow_logs(PROJECT, JOB), list[str]()
    for line in follower:
        lines.append(line.message)
        if follower.job is not None and line.message == "first":
            client.training.stop_job(PROJECT, JOB)
            written.write(1, "last words")
    assert lines == ["first", "last words"]


def test_lines_that_reach_baseten_after_the_job_ended_are_waited_for(
    baseten_gateway: LocalGateway, written: Written, client: Baseten
) -> None:
    written.write(0, "first")
    client.training.stop_job(PROJECT, JOB)
    clock = client.clock
    assert isinstance(clock, Quick)
    follower, lines = client.training.follow_logs(PROJECT, JOB), list[str]()
    lines.append(next(follower).message)
    passes = clock.sleep

    def sleep(seconds: float) -> None:
        passes(seconds)
        if len(clock.pauses) == 2:  # by now one poll has brought nothing
            written.write(1, "last words")

    clock.sleep = sleep  # type: ignore[method-assign]
    lines += [line.message for line in follower]
    assert lines == ["first", "last words"]


@in_turn(page_size=[1, 7, 1000], run=BOTH)
def test_the_files_of_all_pages_are_listed(baseten_gateway: LocalGateway, run: Run, page_size: int) -> None:
    baseten_gateway.faults = FaultPlan(seed=page_size, rates={"reset_after": 0.2, "503": 0.1})

    def work(client: Any) -> Any:
        files = client.training.iter_checkpoint_files(PROJECT, JOB, page_size=page_size)
        return files if hasattr(files, "__aiter__") else list(files)

    files: list[CheckpointFile] = run(baseten_gateway, work)
    assert len(files) == 25
    assert len({file.url for file in files}) == 25


def test_a_page_is_asked_for_when_it_is_needed(baseten_gateway: LocalGateway, client: Baseten) -> None:
    files = client.training.iter_checkpoint_files(PROJECT, JOB, page_size=5)
    for _ in range(5):
        next(files)
    assert baseten_gateway.count("training.list_checkpoint_files") == 1
    next(files)
    assert baseten_gateway.count("training.list_checkpoint_files") == 2


def test_pages_that_go_in_circles_are_an_error(
    baseten_gateway: LocalGateway, client: Baseten, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(training, "integer", lambda call, name, default, low, high: 5 if name == "page_size" else 0)
    with pytest.raises(LowCodeAPIError, match="page 5 names page 5 as the next one"):
        list(client.training.iter_checkpoint_files(PROJECT, JOB))


def test_metrics_are_tidy_rows(baseten_gateway: LocalGateway, run: Run) -> None:
    metrics = run(baseten_gateway, lambda client: client.training.metrics(PROJECT, JOB))
    rows = metrics.to_rows()
    assert all(set(row) == {"time", "metric", "node", "gpu", "value"} for row in rows)
    assert {(row["metric"], row["node"], row["gpu"]) for row in rows} == {
        ("gpu_memory_usage_bytes", None, "0"),
        ("gpu_utilization", None, "0"),
        ("cpu_usage", None, None),
        ("cpu_memory_usage_bytes", None, None),
        ("ephemeral_storage_usage_bytes", None, None),
        ("ephemeral_storage_utilization", None, None),
        ("cache_usage_bytes", None, None),
        ("cache_utilization", None, None),
        ("gpu_memory_usage_bytes", "node-0", "0"),
        ("gpu_utilization", "node-0", "0"),
        ("cpu_usage", "node-0", None),
        ("cpu_memory_usage_bytes", "node-0", None),
        ("ephemeral_storage_usage_bytes", "node-0", None),
        ("ephemeral_storage_utilization", "node-0", None),
    }
    gpu = next(row for row in rows if row["metric"] == "gpu_utilization")
    assert gpu["time"] == datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC)
    assert gpu["value"] == 0.9
    assert isinstance(metrics.response, GetTrainingJobMetricsResponse)


def test_metrics_with_nothing_in_them_are_no_rows() -> None:
    assert Metrics(GetTrainingJobMetricsResponse.from_dict({})).to_rows() == []
