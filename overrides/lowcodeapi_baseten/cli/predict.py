"""`predict` and `submit`: one prediction by an environment, a deployment, or the development deployment."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import click

from . import output
from .commands import Argument, option, workflow
from .dry_run import check, rehearse
from .operations import may_be_done, perform
from .settings import Settings
from .text import say
from .values import Json, Number, is_given, misuse
from .wait import pace_of, pace_options

_DEVELOPMENT = "development"


def target_options() -> list[click.Parameter]:
    """The parameters that name what is called."""
    return [
        Argument("env", "Name of the environment; 'development' is the development deployment", required=False),
        option("--deployment", "The deployment with this ID, instead of ENV.", metavar="ID"),
    ]


def target_of(params: Mapping[str, Any]) -> tuple[str, list[str]]:
    """The target: the last word of the operation's name, and its path parameters."""
    environment, deployment, is_development = params["env"], params["deployment"], params.get("development", False)
    if (environment is not None) + (deployment is not None) + is_development != 1:
        three = "give ENV, --deployment or --development, exactly one of the three"
        raise misuse(three if "development" in params else "give ENV or --deployment, exactly one of the two")
    if deployment is not None:
        return "deployment", [deployment]
    return ("development", []) if is_development or environment == _DEVELOPMENT else ("environment", [environment])


@workflow(
    *target_options(),
    option("--input", "Model input, any JSON value.", type=Json()),
    option("--body", "The whole body, instead of --input.", type=Json()),
    description='predict production --input \'{"text": "hi"}\', or --input @FILE, or --input - for standard input.',
)
def predict(params: Mapping[str, Any], settings: Settings) -> None:
    kind, path = target_of(params)
    given = {name: params[name] for name in ("input", "body") if is_given(name)}
    if len(given) != 1:
        raise misuse("give --input or --body, exactly one of the two")
    perform(check(f"inference.predict_{kind}", path, given), f"predict {kind}", settings)


@workflow(
    *target_options(),
    option("--input", "Model input, a JSON object [required]", type=Json()),
    option("--webhook-endpoint", "HTTPS URL that receives the output.", metavar="URL"),
    option("--priority", "0 (first) to 2 (last).", type=Number(int)),
    option("--max-time-in-queue-seconds", "Seconds that it may stay queued, 10 to 259200.", type=Number(int)),
    option("--inference-retry-config", "How Baseten calls the model again.", type=Json()),
    option("--wait", "Wait until it is done, and print its status.", is_flag=True),
    *pace_options(),
    description="Prints the request's id at once; look at it with: wait request REQUEST_ID. The output goes to the "
    "webhook and is stored nowhere else.",
)
def submit(params: Mapping[str, Any], settings: Settings) -> None:
    kind, path = target_of(params)
    names = ("input", "inference_retry_config", "webhook_endpoint", "priority", "max_time_in_queue_seconds")
    named = {name: params[name] for name in names if is_given(name)}
    if "input" not in named:
        raise misuse("--input must be given")
    operation = f"inference.async_predict_{kind}"
    if rehearse([(operation, path, named)], settings):
        return
    # With --wait, --timeout is the deadline of the wait.
    with settings.client(**({"timeout": None} if params["wait"] else {})) as client:
        where: dict[str, Any] = {kind: path[0] if path else True}
        with may_be_done(operation):
            prediction = client.inference.submit(**where, **named)
        if not params["wait"]:
            output.show({"request_id": prediction.request_id}, settings)
            return
        if settings.form == "table":
            say(f"{prediction.request_id} is queued")
        result = prediction.wait(**pace_of(params["interval"], settings, prediction.request_id))
    output.show(result, settings)
