"""`submit`: an asynchronous prediction, waited for if asked."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import click

from . import output
from .commands import Command
from .dry_run import rehearse
from .operations import may_be_done
from .overview import WORKFLOWS
from .predict import input_of, target_of, target_options
from .settings import Settings
from .text import say
from .values import Json, Number
from .wait import pace_of, pace_options


def command() -> click.Command:
    """`submit`."""
    return Command(
        "submit",
        _submit,
        [
            *target_options(),
            click.Option(["--input"], type=Json(), help="Model input, a JSON object [required]"),
            click.Option(["--webhook-endpoint"], metavar="URL", help="HTTPS URL that receives the output."),
            click.Option(["--priority"], type=Number(int), help="0 (first) to 2 (last)."),
            click.Option(
                ["--max-time-in-queue-seconds"],
                type=Number(int),
                help="Seconds that it may stay queued, 10 to 259200.",
            ),
            click.Option(["--inference-retry-config"], type=Json(), help="How Baseten calls the model again."),
            click.Option(["--wait"], is_flag=True, help="Wait until it is done, and print its status."),
            *pace_options(),
        ],
        summary=WORKFLOWS["submit"],
        description="Prints the request's id at once; look at it with: wait request REQUEST_ID. The output goes to the "
        "webhook and is stored nowhere else.",
    )


def _submit(params: Mapping[str, Any], settings: Settings) -> None:
    kind, path = target_of(params)
    optional = ("webhook_endpoint", "priority", "max_time_in_queue_seconds")
    named = input_of(params, "input", "inference_retry_config")
    if "input" not in named:
        raise click.UsageError("--input must be given", click.get_current_context())
    named.update((name, params[name]) for name in optional if params[name] is not None)
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
