"""The guide's own examples through the client: its four workflows, its bodies, its errors."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from lowcodeapi_baseten import APIStatusError, Baseten
from lowcodeapi_baseten.testing import LocalGateway

from tests.client.stage import Stage, answer, call_of
from tests.support.drivers import Async, Sync
from tests.support.wire import TOKEN, Wire, reply

Opened = tuple[LocalGateway, Sync | Async]


@pytest.fixture(params=[(Sync, "result"), (Async, "data")], ids=["sync", "async"])
def opened(request: pytest.FixtureRequest) -> Iterator[Opened]:
    """A gateway with either envelope, and either client of it."""
    driver, envelope = request.param
    with (
        LocalGateway(envelope=envelope) as gateway,
        driver(api_token=gateway.api_token, base_url=gateway.base_url) as client,
    ):
        yield gateway, client


def test_example_1_a_prediction(opened: Opened) -> None:
    gateway, client = opened
    assert "model_abc123" in [model.id for model in client.call("models.list")]
    question = {"text": "What is the capital of France?"}
    assert client.call("inference.predict_environment", "production", input=question) == {"echo": {"input": question}}
    assert gateway.requests[-1].json() == {"input": question}
    gateway.empty_answers = "answered"
    assert client.call("inference.wake_production") is None
    assert gateway.count("inference.wake_production") == 1


def test_example_2_an_asynchronous_request_takes_input_and_sends_model_input(opened: Opened) -> None:
    gateway, client = opened
    prompt = {"prompt": "Generate a long article"}
    request_id = client.call("inference.async_predict_development", input=prompt).request_id
    assert gateway.requests[-1].json() == {"model_input": prompt}
    assert client.call("inference.get_async_request", request_id).request_id == request_id
    assert client.call("inference.get_development_queue_status").num_queued_requests >= 0
    request_id = client.call("inference.async_predict_development", input=prompt).request_id
    assert client.call("inference.cancel_async_request", request_id).canceled is True


@pytest.mark.parametrize("arguments", [{}, {"input": {}, "model_input": {}}], ids=["none", "both"])
def test_an_asynchronous_request_takes_one_input(opened: Opened, arguments: Any) -> None:
    gateway, client = opened
    with pytest.raises(TypeError, match="model_input"):
        client.call("inference.async_predict_development", **arguments)
    assert gateway.requests == []


def test_example_3_managing_a_deployment(opened: Opened) -> None:
    gateway, client = opened
    assert "production" in [environment.name for environment in client.call("environments.list", "model_abc123")]
    assert client.call("environments.activate", "model_abc123", "production").success is True
    production = client.call("deployments.get_production", "model_abc123")
    assert (production.id, production.is_production) == ("dep5", True)

    as_the_guide_writes_it = {"autoscaling_settings": {"min_instances": 1, "max_instances": 10}}
    updated = client.raw(
        "deployments.update_autoscaling", "model_abc123", "production", extra_body=as_the_guide_writes_it
    )
    assert gateway.requests[-1].json() == as_the_guide_writes_it
    assert updated.status_code == 200
    # Baseten's own names, which take effect.
    client.call("deployments.update_autoscaling", "model_abc123", "dep5", min_replica=1, max_replica=10)
    assert gateway.requests[-1].json() == {"min_replica": 1, "max_replica": 10}
    settings = client.call("deployments.get_production", "model_abc123").autoscaling_settings
    assert (settings.min_replica, settings.max_replica) == (1, 10)


def test_example_4_following_a_training_job(opened: Opened) -> None:
    _, client = opened
    job = ("proj_123", "job_456")
    assert [job.id for job in client.call("training.list_jobs", "proj_123").training_jobs] == ["job_456"]
    assert client.call("training.get_job", *job).training_job.training_project_id == "proj_123"
    assert isinstance(client.call("training.get_metrics", *job).cpu_usage, list)
    assert client.call("training.get_logs", *job).logs
    assert client.call("training.list_checkpoints", *job).checkpoints[0].checkpoint_id == "checkpoint-100"
    assert client.call("training.stop_job", *job).training_job.id == "job_456"
    assert "STOP" in client.call("training.get_job", *job).training_job.current_status


def test_the_guides_answers_are_read_as_it_prints_them() -> None:
    models = [{"id": "model_abc123", "name": "my-model", "created_at": "2025-01-01T00:00:00Z"}]
    prediction = {"predictions": ["I'm doing well!"], "model_id": "abc123"}
    with Wire() as wire, Baseten(api_token=TOKEN, base_url=wire.base_url, url_format="new") as client:
        wire.says(reply({"data": models}))
        (model,) = client.models.list()
        assert (model.id, model.name) == ("model_abc123", "my-model")
        assert getattr(model, "team_name", "missing") is None
        assert model.created_at == datetime(2025, 1, 1, tzinfo=UTC)
        assert model.to_dict() == models[0]
        wire.says(reply({"data": prediction}))
        assert client.inference.predict_environment("production", input={"text": "Hello"}) == prediction
        assert wire.only.target == f"/baseten/environments/production/predict?api_token={TOKEN}"
        assert json.loads(wire.only.body) == {"input": {"text": "Hello"}}


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (422, '{"data": {"detail": "more of it"}, "error": "Error message"}'),
        (422, '{"data": null, "error": "Error message"}'),
        (422, '{"error": "Error message"}'),
        (200, '{"data": null, "error": "Error message"}'),
    ],
)
def test_the_guides_errors_are_errors_with_its_message(status: int, body: str) -> None:
    stage = Stage(url_format="new")
    assert stage.script(call_of("models.get"), answer(status, body)) is None
    assert isinstance(stage.error, APIStatusError)
    assert (stage.error.status_code, stage.error.message) == (status, "Error message")


def test_an_error_beside_the_data_is_a_warning(caplog: pytest.LogCaptureFixture) -> None:
    body = '{"data": {"id": "model_abc123"}, "error": "Error message"}'
    raw = Stage(url_format="new").script(call_of("models.get"), answer(200, body))
    assert raw is not None and raw.result.id == "model_abc123"
    (record,) = [record for record in caplog.records if record.levelno == logging.WARNING]
    assert "Error message" in record.getMessage()
