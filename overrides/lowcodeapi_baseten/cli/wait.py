"""`wait` and `wake`: until a request, a deployment, a promotion or a job is done; and the options of every wait."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from operator import attrgetter
from typing import Any

import click

from . import output
from .commands import Argument, Command, Group, option, workflow
from .dry_run import Request, rehearse
from .ids import Id
from .settings import Settings, common_options
from .text import say
from .values import Seconds, misuse


def pace_options() -> list[click.Option]:
    """Options for how often to poll."""
    about = "Seconds between the first two looks; later ones are further apart (default: 1)."
    return [option("--interval", about, type=Seconds(), metavar="SECONDS")]


def pace_of(interval: float | None, settings: Settings, name: str) -> dict[str, Any]:
    """The arguments common to all waits; those not given keep the wait's default."""

    def tell(answer: Any) -> None:
        if settings.verbose or sys.stderr.isatty():
            say(f"{name}: {_state_of(answer)}")

    given: dict[str, Any] = {"on_change": tell, **intervals(interval)}
    return given if settings.timeout is None else {**given, "timeout": settings.timeout}


def intervals(interval: float | None) -> dict[str, float]:
    """The first and the longest pause between two looks, for `--interval`."""
    return {} if interval is None else {"interval": interval, "max_interval": max(interval, 10.0)}


def _state_of(answer: Any) -> str:
    """The state in an answer about a request, a deployment, a job or an environment."""
    inner = getattr(answer, "training_job", None) or getattr(answer, "in_progress_promotion", None) or answer
    states = (getattr(inner, name, None) for name in ("status", "current_status"))
    return next((str(state) for state in states if state is not None), "no promotion in progress")


def _waiting(name: str, method: str, looks_with: str, path: str, about: str, *more: click.Option) -> Command:
    """A command that waits until something is done.

    Args:
        method: The method of a client that waits; `path` names its positional arguments, and `more` has others.
        looks_with: The operation that looks, with the same positional arguments.
    """
    names = path.split()

    def work(params: Mapping[str, Any], settings: Settings) -> None:
        ids = [params[name] for name in names]
        if rehearse([(looks_with, ids, {})], settings):
            return
        named = {each.name: params[each.name] for each in more if each.name and params[each.name]}
        # Here --timeout is the deadline of the wait, not of each look.
        with settings.client(timeout=None) as client:
            result = attrgetter(method)(client)(*ids, **named, **pace_of(params["interval"], settings, ids[-1]))
        output.show(result, settings)

    params = [*map(Argument, names), *more, *pace_options()]
    common = common_options(timeout="Seconds to wait in all.")
    return Command(name, work, params, summary=f"Wait until {about}.", common=common)


_PROMOTED = option("--deployment --deployment-id deployment_id", "The deployment that is being promoted.", type=Id())
_ASYNCHRONOUS = "an asynchronous prediction has succeeded"
_PROMOTION = "environments.wait_for_promotion", "environments.get", "model_id env_name"
_ACTIVE = "deployments.wait_until_active", "deployments.get", "model_id deployment_id"
_JOB = "training.wait", "training.get_job", "training_project_id training_job_id"


def wait() -> Group:
    """`wait`."""
    commands = [
        _waiting("request", "inference.wait", "inference.get_async_request", "request_id", _ASYNCHRONOUS),
        _waiting("deployment", *_ACTIVE, "a deployment is active"),
        _waiting("promotion", *_PROMOTION, "the promotion to an environment is over", _PROMOTED),
        _waiting("job", *_JOB, "a training job is complete"),
    ]
    about = "Wait until something is done. The exit code is 1 if it fails, 3 if --timeout is over."
    return Group("wait", help=about, commands=commands)


@workflow(
    Argument("model_id", "Model ID"),
    option("--environment", "The environment to wake (default: production).", type=Id(), metavar="NAME"),
    option("--deployment", "The deployment to wake, in place of an environment.", type=Id(), metavar="ID"),
    option("--development", "Wake the development deployment.", is_flag=True),
    *pace_options(),
    description="If it is active already, nothing is sent.",
    common=common_options(timeout="Seconds to wait in all (default: 1800)."),
)
def wake(params: Mapping[str, Any], settings: Settings) -> None:
    model, environment, deployment = params["model_id"], params["environment"], params["deployment"]
    where = {name: params[name] for name in ("environment", "deployment", "development") if params[name]}
    if len(where) > 1:
        raise misuse(f"give one of --{' and --'.join(where)}")
    if deployment:
        look: Request = ("deployments.get", [model, deployment], {})
    elif params["development"]:
        look = ("deployments.get_development", [model], {})
    elif environment in {None, "production"}:
        look = ("deployments.get_production", [model], {})
    else:
        look = ("environments.get", [model, environment], {})
    # Only the look tells which deployment that is.
    if rehearse([look, ("inference.wake_deployment", [deployment or "DEPLOYMENT_ID"], {})], settings):
        return
    with settings.client(timeout=None) as client:
        found = client.inference.wake(model, **where, **pace_of(params["interval"], settings, model))
    output.show(found, settings)
