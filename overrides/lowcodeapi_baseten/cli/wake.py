"""`wake`: before load, so that no caller meets a cold start."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import click

from . import output
from .commands import Argument, Command
from .dry_run import Request, rehearse
from .ids import Id
from .overview import WORKFLOWS
from .settings import Settings, common_options
from .wait import pace_of, pace_options


def command() -> click.Command:
    """`wake`."""
    return Command(
        "wake",
        _wake,
        [
            Argument("model_id", "Model ID"),
            click.Option(
                ["--environment"], type=Id(), metavar="NAME", help="The environment to wake (default: production)."
            ),
            click.Option(
                ["--deployment"], type=Id(), metavar="ID", help="The deployment to wake, in place of an environment."
            ),
            click.Option(["--development"], is_flag=True, help="Wake the development deployment."),
            *pace_options(),
        ],
        summary=WORKFLOWS["wake"],
        description="If it is active already, nothing is sent.",
        common=common_options(timeout="Seconds to wait in all (default: 1800)."),
    )


def _wake(params: Mapping[str, Any], settings: Settings) -> None:
    model, environment = params["model_id"], params["environment"]
    chosen = [name for name in ("environment", "deployment", "development") if params[name]]
    if len(chosen) > 1:
        raise click.UsageError(f"give one of --{' and --'.join(chosen)}", click.get_current_context())
    requests = _requests(model, environment, params["deployment"], params["development"])
    if rehearse(requests, settings):
        return
    where: dict[str, Any] = {name: params[name] for name in chosen}
    if chosen and not environment:
        where["environment"] = None
    with settings.client(timeout=None) as client:
        found = client.inference.wake(model, **where, **pace_of(params["interval"], settings, model))
    output.show(found, settings)


def _requests(model: str, environment: str | None, deployment: str | None, development: bool) -> list[Request]:
    """The requests: a look at the deployment and, if it sleeps, the wake-up."""
    if deployment:
        look: Request = ("deployments.get", [model, deployment], {})
    elif development:
        look = ("deployments.get_development", [model], {})
    elif environment in {None, "production"}:
        look = ("deployments.get_production", [model], {})
    else:
        look = ("environments.get", [model, environment], {})
    # Only the look tells which deployment that is.
    return [look, ("inference.wake_deployment", [deployment or "DEPLOYMENT_ID"], {})]
