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
from collections.abc import Callable
from operator import attrgetter
from typing import Any, cast

from lowcodeapi_baseten_api.models import Schema

from .. import Baseten, LowCodeAPIError, RawResponse
from . import LocalGateway

Step = tuple[str, Callable[[Any], RawResponse[Any]]]
"""The text of a step, and its call, given the client's raw form."""


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


def _step(about: str, method: str, *arguments: str, **fields: Any) -> Step:
    return about, lambda raw: attrgetter(method)(raw)(*arguments, **fields)


_SUBMITTED: list[str] = []


def _submit(raw: Any) -> RawResponse[Any]:
    answer = raw.inference.async_predict_development(input={"prompt": "Generate a long article"})
    _SUBMITTED[:] = [answer.result.request_id]
    return cast("RawResponse[Any]", answer)


_MODEL, _JOB = "model_abc123", ("proj_123", "job_456")
_GUIDES_WORDS = {"autoscaling_settings": {"min_instances": 1, "max_instances": 10}}
_PREDICT = "inference.predict_environment", "production"
_SCALE = "deployments.update_autoscaling", _MODEL, "production"
_EXAMPLES: dict[str, list[Step]] = {
    "Example 1: Model Prediction Workflow": [
        _step("get all models", "models.list"),
        _step("call the production environment", *_PREDICT, input={"text": "What is the capital of France?"}),
        _step("wake the production environment", "inference.wake_production", timeout=1.0),
    ],
    "Example 2: Async Inference Workflow": [
        ("submit an asynchronous prediction", _submit),
        _step("look at the queue", "inference.get_development_queue_status"),
        ("cancel the request while it is queued", lambda raw: raw.inference.cancel_async_request(*_SUBMITTED)),
        ("look at the request", lambda raw: raw.inference.get_async_request(*_SUBMITTED)),
    ],
    "Example 3: Model Deployment Management": [
        _step("get all environments of the model", "environments.list", _MODEL),
        _step("activate its production environment", "environments.activate", _MODEL, "production"),
        _step("get its production deployment", "deployments.get_production", _MODEL),
        _step("update its autoscaling, in Baseten's words", *_SCALE, min_replica=1, max_replica=10),
        _step("update its autoscaling, in the guide's words", *_SCALE, extra_body=_GUIDES_WORDS),
    ],
    "Example 4: Training Job Monitoring": [
        _step("list the training jobs", "training.list_jobs", _JOB[0]),
        _step("get a job", "training.get_job", *_JOB),
        _step("get its metrics", "training.get_metrics", *_JOB),
        _step("get its logs", "training.get_logs", *_JOB),
        _step("get its checkpoints", "training.list_checkpoints", *_JOB),
        _step("stop it", "training.stop_job", *_JOB),
    ],
}


def _show_examples(gateway: LocalGateway) -> None:
    with _client(gateway) as client:
        for title, steps in _EXAMPLES.items():
            print(f"\n{title}")
            for step in steps:
                _run(client, step)


def _show_memory(gateway: LocalGateway) -> None:
    print("\nA new client of the same gateway")
    before = len(gateway.requests)
    with _client(gateway) as client:
        _run(client, _step("call the production environment", *_PREDICT, input={"text": "again"}))
    print(f"  {len(gateway.requests) - before} request, no probe: the format was remembered")


def _live() -> int:
    try:
        with Baseten() as client:
            print(f"\n=== {client!r}: read-only steps")
            _run(client, _step("get all models", "models.list"))
            _run(client, _step("get all chains", "chains.list"))
            _run(client, _step("get all secrets (names only)", "secrets.list"))
            for model in client.models.list()[:1]:
                _run(client, _step(f"get model {model.id}", "models.get", model.id))
                _run(client, _step(f"get the deployments of {model.id}", "deployments.list", model.id))
                _run(client, _step(f"get the environments of {model.id}", "environments.list", model.id))
    except LowCodeAPIError as error:
        print(f"{type(error).__name__}: {error}", file=sys.stderr)
        return 1
    return 0


def _run(client: Baseten, step: Step) -> None:
    about, call = step
    raw = call(client.with_raw_response)
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
