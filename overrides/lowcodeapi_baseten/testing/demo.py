"""The guide's four examples through the public API, one line a step: `python -m lowcodeapi_baseten.testing.demo`.

Without arguments against a local gateway, in both URL formats. With `--live` the read-only steps against the real
gateway, with the token in `LOWCODEAPI_API_TOKEN`.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
from collections.abc import Callable, Iterator
from typing import Any

from lowcodeapi_baseten_api.models import Schema

from .. import Baseten, LowCodeAPIError, RawResponse
from . import LocalGateway

Step = tuple[str, Callable[[], RawResponse[Any]]]


def main() -> int:
    """Run the demo. Returns its exit code."""
    parser = argparse.ArgumentParser(prog="python -m lowcodeapi_baseten.testing.demo", description=__doc__)
    parser.add_argument("--live", action="store_true", help="the read-only steps, against the real gateway")
    if parser.parse_args().live:
        return _live()
    with tempfile.TemporaryDirectory(prefix="lowcodeapi-demo-") as folder:
        # The demo keeps nothing: it does not touch the user's own cache folder.
        os.environ["XDG_CACHE_HOME"] = folder
        print("\n=== A gateway that serves both formats")
        with LocalGateway() as gateway:
            _show_examples(gateway)
        print("\n=== A gateway that serves the old format only")
        with LocalGateway(new_format="missing", envelope="data") as gateway:
            _show_examples(gateway)
            _show_memory(gateway)
    return 0


def _client(gateway: LocalGateway) -> Baseten:
    return Baseten(api_token=gateway.api_token, base_url=gateway.base_url)


def _prediction(client: Baseten) -> Iterator[Step]:
    raw = client.with_raw_response
    yield "get all models", lambda: raw.models.list()
    yield (
        "call the production environment",
        lambda: raw.inference.predict_environment("production", input={"text": "What is the capital of France?"}),
    )
    yield "wake the production environment", lambda: raw.inference.wake_production(timeout=1.0)


def _asynchronous(client: Baseten) -> Iterator[Step]:
    raw = client.with_raw_response
    submitted: list[str] = []

    def submit() -> RawResponse[Any]:
        answer = raw.inference.async_predict_development(input={"prompt": "Generate a long article"})
        submitted.append(answer.result.request_id)
        return answer

    yield "submit an asynchronous prediction", submit
    yield "look at the queue", lambda: raw.inference.get_development_queue_status()
    yield "cancel the request while it is queued", lambda: raw.inference.cancel_async_request(submitted[0])
    yield "look at the request", lambda: raw.inference.get_async_request(submitted[0])


def _deployments(client: Baseten) -> Iterator[Step]:
    raw = client.with_raw_response
    model_id = "model_abc123"
    settings = {"autoscaling_settings": {"min_instances": 1, "max_instances": 10}}
    yield "get all environments of the model", lambda: raw.environments.list(model_id)
    yield "activate its production environment", lambda: raw.environments.activate(model_id, "production")
    yield "get its production deployment", lambda: raw.deployments.get_production(model_id)
    yield (
        "update its autoscaling, in Baseten's words",
        lambda: raw.deployments.update_autoscaling(model_id, "production", min_replica=1, max_replica=10),
    )
    yield (
        "update its autoscaling, in the guide's words",
        lambda: raw.deployments.update_autoscaling(model_id, "production", extra_body=settings),
    )


def _training(client: Baseten) -> Iterator[Step]:
    raw = client.with_raw_response
    project, job = "proj_123", "job_456"
    yield "list the training jobs", lambda: raw.training.list_jobs(project)
    yield "get a job", lambda: raw.training.get_job(project, job)
    yield "get its metrics", lambda: raw.training.get_metrics(project, job)
    yield "get its logs", lambda: raw.training.get_logs(project, job)
    yield "get its checkpoints", lambda: raw.training.list_checkpoints(project, job)
    yield "stop it", lambda: raw.training.stop_job(project, job)


_EXAMPLES = {
    "Example 1: Model Prediction Workflow": _prediction,
    "Example 2: Async Inference Workflow": _asynchronous,
    "Example 3: Model Deployment Management": _deployments,
    "Example 4: Training Job Monitoring": _training,
}


def _show_examples(gateway: LocalGateway) -> None:
    with _client(gateway) as client:
        for title, steps in _EXAMPLES.items():
            print(f"\n{title}")
            for about, step in steps(client):
                _run(about, step)


def _show_memory(gateway: LocalGateway) -> None:
    print("\nA new client of the same gateway")
    before = len(gateway.requests)
    with _client(gateway) as client:
        inference = client.with_raw_response.inference
        _run(
            "call the production environment",
            lambda: inference.predict_environment("production", input={"text": "again"}),
        )
    print(f"  {len(gateway.requests) - before} request, no probe: the format was remembered")


def _live() -> int:
    try:
        with Baseten() as client:
            raw = client.with_raw_response
            print(f"\n=== {client!r}: read-only steps")
            _run("get all models", raw.models.list)
            _run("get all chains", raw.chains.list)
            _run("get all secrets (names only)", raw.secrets.list)
            ids = [model.id for model in client.models.list()]
            if ids:
                _run(f"get model {ids[0]}", lambda: raw.models.get(ids[0]))
                _run(f"get the deployments of {ids[0]}", lambda: raw.deployments.list(ids[0]))
                _run(f"get the environments of {ids[0]}", lambda: raw.environments.list(ids[0]))
    except LowCodeAPIError as error:
        print(f"{type(error).__name__}: {error}", file=sys.stderr)
        return 1
    return 0


def _run(about: str, step: Callable[[], RawResponse[Any]]) -> None:
    raw = step()
    extra = [
        f"{attempt.purpose} {attempt.format}: {attempt.status_code or attempt.outcome}" for attempt in raw.attempts
    ]
    tried = f", after {'; '.join(extra[:-1])}" if len(extra) > 1 else ""
    status = "no answer, as expected" if raw.unconfirmed else str(raw.status_code)
    print(f"  {about:<45} {raw.format} format, {status}{tried} -> {_short(raw.result)}")


def _short(result: Any) -> str:
    if isinstance(result, list):
        return f"{len(result)} of {type(result[0]).__name__}" if result else "an empty list"
    if isinstance(result, Schema):
        fields = [f"{name}={_field(value)}" for name, value in result.to_dict().items() if value is not None]
        text = f"{type(result).__name__}({', '.join(fields)})"
    else:
        text = json.dumps(result)
    return text if len(text) <= 100 else f"{text[:99]}…"


def _field(value: object) -> str:
    if isinstance(value, list):
        return f"[{len(value)}]"
    return "{…}" if isinstance(value, dict) else json.dumps(value)


if __name__ == "__main__":
    sys.exit(main())
