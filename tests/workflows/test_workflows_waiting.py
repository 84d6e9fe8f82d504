"""Waiting: polite, patient with faults, clear at the deadline. And the awaited tasks."""

from __future__ import annotations

import pickle
from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import httpx
import pytest
from lowcodeapi_baseten import APIStatusError, Baseten, InvalidParameterError, LowCodeAPIError, NotFoundError
from lowcodeapi_baseten.testing import FaultPlan, LocalGateway
from lowcodeapi_baseten.workflows import WaitError, WaitFailedError, WaitTimeoutError

from tests.support import guide_payloads as guide
from tests.support.pairs import in_turn
from tests.support.tables import one_test
from tests.workflows.odd_answers import GOOD, JOB, PROJECT, Gateway, answering
from tests.workflows.patience import Quick, connected

MODEL = "abc123"


class Kind(NamedTuple):
    """A wait: the operation that it asks, that operation's answer in some state, and the method."""

    operation: str
    payload: Callable[[Any], Any]
    wait: Callable[..., Any]


def job(state: Any) -> Any:
    return {"training_job": {**guide.JOB, "current_status": state}}


WAITS: Mapping[str, Kind] = {
    "request": Kind(
        "inference.get_async_request",
        lambda state: {**guide.ASYNC_STATUS, "status": state},
        lambda client, **on: client.inference.wait("r", **on),
    ),
    "deployment": Kind(
        "deployments.get",
        lambda state: {**guide.DEPLOYMENT, "status": state},
        lambda client, **on: client.deployments.wait_until_active(MODEL, "dep1", **on),
    ),
    "promotion": Kind(
        "environments.get",
        lambda state: {**guide.ENVIRONMENT, "in_progress_promotion": {"status": state}},
        lambda client, **on: client.environments.wait_for_promotion(MODEL, "staging", **on),
    ),
    "job": Kind("training.get_job", job, lambda client, **on: client.training.wait(PROJECT, JOB, **on)),
    "logs": Kind(
        "training.get_job", job, lambda client, **on: list(client.training.follow_logs(PROJECT, JOB, timeout=None))
    ),
}


def waited(name: str, *states: Any, **on: Any) -> Any:
    """The result of a wait whose looks show these states, the last one for ever."""
    kind = WAITS[name]
    return kind.wait(answering(kind.operation, *map(kind.payload, states)).client, **on)


@one_test
@pytest.mark.parametrize(
    ("name", "state"),
    [
        *(("request", state) for state in ("EXPIRED", "CANCELED", "WEBHOOK_FAILED")),
        *(("deployment", state) for state in ("DEPLOY_FAILED", "BUILD_FAILED", "BUILD_STOPPED", "FAILED")),
        *(("promotion", state) for state in ("FAILED", "CANCELED")),
        *(("job", f"TRAINING_JOB_{state}") for state in ("FAILED", "STOPPED", "DEPLOY_FAILED")),
    ],
)
def test_every_bad_end_is_an_error(name: str, state: str) -> None:
    with pytest.raises(WaitFailedError, match=f"is {state}") as caught:
        waited(name, state)
    assert caught.value.state == state and caught.value.answer is not None
    copy = pickle.loads(pickle.dumps(caught.value))
    assert (str(copy), copy.state, copy.answer) == (str(caught.value), state, caught.value.answer)


@one_test
@in_turn(state=[None, [], {}, 5, True, ["SUCCEEDED"], "", " \n"] * 2, name=[*WAITS])
def test_answers_that_show_no_state_are_not_waited_for_long(name: str, state: Any) -> None:
    with pytest.raises(WaitFailedError, match=r"is unknown: the answers show no state") as caught:
        waited(name, state, timeout=None)
    assert caught.value.state == "unknown" and caught.value.answer is not None


@pytest.mark.parametrize(
    ("name", "state", "said"),
    [
        ("deployment", "INACTIVE", r"it was INACTIVE when last seen; activate it with deployments\.activate$"),
        ("deployment", "SCALED_TO_ZERO", r"it was SCALED_TO_ZERO when last seen; wake it with inference\.wake$"),
        ("deployment", "DEPLOYING", r"not done after 10 s; it was DEPLOYING.*; it continues: wait again, or longer$"),
        ("request", "PONDERING", "it was PONDERING when last seen; it continues"),  # an unknown state is in progress
    ],
)
def test_a_wait_that_ran_out_of_time_says_what_to_do(name: str, state: str, said: str) -> None:
    with pytest.raises(WaitTimeoutError, match=said) as caught:
        waited(name, state, timeout=10)
    assert isinstance(caught.value, TimeoutError) and caught.value.answer.status == state


@pytest.mark.parametrize(("state", "error"), [("FAILED", WaitFailedError), ("x" * 10_000, WaitTimeoutError)])
def test_the_message_of_a_wait_is_one_line_of_bounded_length(state: str, error: type[WaitError]) -> None:
    told = {**guide.ASYNC_STATUS, "status": state, "errors": [{"message": "why\n" * 10_000}]}
    with pytest.raises(error) as caught:
        answering("inference.get_async_request", told).client.inference.wait("r", timeout=10)
    assert str(caught.value).isprintable() and len(str(caught.value)) < 500


def test_looks_are_polite_up_to_the_deadline() -> None:
    gateway = answering("training.get_job", job("TRAINING_JOB_RUNNING"))
    with pytest.raises(WaitTimeoutError):
        gateway.client.training.wait(PROJECT, JOB, timeout=120)
    pauses = gateway.client.clock.pauses
    assert 0.8 <= pauses[0] <= 1.0
    assert all(8 <= pause <= 10 for pause in pauses[7:-1])
    assert max(pauses) <= 10 and sum(pauses) == pytest.approx(120)
    assert len(set(pauses[7:-1])) > 1, "without jitter, many who wait look at once"


@one_test
@pytest.mark.parametrize(
    ("options", "parameter"),
    [
        *(({"timeout": seconds}, "timeout") for seconds in (0, float("nan"))),
        *(({"interval": seconds, "max_interval": 1e9}, "interval") for seconds in (-1, 1e10, float("inf"), "1", None)),
        pytest.param({"interval": 10**5000}, "interval", id="huge"),
        ({"interval": 20}, "max_interval"),
        ({"max_interval": "10"}, "max_interval"),
    ],
)
def test_an_option_that_cannot_work_is_refused(options: dict[str, Any], parameter: str) -> None:
    gateway = Gateway(lambda operation: pytest.fail(operation))
    with pytest.raises(InvalidParameterError) as caught:
        gateway.client.inference.wait("req_1", **options)
    assert caught.value.parameter == parameter


# --- trouble on the way

LOOK = "inference.get_async_request"


def test_a_rate_limit_is_honoured(gateway: LocalGateway, client: Baseten, clock: Quick) -> None:
    gateway.faults = FaultPlan(script=["429"], retry_after="17", only=[LOOK])
    assert client.inference.submit(development=True, input={}).wait().status == "SUCCEEDED"
    assert clock.pauses[0] == 17


@pytest.mark.parametrize(
    ("status", "retry_after", "timeout", "error", "pauses"),
    [
        (429, "90", 60, "never seen .the last look failed: training.get_job: 429", 0),
        (503, None, 10, "never seen .the last look failed: training.get_job: 503", 10),
        (404, None, None, "404", 0),
        (429, None, None, "429", 300),
        (408, None, None, "408", 300),
        # An answer may ask for years: no wait is longer than looks may fail.
        (429, "Fri, 31 Dec 9999 23:59:59 GMT", None, "429", 300),
    ],
    ids=["beyond the deadline", "at the deadline", "will not pass", "does not end", "too slow", "for years"],
)
def test_trouble_that_will_not_pass_in_time_is_raised(
    status: int, retry_after: str | None, timeout: float | None, error: str, pauses: float
) -> None:
    headers = {} if retry_after is None else {"retry-after": retry_after}
    gateway = Gateway(lambda operation: httpx.Response(status, headers=headers, json={"error": "no"}))
    with pytest.raises(APIStatusError if timeout is None else WaitTimeoutError, match=error) as caught:
        gateway.client.training.wait(PROJECT, JOB, timeout=timeout)
    assert "it continues" not in str(caught.value)
    assert pauses - 0.001 <= sum(gateway.client.clock.pauses) <= pauses + 10


@pytest.mark.parametrize("seed", range(2))
def test_faults_are_waited_out(gateway: LocalGateway, client: Baseten, seed: int) -> None:
    prediction = client.inference.submit(development=True, input={})
    gateway.faults = FaultPlan(
        seed=seed,
        rates={"reset_before": 0.2, "reset_after": 0.2, "hangup": 0.1, "malformed": 0.1, "503": 0.1, "truncate": 0.1},
    )
    gateway.baseten.async_requests[prediction.request_id].progress.begin("QUEUED", *["IN_PROGRESS"] * 5)
    seen = list[str]()
    assert prediction.wait(on_change=lambda answer: seen.append(str(answer.status))).status == "SUCCEEDED"
    assert Counter(seen).most_common(1)[0][1] == 1, "a state is told once"
    assert seen[-1] == "SUCCEEDED"


# --- asynchronous predictions


def test_a_handle_follows_a_prediction_to_its_end(gateway: LocalGateway, client: Baseten) -> None:
    prediction = client.inference.submit(environment="production", input={"a": 1})
    assert prediction.request_id in repr(prediction)
    again, seen = client.inference.prediction(prediction.request_id), list[str]()
    assert again.status().status == "QUEUED"
    assert again.wait(timeout=60, on_change=lambda answer: seen.append(str(answer.status))).status == "SUCCEEDED"
    assert seen == ["IN_PROGRESS", "SUCCEEDED"]
    assert again.cancel().canceled is False


@pytest.mark.parametrize(
    ("where", "path"),
    [
        ({"environment": "staging"}, "/environments/staging/async_predict"),
        ({"deployment": "dep1"}, "/deployment/dep1/async_predict"),
        ({"development": True}, "/development/async_predict"),
    ],
)
@pytest.mark.parametrize("name", ["input", "model_input"])
def test_a_prediction_is_submitted_where_it_is_to_go(
    gateway: LocalGateway, client: Any, where: dict[str, Any], path: str, name: str
) -> None:
    client.inference.submit(**where, **{name: {"a": 1}}, priority=1)
    received = gateway.received[-1]
    assert (received.path, received.body) == (path, {"model_input": {"a": 1}, "priority": 1})


@pytest.mark.parametrize("where", [{}, {"environment": "production", "development": True}])
def test_exactly_one_place_is_named(client: Baseten, where: dict[str, Any]) -> None:
    with pytest.raises(InvalidParameterError, match="exactly one"):
        client.inference.submit(**where, input={})


@pytest.mark.parametrize("method", ["submit", "async_predict_development", "raw"])
def test_a_request_over_256_kib_is_refused_before_it_is_sent(
    gateway: LocalGateway, client: Baseten, method: str
) -> None:
    large = {"text": "x" * 256 * 1024}
    inference: Any = client.with_raw_response.inference if method == "raw" else client.inference
    with pytest.raises(InvalidParameterError, match=r"262,144") as caught:
        if method == "submit":
            inference.submit(development=True, input=large)
        else:
            inference.async_predict_development(input=large)
    assert caught.value.parameter == "model_input"
    assert gateway.requests == []


@one_test
@pytest.mark.parametrize("request_id", [None, 5, [], {}, "", "a/b", "a\nb", "\ud800", True])
def test_a_prediction_without_an_id_is_an_error_that_says_that_it_was_queued(request_id: Any) -> None:
    gateway = answering("inference.async_predict_development", {"request_id": request_id})
    with pytest.raises(LowCodeAPIError, match=r"was queued.*no request_id"):
        gateway.client.inference.submit(development=True, input={})


NO_REASON: list[Any] = [None, 5, True, {}, [], [None], [[]], [{"message": []}]]


@one_test
@pytest.mark.parametrize(
    ("errors", "why"),
    [
        *((errors, ": no memory") for errors in ("no memory", ["no memory"], [{"message": "no memory"}])),
        ([{"code": "no memory"}], ": no memory"),
        *((errors, "") for errors in NO_REASON),
    ],
)
def test_why_a_request_failed_is_told_however_it_is_said(errors: Any, why: str) -> None:
    gateway = answering(LOOK, {**guide.ASYNC_STATUS, "errors": errors})
    with pytest.raises(WaitFailedError, match=f"is FAILED{why}$"):
        gateway.client.inference.wait("r")


# --- deployments


def test_a_deployment_that_nobody_activates_is_not_waited_for_long() -> None:
    gateway = answering("deployments.get", WAITS["deployment"].payload("INACTIVE"))
    with pytest.raises(WaitFailedError, match=r"INACTIVE: activate it with"):
        gateway.client.deployments.wait_until_active(MODEL, "dep1")
    assert 60 <= sum(gateway.client.clock.pauses) < 75
    assert waited("deployment", "INACTIVE", "INACTIVE", "DEPLOYING", "ACTIVE").status == "ACTIVE"


@pytest.mark.parametrize("empty_answers", ["answered", "silent"])
def test_waking_wakes_and_waits(gateway: LocalGateway, empty_answers: Any) -> None:
    gateway.empty_answers = empty_answers
    with connected(gateway, timeout=0.5) as client:
        deployment = client.inference.wake(MODEL, environment="staging", timeout=0.5)
    assert (deployment.id, deployment.status) == ("dep3", "ACTIVE")
    assert gateway.count("inference.wake_deployment") == 1


@pytest.mark.parametrize("where", [{}, {"environment": "production"}, {"deployment": "dep1"}, {"development": True}])
def test_a_deployment_that_is_awake_is_left_alone(gateway: LocalGateway, client: Baseten, where: Any) -> None:
    assert client.inference.wake(MODEL, **where).status == "ACTIVE"
    assert gateway.count("inference.wake_deployment") == 0


def test_no_other_model_is_woken_in_the_place_of_the_one_that_is_named(gateway: LocalGateway, client: Baseten) -> None:
    with pytest.raises(NotFoundError):
        client.inference.wake("model_abc123", environment="staging")
    assert gateway.baseten.deployments["dep3"].status == "SCALED_TO_ZERO"


@pytest.mark.parametrize("where", [{"environment": "a", "development": True}, {"environment": "a", "deployment": "b"}])
def test_one_place_is_woken_at_a_time(client: Baseten, where: dict[str, Any]) -> None:
    with pytest.raises(InvalidParameterError, match="one of environment=, deployment=, development=True"):
        client.inference.wake(MODEL, **where)


ASLEEP = {**guide.DEPLOYMENT, "status": "SCALED_TO_ZERO"}
NO_ID: list[Any] = [None, [], "../x", 5]
NO_DEPLOYMENT: list[Any] = [*({**ASLEEP, "id": odd} for odd in NO_ID), 5, "dep1", [], True, {}]


@one_test
@pytest.mark.parametrize(
    ("current", "problem"),
    [
        (None, "staging has no deployment yet"),
        *((current, "names no deployment") for current in NO_DEPLOYMENT),
    ],
)
def test_a_deployment_without_an_id_is_not_woken(current: Any, problem: str) -> None:
    gateway = answering("environments.get", {"current_deployment": current})
    with pytest.raises(WaitFailedError, match=problem):
        gateway.client.inference.wake(MODEL, environment="staging")
    assert gateway.asked == ["environments.get"]


# --- promotions


def promoted(client: Baseten, **options: Any) -> Any:
    return client.environments.wait_for_promotion(MODEL, "production", **options)


def test_a_promotion_is_waited_for(client: Baseten) -> None:
    client.environments.promote(MODEL, "production", deployment_id="dep3")
    states = list[Any]()

    def tell(environment: Any) -> None:
        states.append(environment.in_progress_promotion and str(environment.in_progress_promotion.status))

    assert promoted(client, on_change=tell).current_deployment.id == "dep3"
    assert states == ["RELEASING", "RAMPING_UP", "SUCCEEDED"]


@pytest.mark.parametrize("options", [{}, {"deployment_id": "dep1"}])
def test_a_promotion_that_is_over_already_is_not_waited_for(client: Baseten, clock: Quick, options: Any) -> None:
    assert promoted(client, **options).current_deployment.id == "dep1"
    assert clock.pauses == []


def test_a_promotion_that_was_never_begun_is_not_waited_for_long(client: Baseten) -> None:
    with pytest.raises(WaitFailedError, match=r"the current deployment is dep1; start one with environments\.promote"):
        promoted(client, deployment_id="dep3")


def test_a_promotion_that_is_gone_without_success_is_an_error(gateway: LocalGateway, client: Baseten) -> None:
    client.environments.promote(MODEL, "production", deployment_id="dep3")
    environment = gateway.baseten.environments[MODEL, "production"]

    def tell(answer: Any) -> None:
        environment.promotion = environment.candidate = None

    with pytest.raises(WaitFailedError, match=r"without success: the current deployment is dep1"):
        promoted(client, on_change=tell)


@one_test
@in_turn(
    current=[None, 5, "dep2", [], {"id": None}, {"id": []}, {}],
    before=[("dep1", {"status": "RELEASING"}), ([], []), ("dep1", "x"), (None, 5)],
)
def test_a_promotion_whose_end_nobody_can_see_is_no_success(before: tuple[Any, Any], current: Any) -> None:
    def environment(current: Any, promotion: Any) -> Any:
        return {**guide.ENVIRONMENT, "current_deployment": current, "in_progress_promotion": promotion}

    first, promotion = before
    gateway = answering("environments.get", environment({"id": first}, promotion), environment(current, None))
    with pytest.raises(WaitFailedError, match="without success"):
        gateway.client.environments.wait_for_promotion(MODEL, "staging")


# --- training jobs


@in_turn(job=[None, 5, "x", [], True])
def test_a_job_that_is_none_is_not_told_of(job: Any) -> None:
    seen = list[Any]()
    gateway = answering("training.get_job", {"training_job": job}, GOOD["training.get_job"])
    found = gateway.client.training.wait(PROJECT, JOB, on_change=seen.append)
    assert [known.current_status for known in [*seen, found]] == ["TRAINING_JOB_COMPLETED"] * 2
