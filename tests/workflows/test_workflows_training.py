"""Training: every log line once, every page, every figure."""

from __future__ import annotations

import datetime
import itertools
from typing import Any

import pytest
from lowcodeapi_baseten import Baseten, InvalidParameterError, LowCodeAPIError
from lowcodeapi_baseten.testing import FaultPlan, LocalGateway, telemetry
from lowcodeapi_baseten.workflows import Clock, Metrics, WaitTimeoutError
from lowcodeapi_baseten.workflows._sync import logs
from lowcodeapi_baseten_api.models import GetTrainingJobMetricsResponse

from tests.support import guide_payloads as guide
from tests.support.tables import one_test
from tests.workflows.odd_answers import FILE, GOOD, JOB, PROJECT, Gateway, answering, enveloped
from tests.workflows.patience import Quick, connected

LOGS, FILES = "training.get_logs", "training.list_checkpoint_files"
STARTED = telemetry.STARTED_MILLIS


def everything(gateway: LocalGateway) -> list[str]:
    """The messages of all lines that the job has written."""
    path = f"/v1/training_projects/{PROJECT}/jobs/{JOB}/logs"
    said: Any = gateway.baseten.handle("GET", path, {"direction": "asc", "limit": "1000"}, None).value
    return [line["message"] for line in said["logs"]]


def followed(client: Any, **options: Any) -> list[str]:
    """The messages of all lines."""
    return [line.message for line in client.training.follow_logs(PROJECT, JOB, **options)]


def test_logs_are_followed_until_the_job_ends(gateway: LocalGateway, client: Baseten, clock: Quick) -> None:
    follower = client.training.follow_logs(PROJECT, JOB)
    assert follower.job is None
    lines = [line.message for line in follower]
    assert lines == everything(gateway) and len(lines) > 20
    assert follower.job is not None and follower.job.current_status == "TRAINING_JOB_COMPLETED"
    assert list(follower) == []
    assert len(clock.pauses) > 2 and max(clock.pauses[:-1]) <= 1.0, "looks come often while lines come"


@pytest.mark.parametrize("seed", range(2))
def test_faults_lose_no_line_and_repeat_none(gateway: LocalGateway, client: Baseten, seed: int) -> None:
    gateway.faults = FaultPlan(
        seed=seed,
        rates={"reset_before": 0.15, "reset_after": 0.15, "truncate": 0.15, "malformed": 0.1, "500": 0.1, "429": 0.1},
    )
    assert followed(client) == everything(gateway)


def test_following_ends_with_a_clear_error_at_the_deadline(gateway: LocalGateway, client: Baseten) -> None:
    gateway.baseten.training_jobs[JOB].progress.coming = ["TRAINING_JOB_RUNNING"] * 1000
    with pytest.raises(WaitTimeoutError, match=r"not done after 30 s; it was TRAINING_JOB_RUNNING") as caught:
        followed(client, timeout=30)
    assert caught.value.answer.id == JOB


@pytest.mark.parametrize("taken", [1, 3, 11])
def test_following_goes_on_after_the_last_line_that_was_taken(
    gateway: LocalGateway, client: Baseten, taken: int
) -> None:
    first = client.training.follow_logs(PROJECT, JOB)
    lines = [next(first).message for _ in range(taken)]
    first.close()
    assert list(first) == []
    assert lines + followed(client, since=first.position) == everything(gateway)


@pytest.mark.parametrize(
    ("since", "left_out"),
    [
        (STARTED + telemetry.STEP_MILLIS, 1),
        (datetime.datetime(2026, 1, 1, 0, 0, 10, tzinfo=datetime.UTC), 1),
        (datetime.datetime(2026, 1, 1, 1, 0, 10, tzinfo=datetime.timezone(datetime.timedelta(hours=1))), 1),
        (datetime.datetime(1, 1, 1, tzinfo=datetime.UTC), 0),
    ],
)
def test_following_begins_at_a_time(gateway: LocalGateway, client: Baseten, since: Any, left_out: int) -> None:
    assert followed(client, since=since) == everything(gateway)[left_out:]


NO_TIME = ["yesterday", "1+", -1, True, 1.5, datetime.datetime(2026, 1, 1), 2**63 // 10**6 + 1, f"{2**63}+0"]


@one_test
@pytest.mark.parametrize(
    ("options", "parameter"),
    [
        *(({"since": since}, "since") for since in NO_TIME),
        *(({"latest": latest}, "latest") for latest in (0, True)),
        ({"latest": 5, "since": "12+1"}, "since"),
    ],
)
def test_a_range_that_can_not_be_read_is_refused_at_once(client: Baseten, options: Any, parameter: str) -> None:
    for method in ["iter_logs"] if "latest" in options else ["iter_logs", "follow_logs"]:
        with pytest.raises(InvalidParameterError) as caught:
            getattr(client.training, method)(PROJECT, JOB, **options)
        assert caught.value.parameter == parameter


def read(client: Baseten, options: Any) -> list[str]:
    """The messages of the lines that are there now, or for "follow" until the job ends."""
    if options == "follow":
        return followed(client)
    return [line.message for line in client.training.iter_logs(PROJECT, JOB, **options)]


class Written:
    """Lines of a job written by a test, in place of the gateway's own."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.lines: list[tuple[int, str, str]] = []
        monkeypatch.setattr(telemetry, "_lines", lambda job: sorted(self.lines, key=lambda line: line[0]))

    def write(self, nanos: int, *messages: str) -> None:
        self.lines += [(STARTED * 1_000_000 + nanos, "INFO", message) for message in messages]


@pytest.fixture
def written(monkeypatch: pytest.MonkeyPatch) -> Written:
    return Written(monkeypatch)


@pytest.mark.parametrize(
    ("first", "nanos", "later"),
    [
        (5, 5, ["again 1", "again 2"]),  # with an equal time
        (9_000_000_000, 2_000_000_000, ["late"]),
        (0, 1, ["last words"]),
    ],
)
@pytest.mark.parametrize("stops", [False, True])
def test_a_line_that_comes_later_is_not_lost(
    written: Written, client: Baseten, first: int, nanos: int, later: list[str], stops: bool
) -> None:
    written.write(first, "first")
    lines, left = [], list(later)
    for line in client.training.follow_logs(PROJECT, JOB):
        lines.append(line.message)
        if stops and line.message == "first":
            client.training.stop_job(PROJECT, JOB)
        if left:
            written.write(nanos, left.pop(0))
    assert lines == ["first", *later]


def test_lines_that_reach_baseten_after_the_job_ended_are_waited_for(
    written: Written, client: Baseten, clock: Quick, monkeypatch: pytest.MonkeyPatch
) -> None:
    written.write(0, "first")
    client.training.stop_job(PROJECT, JOB)
    passes = clock.sleep

    def sleep(seconds: float) -> None:
        passes(seconds)
        if len(clock.pauses) == 2:  # by now one poll has brought nothing
            written.write(1, "last words")

    monkeypatch.setattr(clock, "sleep", sleep)
    assert followed(client) == ["first", "last words"]


@pytest.mark.parametrize("options", ["follow", {}, *({"latest": n} for n in (1, 99, 100, 101, 259, 260, 500))])
def test_the_lines_of_all_pages_are_taken_once(
    written: Written, client: Baseten, gateway: LocalGateway, options: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert logs.PAGE == 1000
    monkeypatch.setattr(logs, "PAGE", 100)
    expected = [f"line {number // 3}" for number in range(260)]  # equal ones, too
    for number, message in enumerate(expected):
        # Seven lines per millisecond, so that pages end in the middle of one.
        written.write(number // 7 * 1_000_000, message)
    lines = read(client, options)
    assert lines == (expected if options == "follow" else expected[-options.get("latest", 0) :])
    assert options == "follow" or gateway.count(LOGS) <= 4


@pytest.mark.parametrize("latest", [None, 3000])
def test_lines_are_read_from_a_time_and_level_on(client: Baseten, latest: int | None) -> None:
    since = STARTED + telemetry.STEP_MILLIS
    client.training.wait(PROJECT, JOB)
    lines = [*client.training.iter_logs(PROJECT, JOB, since=since, min_level="INFO", latest=latest)]
    assert lines and {line.level for line in lines} <= {"INFO", "WARNING"}
    assert min(int(line.timestamp) for line in lines) == since * 1_000_000


@pytest.mark.parametrize("latest", [None, 2000])
def test_reading_ends_at_its_deadline(gateway: LocalGateway, latest: int | None) -> None:
    with connected(gateway, clock=Clock()) as client:
        lines = client.training.iter_logs(PROJECT, JOB, latest=latest, timeout=1e-6)
        with pytest.raises(WaitTimeoutError, match=r"not done after 1e-06 s; .*; allow more time"):
            list(lines)


@pytest.mark.parametrize("options", ["follow", {}, {"latest": 2000}])
def test_a_millisecond_with_more_lines_than_a_page_does_not_stop_what_is_read(
    written: Written, client: Baseten, caplog: pytest.LogCaptureFixture, options: Any
) -> None:
    written.write(0, "before")
    written.write(1_000_000, *(f"line {number}" for number in range(1000)))
    written.write(2_000_000, "after")
    lines = read(client, options)
    assert (lines[0], lines[-1], len(lines), len(set(lines))) == ("before", "after", 1002, 1002)
    assert "in one millisecond" in caplog.text


# --- undocumented logs

LINE = guide.LOGS["logs"][0]


@pytest.mark.parametrize("odd", [None, 5, "a line", [], True])
def test_a_line_that_is_none_is_left_out_and_said(odd: Any, caplog: pytest.LogCaptureFixture) -> None:
    gateway = answering(LOGS, {"logs": [LINE, odd, {**LINE, "message": "step 2"}]})
    assert followed(gateway.client) == ["step 1", "step 2"]
    assert caplog.text.count("log lines that can't be read") == 1


ODD: list[Any] = [None, [], {}, [[]], 5.5, True, "9" * 5000, "x", "\ud800", -1, 10**40]
OTHERS = itertools.cycle(["message", "replica", "request_id", "level"])


def test_a_line_with_an_odd_field_is_handed_out_once() -> None:
    for field, odd in [*(("timestamp", odd) for odd in ODD), *zip(OTHERS, ODD, strict=False)]:
        gateway = answering(LOGS, {"logs": [LINE, {**LINE, field: odd}]})
        lines = gateway.client.training.follow_logs(PROJECT, JOB)
        assert [getattr(line, field) for line in lines] == [LINE.get(field), odd]


@pytest.mark.parametrize("answer", [{"logs": None}, {"logs": "x"}, {"logs": {}}, {}])
def test_logs_that_are_no_list_are_none(answer: Any) -> None:
    assert followed(answering(LOGS, answer).client) == []


def test_a_time_that_is_a_number_is_one() -> None:
    time = int(LINE["timestamp"])
    follower = answering(LOGS, {"logs": [{**LINE, "timestamp": time}]}).client.training.follow_logs(PROJECT, JOB)
    assert len(list(follower)) == 1
    assert follower.position == f"{time}+1"


@pytest.mark.parametrize(("line", "count"), [(LINE, 1000), (5, 0), ({**LINE, "timestamp": None}, 1000)])
def test_a_server_that_always_answers_the_same_full_page_is_not_asked_for_ever(line: Any, count: int) -> None:
    gateway = answering(LOGS, {"logs": [line] * 1000})
    assert len(followed(gateway.client)) == count
    assert len(gateway.asked) < 20


@pytest.mark.parametrize("year", [1, 1969, 9999])
def test_a_job_of_any_age_is_followed(year: int) -> None:
    job = {**guide.JOB, "current_status": "TRAINING_JOB_COMPLETED", "created_at": f"{year:04}-06-01T00:00:00Z"}
    assert followed(answering("training.get_job", {"training_job": job}).client) == ["step 1"]


# --- checkpoint files


@pytest.mark.parametrize("page_size", [1, 7, 1000])
def test_the_files_of_all_pages_are_listed(gateway: LocalGateway, client: Baseten, page_size: int) -> None:
    gateway.faults = FaultPlan(seed=page_size, rates={"reset_after": 0.2, "503": 0.1})
    files = list(client.training.iter_checkpoint_files(PROJECT, JOB, page_size=page_size))
    assert len(files) == len({file.url for file in files}) == 25


def test_a_page_is_asked_for_when_it_is_needed(gateway: LocalGateway, client: Baseten) -> None:
    files = client.training.iter_checkpoint_files(PROJECT, JOB, page_size=5)
    for _ in range(5):
        next(files)
    assert gateway.count(FILES) == 1
    next(files)
    assert gateway.count(FILES) == 2


@one_test
@pytest.mark.parametrize("token", ["2", "x", [], {}, True, 0, -1, 1.5, 2**63])
def test_a_next_page_that_is_none_is_an_error(token: Any) -> None:
    gateway = answering(FILES, {"presigned_urls": [FILE], "next_page_token": token})
    with pytest.raises(LowCodeAPIError, match=r"page 0 names page .* as the next one"):
        list(gateway.client.training.iter_checkpoint_files(PROJECT, JOB))
    assert len(gateway.asked) == 1


def test_pages_that_go_in_circles_or_are_empty_without_end_are_an_error() -> None:
    numbers = iter(range(1, 10_000))
    for gateway, problem in (
        (answering(FILES, {"presigned_urls": [FILE], "next_page_token": 5}), "page 5 names page 5 as the next one"),
        (
            Gateway(lambda operation: enveloped({"presigned_urls": [], "next_page_token": next(numbers)})),
            "has no files but names page 1",
        ),
    ):
        with pytest.raises(LowCodeAPIError, match=problem):
            list(gateway.client.training.iter_checkpoint_files(PROJECT, JOB))


# --- metrics


def test_metrics_are_tidy_rows(client: Baseten) -> None:
    metrics = client.training.metrics(PROJECT, JOB)
    rows = metrics.to_rows()
    assert all(set(row) == {"time", "metric", "node", "gpu", "value"} for row in rows)
    by_gpu = {"gpu_memory_usage_bytes", "gpu_utilization"}
    others = {"cpu_usage", "cpu_memory_usage_bytes", "ephemeral_storage_usage_bytes", "ephemeral_storage_utilization"}
    assert {(row["metric"], row["node"], row["gpu"]) for row in rows} == {
        *((name, node, "0") for name in by_gpu for node in (None, "node-0")),
        *((name, node, None) for name in others for node in (None, "node-0")),
        *((name, None, None) for name in ("cache_usage_bytes", "cache_utilization")),
    }
    gpu = next(row for row in rows if row["metric"] == "gpu_utilization")
    assert (gpu["time"], gpu["value"]) == (datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC), 0.9)
    assert isinstance(metrics.response, GetTrainingJobMetricsResponse)
    assert Metrics(GetTrainingJobMetricsResponse.from_dict({})).to_rows() == []


def each(field: str, *odd: Any) -> list[dict[str, Any]]:
    """The field with each of these values."""
    return [{field: value} for value in odd]


POINT = {"value": 0.5, "timestamp": guide.DAY}


@one_test
@pytest.mark.parametrize(
    "changed",
    [
        *each("cpu_usage", 5, "x", {}, [5, None, "x", [], POINT], [{"value": None}], [{}], True),
        *each("gpu_utilization", 5, "x", [], {"0": 5}, {"0": "x"}, {"0": [5, {}]}, {"0": None}),
        *each("per_node_metrics", 5, "x", {}, [5, None], [{"metrics": 5}], [{"node_id": []}], [{}]),
        *each("cache", 5, "x", [], {"usage_bytes": 5}, {"usage_bytes": {}}),
        *each("training_job", 5, [], {"id": []}),
        {"cpu_usage": [{**POINT, **odd} for odd in each("value", "1", None, True, [], {})]},
        {"cpu_usage": [{**POINT, **odd} for odd in each("timestamp", 5, None, True, [], {})]},
    ],
    ids=repr,
)
def test_what_is_no_figure_has_no_row(changed: dict[str, Any]) -> None:
    gateway = answering("training.get_metrics", {**GOOD["training.get_metrics"], **changed})
    metrics = gateway.client.training.metrics(PROJECT, JOB)
    rows = metrics.to_rows()
    assert rows and repr(metrics)
    for row in rows:
        assert isinstance(row["value"], float) and isinstance(row["time"], datetime.datetime)
        assert isinstance(row["node"], str | None) and isinstance(row["gpu"], str | None)
