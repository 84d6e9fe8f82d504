"""Undocumented answers, and each workflow's handling of them."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from lowcodeapi_baseten import InvalidParameterError, LowCodeAPIError, RateLimitError
from lowcodeapi_baseten.workflows import (
    DownloadError,
    RotationError,
    WaitError,
    WaitFailedError,
)

from tests.support import guide_payloads as guide
from tests.support.pairs import in_pairs, in_turn
from tests.workflows.odd_answers import FILE, GOOD, JOB, KEYS, MODEL, NEW_KEYS, PROJECT, Gateway, enveloped, says

BOTH = {"sync": Gateway.run_sync, "async": Gateway.run_async}
KEY = KEYS["keys"][0]


@pytest.fixture(params=BOTH.values(), ids=list(BOTH))
def run(request: pytest.FixtureRequest) -> Any:
    """Runs a workflow with either kind of client. A table of cases takes them in turn."""
    return request.param


def each(field: str, *odd: Any) -> list[dict[str, Any]]:
    """The field with each of these values."""
    return [{field: value} for value in odd]


OLD, NEW = "abcd1234", "ef567890"
BOTH_KEYS = {"keys": [*KEYS["keys"], *NEW_KEYS["keys"]]}

# --- rotating a key: whatever is said once it is created, nobody is left without its name

AFTER: Mapping[str, tuple[dict[str, Any], str, str | None]] = {
    "a list with an entry that is none": ({"api_keys.list": (KEYS, {"keys": ["x"]})}, "it is unknown if", NEW),
    "a list without prefixes": ({"api_keys.list": (KEYS, {"keys": [{"name": "a"}]})}, "it is unknown if", NEW),
    "a list of no keys": ({"api_keys.list": (KEYS, {"keys": []})}, "it is unknown if", NEW),
    "a list that is none": ({"api_keys.list": (KEYS, {"keys": 5})}, "it is unknown if", NEW),
    "a prefix that can't be looked up": (
        {"api_keys.list": (KEYS, {"keys": [{"prefix": []}]})},
        "it is unknown if",
        NEW,
    ),
    "the old key, and one that is odd": ({"api_keys.list": (KEYS, {"keys": [KEY, 5]})}, "both keys exist", NEW),
    "no key in the answer": (
        {"api_keys.create": {"api_key": None}, "api_keys.list": (KEYS, BOTH_KEYS)},
        f"{NEW} was created, but its value was lost",
        NEW,
    ),
    "a number for a key": (
        {"api_keys.create": {"api_key": 5}, "api_keys.list": (KEYS, BOTH_KEYS)},
        f"{NEW} was created, but its value was lost",
        NEW,
    ),
    "no key and odd prefixes": (
        {"api_keys.create": {}, "api_keys.list": (KEYS, {"keys": [KEY, {"prefix": 5}, {"prefix": {}}]})},
        "it is unknown if a new one was created",
        None,
    ),
    "no key, odd prefixes and the new one": (
        {"api_keys.create": {}, "api_keys.list": (KEYS, {"keys": [None, {"prefix": NEW}]})},
        f"{NEW} was created, but its value was lost",
        NEW,
    ),
    "two new keys": (
        {"api_keys.create": {}, "api_keys.list": (KEYS, {"keys": [{"prefix": "b"}, {"prefix": 1}, {"prefix": "a"}]})},
        "a, b was created",
        None,
    ),
    "a key without a prefix": (
        {"api_keys.create": {"api_key": "all-of-it-is-secret"}, "api_keys.list": KEYS},
        "a new one was created, and is `key` of this error",
        None,
    ),
}


@in_turn(case=[*AFTER], run=BOTH)
def test_a_created_key_is_named_whatever_the_server_says(case: str, run: Any) -> None:
    answers, problem, new_prefix = AFTER[case]
    gateway = Gateway(says(answers))
    with pytest.raises(RotationError, match=problem) as caught:
        run(gateway, lambda client: client.api_keys.rotate(OLD, hand_over=lambda key: None))
    error = caught.value
    assert (error.old_prefix, error.new_prefix) == (OLD, new_prefix)
    assert OLD in str(error) and (new_prefix or "") in str(error)
    assert "secret" not in f"{error}{error!r}"
    assert gateway.asked.count("api_keys.create") == 1


def test_a_key_without_a_prefix_is_rotated_by_the_one_that_is_new_in_the_list(run: Any) -> None:
    answers = {"api_keys.create": {"api_key": "all-of-it-is-secret"}, "api_keys.list": (KEYS, BOTH_KEYS, NEW_KEYS)}
    rotation = run(Gateway(says(answers)), lambda client: client.api_keys.rotate(OLD, hand_over=lambda key: None))
    assert (rotation.prefix, rotation.key.api_key) == (NEW, "all-of-it-is-secret")


@in_turn(keys=[[5, None, "x"], [{"prefix": None}, {"prefix": [OLD]}, {"name": OLD}]], run=BOTH)
def test_a_key_that_no_entry_shows_is_not_rotated(run: Any, keys: list[Any]) -> None:
    gateway = Gateway(says({"api_keys.list": {"keys": keys}}))
    with pytest.raises(InvalidParameterError, match="is not the prefix of any API key"):
        run(gateway, lambda client: client.api_keys.rotate(OLD, hand_over=lambda key: None))
    assert gateway.asked == ["api_keys.list"]


@in_turn(prefix=[None, 5, "", "a/b", "\ud800", "a\n"], run=BOTH)
def test_a_prefix_that_could_not_be_deleted_is_refused_before_a_key_is_created(run: Any, prefix: Any) -> None:
    gateway = Gateway(says({"api_keys.list": {"keys": [{**KEY, "prefix": prefix}]}}))
    with pytest.raises(InvalidParameterError) as caught:
        run(gateway, lambda client: client.api_keys.rotate(prefix, hand_over=lambda key: None))
    assert (caught.value.parameter, gateway.asked) == ("prefix", [])


def test_odd_entries_beside_the_old_key_are_no_hindrance(run: Any) -> None:
    keys: list[Any] = [{**KEY, "prefix": "ef", "other": 1}, 5, KEY]
    answers = {"api_keys.list": ({"keys": keys}, NEW_KEYS)}
    assert run(Gateway(says(answers)), lambda c: c.api_keys.rotate(OLD, hand_over=lambda key: None)).prefix == NEW


# --- waiting

NO_STATE: list[Any] = [None, [], {}, 5, True, ["SUCCEEDED"], "", " \n"]
WAITS: Mapping[str, tuple[str, Any, Any]] = {
    "wait": (
        "inference.get_async_request",
        lambda state: {**guide.ASYNC_STATUS, "status": state},
        lambda c, **on: c.inference.wait("r", timeout=None, **on),
    ),
    "wait_until_active": (
        "deployments.get",
        lambda state: {**guide.DEPLOYMENT, "status": state},
        lambda c, **on: c.deployments.wait_until_active(MODEL, "dep1", timeout=None, **on),
    ),
    "wait_for_promotion": (
        "environments.get",
        lambda state: {**guide.ENVIRONMENT, "in_progress_promotion": {"status": state}},
        lambda c, **on: c.environments.wait_for_promotion(MODEL, "staging", timeout=None, **on),
    ),
    "training.wait": (
        "training.get_job",
        lambda state: {"training_job": {**guide.JOB, "current_status": state}},
        lambda c, **on: c.training.wait(PROJECT, JOB, timeout=None, **on),
    ),
    "follow_logs": (
        "training.get_job",
        lambda state: {"training_job": {**guide.JOB, "current_status": state}},
        lambda c, **on: c.training.follow_logs(PROJECT, JOB, timeout=None),
    ),
}


@in_pairs(state=NO_STATE, name=[*WAITS], run=BOTH)
def test_answers_that_show_no_state_are_not_waited_for_long(name: str, state: Any, run: Any) -> None:
    operation, payload, wait = WAITS[name]
    gateway = Gateway(says({operation: payload(state)}))
    with pytest.raises(WaitFailedError, match=r"is unknown: the answers show no state") as caught:
        run(gateway, wait)
    assert len(gateway.asked) < 40
    assert caught.value.state == "unknown" and caught.value.answer is not None


@in_turn(job=[None, 5, "x", [], True], run=BOTH)
def test_a_job_that_is_none_is_not_told_of(run: Any, job: Any) -> None:
    seen = list[Any]()
    gateway = Gateway(says({"training.get_job": ({"training_job": job}, GOOD["training.get_job"])}))
    found = run(gateway, lambda client: client.training.wait(PROJECT, JOB, on_change=seen.append))
    assert [known.current_status for known in [*seen, found]] == ["TRAINING_JOB_COMPLETED"] * 2


@in_turn(errors=["no memory", ["no memory"], [{"message": "no memory"}], [{"code": "no memory"}]], run=BOTH)
def test_why_a_request_failed_is_told_however_it_is_said(run: Any, errors: Any) -> None:
    gateway = Gateway(says({"inference.get_async_request": {**guide.ASYNC_STATUS, "errors": errors}}))
    with pytest.raises(WaitFailedError, match=r"is FAILED: no memory$"):
        run(gateway, lambda client: client.inference.wait("r"))


@in_turn(errors=[None, 5, True, {}, [], [None], [[]], [{"message": []}]], run=BOTH)
def test_a_request_that_failed_without_a_reason_has_failed(run: Any, errors: Any) -> None:
    gateway = Gateway(says({"inference.get_async_request": {**guide.ASYNC_STATUS, "errors": errors}}))
    with pytest.raises(WaitFailedError, match=r"is FAILED$"):
        run(gateway, lambda client: client.inference.wait("r"))


@in_turn(state=["A\nB", "x" * 10_000, "\ud800"], run=BOTH)
def test_a_state_is_one_line_in_an_error(run: Any, state: str) -> None:
    gateway = Gateway(says({"deployments.get": {**guide.DEPLOYMENT, "status": state}}))
    with pytest.raises(WaitError) as caught:
        run(gateway, lambda client: client.deployments.wait_until_active(MODEL, "dep1", timeout=100))
    assert str(caught.value).isprintable() and len(str(caught.value)) < 1000


@in_pairs(
    current=[None, 5, "dep2", [], {"id": None}, {"id": []}, {}],
    before=[("dep1", {"status": "RELEASING"}), ([], []), ("dep1", "x"), (None, 5)],
    run=BOTH,
)
def test_a_promotion_whose_end_nobody_can_see_is_no_success(run: Any, before: tuple[Any, Any], current: Any) -> None:
    def environment(current: Any, promotion: Any) -> Any:
        return {**guide.ENVIRONMENT, "current_deployment": current, "in_progress_promotion": promotion}

    first, promotion = before
    answers = environment({"id": first}, promotion), environment(current, None)
    with pytest.raises(WaitFailedError, match="without success"):
        run(
            Gateway(says({"environments.get": answers})),
            lambda client: client.environments.wait_for_promotion(MODEL, "staging"),
        )


@in_pairs(
    answer=[{"id": None}, {"id": []}, {"id": "../x"}, {"id": 5}, {}],
    where=[{}, {"environment": "staging"}],
    run=BOTH,
)
def test_a_deployment_without_an_id_is_not_woken(run: Any, answer: Any, where: dict[str, Any]) -> None:
    deployment = {**guide.DEPLOYMENT, "id": None, "status": "SCALED_TO_ZERO", **answer}
    answers = {"deployments.get_production": deployment, "environments.get": {"current_deployment": deployment}}
    gateway = Gateway(says(answers))
    with pytest.raises(WaitFailedError, match="names no deployment that could be woken"):
        run(gateway, lambda client: client.inference.wake(MODEL, **where))
    assert len(gateway.asked) == 1


@in_turn(current=[5, "dep1", [], True], run=BOTH)
def test_an_environment_whose_deployment_is_none_is_not_woken(run: Any, current: Any) -> None:
    with pytest.raises(WaitFailedError, match="names no deployment"):
        run(
            Gateway(says({"environments.get": {**guide.ENVIRONMENT, "current_deployment": current}})),
            lambda client: client.inference.wake(MODEL, environment="staging"),
        )


@in_turn(request_id=[None, 5, [], {}, "", "a/b", "a\nb", "\ud800", True], run=BOTH)
def test_a_prediction_without_an_id_is_an_error_that_says_that_it_was_queued(run: Any, request_id: Any) -> None:
    gateway = Gateway(says({"inference.async_predict_development": {"request_id": request_id}}))
    with pytest.raises(LowCodeAPIError, match=r"was queued.*no request_id"):
        run(gateway, lambda client: client.inference.submit(development=True, input={}))


def test_an_answer_that_asks_for_years_is_not_waited_for_that_long(run: Any) -> None:
    import httpx

    def answer(operation: str) -> httpx.Response:
        return httpx.Response(429, headers={"retry-after": "Fri, 31 Dec 9999 23:59:59 GMT"}, json={"error": "no"})

    clocks = list[Any]()

    def work(client: Any) -> Any:
        clocks.append(client.clock)
        return client.training.wait(PROJECT, JOB)

    with pytest.raises(RateLimitError):
        run(Gateway(answer), work)
    assert clocks[0].pauses == [300.0]


@in_turn(seconds={"long": 1e10, "huge": 10**5000, "endless": float("inf"), "text": "1", "none": None}, run=BOTH)
def test_an_interval_that_no_machine_can_wait_is_refused(run: Any, seconds: Any) -> None:
    with pytest.raises(InvalidParameterError, match=r"^interval "):
        run(Gateway(says({})), lambda client: client.inference.wait("r", interval=seconds, max_interval=1e9))


# --- logs

LINE = guide.LOGS["logs"][0]
TIME = int(LINE["timestamp"])


@in_turn(odd=[None, 5, "a line", [], True], run=BOTH)
def test_a_line_that_is_none_is_left_out_and_said(run: Any, odd: Any, caplog: pytest.LogCaptureFixture) -> None:
    gateway = Gateway(says({"training.get_logs": {"logs": [LINE, odd, {**LINE, "message": "step 2"}]}}))
    lines = run(gateway, lambda client: client.training.follow_logs(PROJECT, JOB))
    assert [line.message for line in lines] == ["step 1", "step 2"]
    assert caplog.text.count("log lines that can't be read") == 1


ODD_FIELDS: list[Any] = [None, [], {}, [[]], 5.5, True, "9" * 5000, "x", "\ud800", -1, 10**40]


@in_turn(odd=ODD_FIELDS * 2, field=[*["timestamp"] * 11, *["message", "replica", "request_id", "level"] * 3], run=BOTH)
def test_a_line_with_an_odd_field_is_handed_out_once(run: Any, field: str, odd: Any) -> None:
    gateway = Gateway(says({"training.get_logs": {"logs": [LINE, {**LINE, field: odd}]}}))
    lines = run(gateway, lambda client: client.training.follow_logs(PROJECT, JOB))
    assert [getattr(line, field) for line in lines] == [LINE.get(field), odd]


@in_turn(answer=[{"logs": None}, {"logs": "x"}, {"logs": {}}, {}], run=BOTH)
def test_logs_that_are_no_list_are_none(run: Any, answer: Any) -> None:
    assert run(Gateway(says({"training.get_logs": answer})), lambda c: c.training.follow_logs(PROJECT, JOB)) == []


def test_a_time_that_is_a_number_is_one() -> None:
    gateway = Gateway(says({"training.get_logs": {"logs": [{**LINE, "timestamp": TIME}]}}))

    def work(client: Any) -> Any:
        follower = client.training.follow_logs(PROJECT, JOB)
        assert len(list(follower)) == 1
        return follower.position

    assert gateway.run_sync(work) == f"{TIME}+1"


@in_turn(page=["the same", "odd", "without times"], run=BOTH)
def test_a_server_that_always_answers_the_same_full_page_is_not_asked_for_ever(
    run: Any, page: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("lowcodeapi_baseten.workflows._sync.logs.PAGE", 3)
    monkeypatch.setattr("lowcodeapi_baseten.workflows._async.logs.PAGE", 3)
    line: Any = {"the same": LINE, "odd": 5, "without times": {**LINE, "timestamp": None}}[page]
    gateway = Gateway(says({"training.get_logs": {"logs": [line] * 3}}))
    lines = run(gateway, lambda client: client.training.follow_logs(PROJECT, JOB))
    assert len(lines) == (0 if page == "odd" else 3)
    assert len(gateway.asked) < 20


@pytest.mark.parametrize("year", [1, 1969, 9999])
def test_a_job_of_any_age_is_followed(year: int) -> None:
    job = {**guide.JOB, "current_status": "TRAINING_JOB_COMPLETED", "created_at": f"{year:04}-06-01T00:00:00Z"}
    gateway = Gateway(says({"training.get_job": {"training_job": job}}))
    lines = gateway.run_sync(lambda client: client.training.follow_logs(PROJECT, JOB))
    assert [line.message for line in lines] == ["step 1"]


@pytest.mark.parametrize("since", [2**63 // 10**6 + 1, f"{2**63}+0", datetime.datetime(1, 1, 1, tzinfo=datetime.UTC)])
def test_a_time_beyond_what_logs_can_say_is_refused_or_the_beginning(since: Any) -> None:
    gateway = Gateway(says({}))

    def work(client: Any) -> Any:
        return client.training.follow_logs(PROJECT, JOB, since=since)

    if isinstance(since, datetime.datetime):
        assert len(gateway.run_sync(work)) == 1
        return
    with pytest.raises(InvalidParameterError, match="since"):
        gateway.run_sync(work)


# --- metrics

POINT = {"value": 0.5, "timestamp": guide.DAY}


@in_turn(
    changed=[
        *each("cpu_usage", 5, "x", {}, [5, None, "x", [], POINT], [{"value": None}], [{}], True),
        *each("gpu_utilization", 5, "x", [], {"0": 5}, {"0": "x"}, {"0": [5, {}]}, {"0": None}),
        *each("per_node_metrics", 5, "x", {}, [5, None], [{"metrics": 5}], [{"node_id": []}], [{}]),
        *each("cache", 5, "x", [], {"usage_bytes": 5}, {"usage_bytes": {}}),
        *each("training_job", 5, [], {"id": []}),
        {"cpu_usage": [{**POINT, **odd} for odd in each("value", "1", None, True, [], {})]},
        {"cpu_usage": [{**POINT, **odd} for odd in each("timestamp", 5, None, True, [], {})]},
    ],
    run=BOTH,
)
def test_what_is_no_figure_has_no_row(run: Any, changed: dict[str, Any]) -> None:
    metrics = run(
        Gateway(says({"training.get_metrics": {**GOOD["training.get_metrics"], **changed}})),
        lambda client: client.training.metrics(PROJECT, JOB),
    )
    rows = metrics.to_rows()
    assert rows and repr(metrics)
    for row in rows:
        assert isinstance(row["value"], float) and isinstance(row["time"], datetime.datetime)
        assert isinstance(row["node"], str | None) and isinstance(row["gpu"], str | None)


# --- files

FILES = "training.list_checkpoint_files"


@in_turn(listed=[5, "x", {}, True, [5], [None], [[]], ["http://127.0.0.1/a"], [FILE, "x"]], run=BOTH)
def test_a_listing_that_cannot_be_read_is_an_error_and_no_file_is_left_out(
    run: Any, listed: Any, tmp_path: Path
) -> None:
    gateway = Gateway(says({FILES: {"presigned_urls": listed}}))
    for work in (
        lambda client: client.training.iter_checkpoint_files(PROJECT, JOB),
        lambda client: client.training.download_checkpoint_files(PROJECT, JOB, to=tmp_path / "new"),
    ):
        with pytest.raises(LowCodeAPIError, match="its list of files can't be read"):
            run(gateway, work)
    assert not (tmp_path / "new").exists()


@in_turn(token=["2", "x", [], {}, True, 0, -1, 1.5, 2**63], run=BOTH)
def test_a_next_page_that_is_none_is_an_error(run: Any, token: Any) -> None:
    gateway = Gateway(says({FILES: {"presigned_urls": [FILE], "next_page_token": token}}))
    with pytest.raises(LowCodeAPIError, match=r"page 0 names page .* as the next one"):
        run(gateway, lambda client: client.training.iter_checkpoint_files(PROJECT, JOB))
    assert len(gateway.asked) == 1


def test_empty_pages_without_end_are_an_error(run: Any, tmp_path: Path) -> None:
    number = iter(range(1, 10_000))
    gateway = Gateway(lambda operation: enveloped({"presigned_urls": [], "next_page_token": next(number)}))
    with pytest.raises(LowCodeAPIError, match="has no files but names page 1"):
        run(gateway, lambda client: client.training.download_checkpoint_files(PROJECT, JOB, to=tmp_path))


@in_turn(urls=[5, "x", {}, True, [5], [None], [{}]], run=BOTH)
def test_artifacts_that_are_no_urls_are_an_error(run: Any, urls: Any, tmp_path: Path) -> None:
    with pytest.raises(LowCodeAPIError, match="its list of files can't be read"):
        run(
            Gateway(says({"training.download": {"artifact_presigned_urls": urls}})),
            lambda client: client.training.download_artifacts(PROJECT, JOB, to=tmp_path),
        )


NO_URL = ["http://[::1", "", "x", "https://", "https://h:0/a", f"https://{'a' * 64}.example/a", "https://a..b/a"]
NO_FILE: list[tuple[dict[str, Any], str]] = [
    *((odd, "its URL can't be read") for odd in each("url", None, 5, [], {}, True, *NO_URL)),
    *((odd, "has no name") for odd in each("relative_file_name", None, 5, [], {}, True)),
    *((odd, "nothing was written") for odd in each("relative_file_name", "", "..", "\ud800")),
    *(
        (odd, "its listed size can't be read")
        for odd in each(
            "size_bytes", "x", "", "-1", "9" * 400, "5.0", [], {}, True, -1, 5.5, 5.0, 2**63, 10**40, "\u0665"
        )
    ),
]


@in_turn(case=NO_FILE, run=BOTH)
def test_an_entry_that_is_no_file_stops_a_download_before_it_begins(run: Any, case: Any, tmp_path: Path) -> None:
    changed, problem = case
    gateway = Gateway(says({FILES: {"presigned_urls": [{**FILE, **changed}], "next_page_token": None}}))
    asked = list[Any]()

    def only(file: Any) -> bool:
        asked.append(file.relative_file_name.endswith("x") or file.url.endswith("x"))
        return True

    with pytest.raises(DownloadError, match=problem) as caught:
        run(gateway, lambda c: c.training.download_checkpoint_files(PROJECT, JOB, to=tmp_path / "new", only=only))
    assert str(caught.value).isprintable()
    assert not (tmp_path / "new").exists()
