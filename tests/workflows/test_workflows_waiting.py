"""Waiting: polite, patient with faults, clear at the deadline. And the awaited tasks."""

from __future__ import annotations

import pickle
from collections import Counter
from typing import Any

import pytest
from lowcodeapi_baseten import InvalidParameterError, NotFoundError, RateLimitError
from lowcodeapi_baseten.testing import FaultPlan, LocalGateway, UpstreamError
from lowcodeapi_baseten.workflows import WaitFailedError, WaitTimeoutError

from tests.support.pairs import in_turn
from tests.workflows.patience import BOTH, Quick, Run

MODEL = "abc123"
JOB = ("proj_123", "job_456")


@pytest.fixture
def gateway(baseten_gateway: LocalGateway) -> LocalGateway:
    # An unanswered wake-up would wait in real time.
    baseten_gateway.empty_answers = "answered"
    return baseten_gateway


def submitted(gateway: LocalGateway, run: Run) -> str:
    return str(run(gateway, lambda client: client.inference.async_predict_development(input={"a": 1})).request_id)


def test_an_asynchronous_request_is_waited_for(gateway: LocalGateway, run: Run) -> None:
    request_id, seen = submitted(gateway, run), list[str]()

    def work(client: Any) -> Any:
        return client.inference.wait(request_id, on_change=lambda answer: seen.append(str(answer.status)))

    status = run(gateway, work)
    assert status.status == "SUCCEEDED"
    assert seen == ["QUEUED", "IN_PROGRESS", "SUCCEEDED"]


def test_a_failed_request_is_an_error_that_carries_the_last_answer(gateway: LocalGateway, run: Run) -> None:
    def broken(body: Any) -> Any:
        raise UpstreamError(500, {"error": "out of memory"})

    gateway.predict = broken
    request_id = submitted(gateway, run)
    with pytest.raises(WaitFailedError, match=r"FAILED: out of memory") as caught:
        run(gateway, lambda client: client.inference.wait(request_id))
    assert caught.value.state == "FAILED"
    assert caught.value.answer.request_id == request_id


@in_turn(state=["EXPIRED", "CANCELED", "WEBHOOK_FAILED"], run=BOTH)
def test_every_bad_end_of_a_request_is_an_error(gateway: LocalGateway, run: Run, state: str) -> None:
    request_id = submitted(gateway, run)
    gateway.baseten.async_requests[request_id].progress.begin(state)
    with pytest.raises(WaitFailedError, match=state):
        run(gateway, lambda client: client.inference.wait(request_id))


def test_an_unknown_state_is_taken_as_running_until_the_deadline(gateway: LocalGateway, run: Run) -> None:
    request_id, clock = submitted(gateway, run), Quick()
    gateway.baseten.async_requests[request_id].progress.begin("PONDERING", *["PONDERING"] * 99)
    began = clock.now()
    with pytest.raises(WaitTimeoutError, match="not done after 60 s; it was PONDERING") as caught:
        run(gateway, lambda client: client.inference.wait(request_id, timeout=60), clock)
    assert caught.value.answer.status == "PONDERING"
    assert isinstance(caught.value, TimeoutError)
    assert clock.now() - began == pytest.approx(60)


def _of_deployment(client: Any, timeout: float) -> Any:
    return client.deployments.wait_until_active(MODEL, "dep4", timeout=timeout)


def _of_promotion(client: Any, timeout: float) -> Any:
    return client.environments.wait_for_promotion(MODEL, "production", deployment_id="dep3", timeout=timeout)


@in_turn(
    case=[
        (_of_deployment, "INACTIVE", r"it was INACTIVE when last seen; activate it with deployments\.activate$"),
        (_of_deployment, "SCALED_TO_ZERO", r"it was SCALED_TO_ZERO when last seen; wake it with inference\.wake$"),
        (_of_deployment, "DEPLOYING", r"it was DEPLOYING when last seen; it continues: wait again, or longer$"),
        (_of_promotion, "", r"the current deployment is dep1; start one with environments\.promote$"),
    ],
    run=BOTH,
)
def test_a_wait_that_ran_out_of_time_says_what_to_do(gateway: LocalGateway, run: Run, case: Any) -> None:
    wait, state, said = case
    if state:
        gateway.baseten.deployments["dep4"].progress.begin(state, *[state] * 99)
    with pytest.raises(WaitTimeoutError, match=said):
        run(gateway, lambda client: wait(client, 10))


def test_a_wait_that_has_seen_nothing_says_what_the_last_look_said(gateway: LocalGateway, run: Run) -> None:
    gateway.faults = FaultPlan(rates={"503": 1.0})
    with pytest.raises(WaitTimeoutError, match=r"never seen \(the last look failed: deployments\.get: 503") as caught:
        run(gateway, lambda client: _of_deployment(client, 10))
    assert "it continues" not in str(caught.value)


def test_looks_are_polite(gateway: LocalGateway, run: Run) -> None:
    request_id, clock = submitted(gateway, run), Quick()
    gateway.baseten.async_requests[request_id].progress.begin("QUEUED", *["QUEUED"] * 99)
    with pytest.raises(WaitTimeoutError):
        run(gateway, lambda client: client.inference.wait(request_id, timeout=120), clock)
    assert 0.8 <= clock.pauses[0] <= 1.0
    assert all(8 <= pause <= 10 for pause in clock.pauses[7:-1])
    assert max(clock.pauses) <= 10
    assert len(set(clock.pauses)) > 5, "without jitter, many who wait look at once"


def test_a_rate_limit_is_honoured(gateway: LocalGateway, run: Run) -> None:
    request_id, clock = submitted(gateway, run), Quick()
    gateway.faults = FaultPlan(script=["429"], retry_after="17", only=["inference.get_async_request"])
    status = run(gateway, lambda client: client.inference.wait(request_id), clock)
    assert status.status == "SUCCEEDED"
    assert clock.pauses[0] == 17


def test_a_rate_limit_beyond_the_deadline_ends_the_wait_at_once(gateway: LocalGateway, run: Run) -> None:
    request_id, clock = submitted(gateway, run), Quick()
    gateway.faults = FaultPlan(rates={"429": 1.0}, retry_after="90")
    with pytest.raises(WaitTimeoutError, match="429"):
        run(gateway, lambda client: client.inference.wait(request_id, timeout=60), clock)
    assert clock.pauses == []


@in_turn(seed=range(3), run=BOTH)
def test_faults_are_waited_out(gateway: LocalGateway, run: Run, seed: int) -> None:
    request_id = submitted(gateway, run)
    gateway.faults = FaultPlan(
        seed=seed,
        rates={"reset_before": 0.2, "reset_after": 0.2, "hangup": 0.1, "malformed": 0.1, "503": 0.1, "truncate": 0.1},
    )
    gateway.baseten.async_requests[request_id].progress.begin("QUEUED", *["IN_PROGRESS"] * 5)
    seen = list[str]()

    def work(client: Any) -> Any:
        return client.inference.wait(request_id, on_change=lambda answer: seen.append(str(answer.status)))

    assert run(gateway, work).status == "SUCCEEDED"
    assert Counter(seen).most_common(1)[0][1] == 1, "a state is told once"
    assert seen[-1] == "SUCCEEDED"


def test_what_will_not_pass_is_raised_at_once(gateway: LocalGateway, run: Run) -> None:
    clock = Quick()
    with pytest.raises(NotFoundError):
        run(gateway, lambda client: client.inference.wait("req_unknown"), clock)
    assert clock.pauses == []


def test_trouble_that_does_not_end_is_raised_though_there_is_no_deadline(gateway: LocalGateway, run: Run) -> None:
    gateway.faults, clock = FaultPlan(rates={"429": 1.0}, retry_after=None), Quick()
    began = clock.now()
    with pytest.raises(RateLimitError):
        run(gateway, lambda client: client.training.wait(*JOB), clock)
    assert 300 <= clock.now() - began <= 320


@in_turn(
    case=[
        ({"timeout": 0}, "timeout"),
        ({"timeout": float("nan")}, "timeout"),
        ({"interval": -1}, "interval"),
        ({"interval": 20}, "max_interval"),
        ({"max_interval": "10"}, "max_interval"),
    ],
    run=BOTH,
)
def test_an_option_that_cannot_work_is_refused(
    gateway: LocalGateway, run: Run, case: tuple[dict[str, Any], str]
) -> None:
    options, parameter = case
    with pytest.raises(InvalidParameterError) as caught:
        run(gateway, lambda client: client.inference.wait("req_1", **options))
    assert caught.value.parameter == parameter
    assert gateway.count() == 0


def test_a_handle_follows_a_prediction_to_its_end(gateway: LocalGateway, run: Run) -> None:
    handle = run(gateway, lambda client: client.inference.submit(environment="production", input={"a": 1}))
    received = gateway.received[-1]
    assert (received.path, received.body) == ("/environments/production/async_predict", {"model_input": {"a": 1}})
    assert handle.request_id in repr(handle)
    assert run(gateway, lambda client: client.inference.prediction(handle.request_id).status()).status == "QUEUED"
    done = run(gateway, lambda client: client.inference.prediction(handle.request_id).wait(timeout=60))
    assert done.status == "SUCCEEDED"
    assert run(gateway, lambda client: client.inference.prediction(handle.request_id).cancel()).canceled is False


@pytest.mark.parametrize(
    ("where", "path"),
    [
        ({"environment": "staging"}, "/environments/staging/async_predict"),
        ({"deployment": "dep1"}, "/deployment/dep1/async_predict"),
        ({"development": True}, "/development/async_predict"),
    ],
)
def test_a_prediction_is_submitted_where_it_is_to_go(
    gateway: LocalGateway, run: Run, where: dict[str, Any], path: str
) -> None:
    run(gateway, lambda client: client.inference.submit(**where, model_input={"a": 1}, priority=1))
    assert gateway.received[-1].path == path
    assert gateway.received[-1].body == {"model_input": {"a": 1}, "priority": 1}


@in_turn(where=[{}, {"environment": "production", "development": True}], run=BOTH)
def test_exactly_one_place_is_named(gateway: LocalGateway, run: Run, where: dict[str, Any]) -> None:
    with pytest.raises(InvalidParameterError, match="exactly one"):
        run(gateway, lambda client: client.inference.submit(**where, input={}))


@in_turn(method=["submit", "async_predict_development", "raw"], run=BOTH)
def test_a_request_over_256_kib_is_refused_before_it_is_sent(gateway: LocalGateway, run: Run, method: str) -> None:
    large = {"text": "x" * 256 * 1024}

    def work(client: Any) -> Any:
        if method == "submit":
            return client.inference.submit(development=True, input=large)
        inference = client.with_raw_response.inference if method == "raw" else client.inference
        return inference.async_predict_development(input=large)

    with pytest.raises(InvalidParameterError, match=r"262,144") as caught:
        run(gateway, work)
    assert caught.value.parameter == "model_input"
    assert gateway.requests == []


def test_a_deployment_is_waited_for(gateway: LocalGateway, run: Run) -> None:
    run(gateway, lambda client: client.deployments.activate(MODEL, "dep4"))
    seen = list[str]()

    def work(client: Any) -> Any:
        return client.deployments.wait_until_active(MODEL, "dep4", on_change=lambda d: seen.append(str(d.status)))

    assert run(gateway, work).status == "ACTIVE"
    assert seen == ["DEPLOYING", "LOADING_MODEL", "ACTIVE"]


@in_turn(state=["DEPLOY_FAILED", "BUILD_FAILED", "BUILD_STOPPED", "FAILED"], run=BOTH)
def test_a_deployment_that_failed_is_an_error(gateway: LocalGateway, run: Run, state: str) -> None:
    gateway.baseten.deployments["dep4"].progress.begin(state)
    with pytest.raises(WaitFailedError, match=state):
        run(gateway, lambda client: client.deployments.wait_until_active(MODEL, "dep4"))


def test_a_deployment_that_nobody_activates_is_not_waited_for_long(gateway: LocalGateway, run: Run) -> None:
    clock = Quick()
    began = clock.now()
    with pytest.raises(WaitFailedError, match=r"INACTIVE: activate it with"):
        run(gateway, lambda client: client.deployments.wait_until_active(MODEL, "dep4"), clock)
    assert 60 <= clock.now() - began < 75


def test_a_deployment_that_is_activated_a_moment_later_is_waited_for(gateway: LocalGateway, run: Run) -> None:
    gateway.baseten.deployments["dep4"].progress.begin("INACTIVE", "INACTIVE", "DEPLOYING", "ACTIVE")
    assert run(gateway, lambda client: client.deployments.wait_until_active(MODEL, "dep4")).status == "ACTIVE"


def test_waking_wakes_and_waits(gateway: LocalGateway, run: Run) -> None:
    deployment = run(gateway, lambda client: client.inference.wake(MODEL, environment="staging"))
    assert (deployment.id, deployment.status) == ("dep3", "ACTIVE")
    assert gateway.count("inference.wake_deployment") == 1


def test_a_wake_up_that_is_never_answered_is_one_all_the_same(gateway: LocalGateway, run: Run) -> None:
    gateway.empty_answers = "silent"
    deployment = run(gateway, lambda client: client.inference.wake(MODEL, deployment="dep3", timeout=1), timeout=1)
    assert deployment.status == "ACTIVE"
    assert gateway.count("inference.wake_deployment") == 1


@in_turn(where=[{}, {"environment": "production"}, {"deployment": "dep1"}, {"development": True}], run=BOTH)
def test_what_is_awake_is_left_alone(gateway: LocalGateway, run: Run, where: dict[str, Any]) -> None:
    assert run(gateway, lambda client: client.inference.wake(MODEL, **where)).status == "ACTIVE"
    assert gateway.count("inference.wake_deployment") == 0


def test_an_environment_without_a_deployment_cannot_be_woken(gateway: LocalGateway, run: Run) -> None:
    run(gateway, lambda client: client.environments.create(MODEL, name="empty"))
    with pytest.raises(WaitFailedError, match="empty has no deployment yet"):
        run(gateway, lambda client: client.inference.wake(MODEL, environment="empty"))


@in_turn(where=[{"environment": "a", "development": True}, {"environment": "a", "deployment": "b"}], run=BOTH)
def test_one_place_is_woken_at_a_time(gateway: LocalGateway, run: Run, where: dict[str, Any]) -> None:
    with pytest.raises(InvalidParameterError, match="one of environment=, deployment=, development=True"):
        run(gateway, lambda client: client.inference.wake(MODEL, **where))


def test_the_errors_of_a_wait_can_be_sent_to_another_process(gateway: LocalGateway, run: Run) -> None:
    gateway.baseten.training_jobs["job_456"].progress.begin("TRAINING_JOB_FAILED")
    with pytest.raises(WaitFailedError) as caught:
        run(gateway, lambda client: client.training.wait(*JOB))
    copy = pickle.loads(pickle.dumps(caught.value))
    assert (str(copy), copy.state, copy.answer) == (str(caught.value), caught.value.state, caught.value.answer)


def test_no_other_model_is_woken_in_the_place_of_the_one_that_is_named(gateway: LocalGateway, run: Run) -> None:
    with pytest.raises(NotFoundError):
        run(gateway, lambda client: client.inference.wake("model_abc123", environment="staging"))
    assert gateway.baseten.deployments["dep3"].status == "SCALED_TO_ZERO"


def test_a_promotion_is_waited_for(gateway: LocalGateway, run: Run) -> None:
    run(gateway, lambda client: client.environments.promote(MODEL, "production", deployment_id="dep3"))
    states = list[Any]()

    def work(client: Any) -> Any:
        def tell(environment: Any) -> None:
            states.append(environment.in_progress_promotion and str(environment.in_progress_promotion.status))

        return client.environments.wait_for_promotion(MODEL, "production", on_change=tell)

    assert run(gateway, work).current_deployment.id == "dep3"
    assert states == ["RELEASING", "RAMPING_UP", "SUCCEEDED"]


def test_a_promotion_that_is_over_already_is_found(gateway: LocalGateway, run: Run) -> None:
    environment = run(
        gateway, lambda client: client.environments.wait_for_promotion(MODEL, "production", deployment_id="dep1")
    )
    assert environment.current_deployment.id == "dep1"


def test_without_a_promotion_there_is_nothing_to_wait_for(gateway: LocalGateway, run: Run) -> None:
    clock = Quick()
    assert run(gateway, lambda client: client.environments.wait_for_promotion(MODEL, "production"), clock)
    assert clock.pauses == []


def test_a_promotion_that_was_never_begun_is_not_waited_for_long(gateway: LocalGateway, run: Run) -> None:
    with pytest.raises(WaitFailedError, match=r"the current deployment is dep1; start one"):
        run(gateway, lambda client: client.environments.wait_for_promotion(MODEL, "production", deployment_id="dep3"))


def test_a_cancelled_promotion_is_an_error(gateway: LocalGateway, run: Run) -> None:
    run(gateway, lambda client: client.environments.promote(MODEL, "production", deployment_id="dep3"))
    run(gateway, lambda client: client.environments.cancel_promotion(MODEL, "production"))
    with pytest.raises(WaitFailedError, match="CANCELED"):
        run(gateway, lambda client: client.environments.wait_for_promotion(MODEL, "production"))


def test_a_promotion_that_is_gone_without_success_is_an_error(gateway: LocalGateway, run: Run) -> None:
    run(gateway, lambda client: client.environments.promote(MODEL, "production", deployment_id="dep3"))
    environment = gateway.baseten.environments[MODEL, "production"]

    def work(client: Any) -> Any:
        def tell(answer: Any) -> None:
            environment.promotion = environment.candidate = None

        return client.environments.wait_for_promotion(MODEL, "production", on_change=tell)

    with pytest.raises(WaitFailedError, match=r"without success: the current deployment is dep1"):
        run(gateway, work)


def test_a_training_job_is_waited_for(gateway: LocalGateway, run: Run) -> None:
    seen = list[str]()
    job = run(gateway, lambda client: client.training.wait(*JOB, on_change=lambda job: seen.append(job.current_status)))
    assert job.current_status == "TRAINING_JOB_COMPLETED"
    assert seen == ["TRAINING_JOB_RUNNING", "TRAINING_JOB_COMPLETED"]


@in_turn(state=["TRAINING_JOB_FAILED", "TRAINING_JOB_STOPPED", "TRAINING_JOB_DEPLOY_FAILED"], run=BOTH)
def test_a_training_job_that_ended_badly_is_an_error(gateway: LocalGateway, run: Run, state: str) -> None:
    gateway.baseten.training_jobs["job_456"].progress.begin(state)
    with pytest.raises(WaitFailedError, match=state):
        run(gateway, lambda client: client.training.wait(*JOB))
