"""`predict`: call the model of an environment, of a deployment, or of the development deployment."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import click

from .commands import Argument, Command
from .operations import perform
from .overview import WORKFLOWS
from .settings import Settings
from .values import Json

_DEVELOPMENT = "development"


def command() -> click.Command:
    """`predict`."""
    return Command(
        "predict",
        _predict,
        [
            *target_options(),
            click.Option(["--input"], type=Json(), help="Model input, any JSON value."),
            click.Option(["--body"], type=Json(), help="The whole body, instead of --input."),
        ],
        summary=WORKFLOWS["predict"],
        description='predict production --input \'{"text": "hi"}\', or --input @FILE, or --input - for standard input.',
    )


def target_options() -> list[click.Parameter]:
    """The parameters that name what is called."""
    return [
        Argument("env", "Name of the environment; 'development' is the development deployment", required=False),
        click.Option(["--deployment"], metavar="ID", help="The deployment with this ID, instead of ENV."),
    ]


def target_of(params: Mapping[str, Any]) -> tuple[str, list[str]]:
    """The target: the last word of the operation's name, and its path parameters."""
    environment, deployment, is_development = params["env"], params["deployment"], params.get("development", False)
    if (environment is not None) + (deployment is not None) + is_development != 1:
        names = "ENV, --deployment or --development, exactly one of the three"
        two = "ENV or --deployment, exactly one of the two"
        raise click.UsageError(f"give {names if 'development' in params else two}", click.get_current_context())
    if deployment is not None:
        return "deployment", [deployment]
    return ("development", []) if is_development or environment == _DEVELOPMENT else ("environment", [environment])


def input_of(params: Mapping[str, Any], *names: str) -> dict[str, Any]:
    """Those of these JSON options that were given; null counts as given."""
    context = click.get_current_context()
    commandline = click.core.ParameterSource.COMMANDLINE
    return {name: params[name] for name in names if context.get_parameter_source(name) is commandline}


def _predict(params: Mapping[str, Any], settings: Settings) -> None:
    kind, path = target_of(params)
    given = input_of(params, "input", "body")
    if len(given) != 1:
        raise click.UsageError("give --input or --body, exactly one of the two", click.get_current_context())
    perform(f"inference.predict_{kind}", path, given, settings)
