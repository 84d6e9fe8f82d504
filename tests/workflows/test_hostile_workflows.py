"""Whatever a server answers: a workflow ends in a value or one of our errors, after a bounded number of requests."""

from __future__ import annotations

import contextlib
import json
import random
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from lowcodeapi_baseten import LowCodeAPIError, ResponseError
from lowcodeapi_baseten.workflows import Metrics, ServerSentEvent
from lowcodeapi_baseten_api.models import Deployment, Environment, TrainingJob

from tests.support.leaks import found, rendered
from tests.support.pairs import in_turn
from tests.support.profiles import IS_FUZZ, examples
from tests.support.tables import check_each
from tests.workflows.odd_answers import FILE, GOOD, JOB, MODEL, NEW_KEYS, ODD, PROJECT, TOKEN, Bender, Gateway, says
from tests.workflows.store import Store, serving

Work = Callable[[Any, Path], Any]


def rows(client: Any, to: Path) -> Any:
    metrics = client.training.metrics(PROJECT, JOB)
    if isinstance(metrics, Metrics):
        return metrics.to_rows()

    async def awaited() -> Any:
        return (await metrics).to_rows()

    return awaited()


def waited(client: Any, to: Path) -> Any:
    submitted = client.inference.submit(development=True, input={})
    if not hasattr(submitted, "__await__"):
        return submitted.wait(**PACE)

    async def awaited() -> Any:
        return await (await submitted).wait(**PACE)

    return awaited()


def streaming(take: str) -> Work:
    def work(client: Any, to: Path) -> Any:
        opened = client.inference.stream_predict_development(input={})
        if not hasattr(opened, "__await__"):
            with opened as stream:
                return list(getattr(stream, take)())

        async def awaited() -> Any:
            async with await opened as stream:
                return [item async for item in getattr(stream, take)()]

        return awaited()

    return work


def changing(value: Any) -> Any:
    """Modify the argument, as a user's callback may."""
    return value.additional_properties


PACE = {"timeout": 100, "interval": 25, "max_interval": 25}
WORKFLOWS: Mapping[str, Work] = {
    "wait": lambda c, to: c.inference.wait("req_456", on_change=changing, **PACE),
    "submit and wait": waited,
    "wake": lambda c, to: c.inference.wake(MODEL, on_change=changing, **PACE),
    "wake an environment": lambda c, to: c.inference.wake(MODEL, environment="staging", **PACE),
    "wait_until_active": lambda c, to: c.deployments.wait_until_active(MODEL, "dep1", on_change=changing, **PACE),
    "wait_for_promotion": lambda c, to: c.environments.wait_for_promotion(MODEL, "a", on_change=changing, **PACE),
    "wait_for_promotion of one": lambda c, to: c.environments.wait_for_promotion(
        MODEL, "a", deployment_id="dep1", **PACE
    ),
    "training.wait": lambda c, to: c.training.wait(PROJECT, JOB, on_change=changing, **PACE),
    "follow_logs": lambda c, to: c.training.follow_logs(PROJECT, JOB, **PACE),
    "iter_logs": lambda c, to: c.training.iter_logs(PROJECT, JOB),
    "iter_logs of the latest": lambda c, to: c.training.iter_logs(PROJECT, JOB, latest=3000),
    "iter_checkpoint_files": lambda c, to: c.training.iter_checkpoint_files(PROJECT, JOB),
    "metrics": rows,
    "download_artifacts": lambda c, to: c.training.download_artifacts(PROJECT, JOB, to=to, timeout=100),
    "download_checkpoint_files": lambda c, to: c.training.download_checkpoint_files(
        PROJECT, JOB, to=to, timeout=100, only=lambda file: not file.relative_file_name.endswith("/")
    ),
    "rotate": lambda c, to: c.api_keys.rotate("abcd1234", hand_over=lambda key: key.api_key.partition(".")),
}
STREAMS = {take: streaming(take) for take in ("bytes", "lines", "events")}
RUNS = {"sync": Gateway.run_sync, "async": Gateway.run_async}
KINDS: Mapping[str, Any] = {
    "wake": Deployment,
    "wait_until_active": Deployment,
    "wait_for_promotion": Environment,
    "training.wait": TrainingJob,
}
MOST = 100  # requests


def ended(gateway: Gateway, run: str, work: Work, to: Path) -> Any:
    """The result, or one of our errors without a token."""
    try:
        result = RUNS[run](gateway, lambda client: work(client, to))
    except LowCodeAPIError as error:
        assert str(error).isprintable() or isinstance(error, ResponseError)
        assert not found(TOKEN, rendered(error, by_rich=IS_FUZZ))
        result = error
    assert len(gateway.asked) <= MOST, gateway.asked
    assert not found(TOKEN, repr(result))
    return result


@pytest.mark.parametrize("run", RUNS)
def test_good_answers_end_well(run: str, tmp_path: Path) -> None:
    """Otherwise the fuzzing would try nothing."""

    def check(name: str) -> None:
        answers = {
            **GOOD,
            "api_keys.list": (GOOD["api_keys.list"], NEW_KEYS),
            "training.list_checkpoint_files": {"presigned_urls": [{**FILE, "url": f"{store.url}/job/a.bin"}]},
            "training.download": {"artifact_presigned_urls": [f"{store.url}/a.bin"]},
            "deployments.get_production": GOOD["deployments.get_production"],
        }
        result = ended(Gateway(says(answers)), run, WORKFLOWS[name], tmp_path)
        assert not isinstance(result, LowCodeAPIError)
        assert isinstance(result, KINDS.get(name, object))

    with Store(serving(b"hello")) as store:
        check_each(WORKFLOWS, check)


@in_turn(name=[*WORKFLOWS], run=["sync", "async", "async", "sync", "sync"])
@given(st.binary(min_size=20, max_size=400))
@examples(5)
def test_any_answers_end_a_workflow_in_a_value_or_one_of_our_errors(
    tmp_path_factory: pytest.TempPathFactory, run: str, name: str, choices: bytes
) -> None:
    result = ended(Gateway(Bender(choices).answer), run, WORKFLOWS[name], tmp_path_factory.mktemp("to"))
    assert isinstance(result, (LowCodeAPIError, KINDS.get(name, object)))


READ: Mapping[str, tuple[str, set[str]]] = {
    "inference.get_async_request": ("wait", {"status", "errors", "message"}),
    "inference.async_predict_development": ("submit and wait", {"request_id"}),
    "deployments.get": ("wait_until_active", {"id", "status"}),
    "deployments.get_production": ("wake", {"id", "status"}),
    "environments.get": ("wait_for_promotion", {"current_deployment", "in_progress_promotion", "id", "status"}),
    "training.get_job": ("training.wait", {"training_job", "current_status"}),
    "training.get_logs": ("follow_logs", {"logs", "timestamp", "message", "replica", "level"}),
    "training.get_metrics": (
        "metrics",
        {"cpu_usage", "gpu_utilization", "0", "timestamp", "value", "per_node_metrics"},
    ),
    "training.download": ("download_artifacts", {"artifact_presigned_urls"}),
    "training.list_checkpoint_files": ("download_checkpoint_files", {"next_page_token", "presigned_urls", *FILE}),
    "api_keys.list": ("rotate", {"keys", "prefix", "name", "type", "model_ids"}),
    "api_keys.create": ("rotate", {"api_key"}),
}
"""The operations whose answers are read, and the fields that are read."""


@pytest.mark.parametrize("operation", READ)
def test_any_value_in_any_place_does(operation: str, tmp_path: Path) -> None:
    name, fields = READ[operation]
    payloads = [payload for odd in ODD for payload in replaced(GOOD[operation], odd, fields)]
    some = payloads if IS_FUZZ else random.Random(operation).sample(payloads, len(payloads) // 20)
    for number, payload in enumerate(some):
        ended(Gateway(says({operation: payload})), list(RUNS)[number % 2], WORKFLOWS[name], tmp_path)


def replaced(value: Any, odd: Any, fields: set[str]) -> list[Any]:
    """The value with one of its parts replaced, once for each part."""
    several = [odd]
    if isinstance(value, dict):
        for key in fields & value.keys():
            several += [{**value, key: other} for other in replaced(value[key], odd, fields)]
    if isinstance(value, list) and value:
        several += [[other, *value[1:]] for other in replaced(value[0], odd, fields)]
    return several


@in_turn(name=[*WORKFLOWS, *STREAMS], run=[*RUNS])
def test_json_of_any_depth_does(name: str, run: str, tmp_path: Path) -> None:
    """At the edge of the recursion limit, one more step may be too many."""

    def answer(operation: str, deep: str) -> httpx.Response:
        body = json.dumps({"data": dict.fromkeys(GOOD[operation], "deep")}).replace('"deep"', deep)
        return httpx.Response(200, headers={"content-type": "application/json"}, content=body.encode())

    for depth in (980, 10_000):
        gateway = Gateway(partial(answer, deep="[" * depth + "]" * depth))
        with contextlib.suppress(LowCodeAPIError):
            RUNS[run](gateway, lambda client: {**WORKFLOWS, **STREAMS}[name](client, tmp_path))


@in_turn(take=[*STREAMS], run=[*RUNS])
@given(st.binary(min_size=5, max_size=60))
@examples(10)
def test_any_stream_ends_in_what_it_said_or_in_one_of_our_errors(run: str, take: str, choices: bytes) -> None:
    result = ended(Gateway(lambda operation: Bender(choices).streamed()), run, STREAMS[take], Path())
    kind: Any = {"bytes": bytes, "lines": str, "events": ServerSentEvent}[take]
    assert isinstance(result, LowCodeAPIError) or all(isinstance(item, kind) for item in result)
