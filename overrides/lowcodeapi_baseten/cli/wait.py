"""`wait`: until a request, a deployment, a promotion or a training job is done; and the options of every wait."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import click

from . import output
from .commands import Argument, Command, Group
from .dry_run import rehearse
from .ids import Id
from .overview import dashed
from .settings import Settings, common_options
from .text import say
from .values import Seconds


class _Awaited(NamedTuple):
    """A thing to wait for: its name, the method that waits, and the operation that looks.

    `options` are further arguments of the method, each with a help text.
    """

    names: tuple[str, ...]
    method: str
    looks_with: str
    summary: str
    options: Mapping[str, str] = {}


_THINGS: Mapping[str, _Awaited] = {
    "request": _Awaited(
        ("request_id",),
        "inference.wait",
        "inference.get_async_request",
        "Wait until an asynchronous prediction has succeeded.",
    ),
    "deployment": _Awaited(
        ("model_id", "deployment_id"),
        "deployments.wait_until_active",
        "deployments.get",
        "Wait until a deployment is active.",
    ),
    "promotion": _Awaited(
        ("model_id", "env_name"),
        "environments.wait_for_promotion",
        "environments.get",
        "Wait until the promotion to an environment is over.",
        {"deployment_id": "The deployment that is being promoted."},
    ),
    "job": _Awaited(
        ("training_project_id", "training_job_id"),
        "training.wait",
        "training.get_job",
        "Wait until a training job is complete.",
    ),
}


def command() -> click.Command:
    """`wait`."""
    about = "Wait until something is done. The exit code is 1 if it fails, 3 if --timeout is over."
    return Group("wait", help=about, commands=[_command(name, thing) for name, thing in _THINGS.items()])


def _command(name: str, thing: _Awaited) -> Command:
    params: list[click.Parameter] = [Argument(argument) for argument in thing.names]
    params += [click.Option([f"--{dashed(option)}"], type=Id(), help=about) for option, about in thing.options.items()]
    common = common_options(timeout="Seconds to wait in all.")
    return Command(name, _work(thing), [*params, *pace_options()], summary=thing.summary, common=common)


def _work(thing: _Awaited) -> Callable[[Mapping[str, Any], Settings], None]:
    def work(params: Mapping[str, Any], settings: Settings) -> None:
        path = [params[name] for name in thing.names]
        if rehearse([(thing.looks_with, path, {})], settings):
            return
        named = pace_of(params["interval"], settings, path[-1])
        named.update((option, params[option]) for option in thing.options if params[option])
        group, _, method = thing.method.partition(".")
        # Here --timeout is the deadline of the wait, not of each look.
        with settings.client(timeout=None) as client:
            result = getattr(getattr(client, group), method)(*path, **named)
        output.show(result, settings)

    return work


def pace_options() -> list[click.Option]:
    """Options for how often to poll."""
    about = "Seconds between the first two looks; later ones are further apart (default: 1)."
    return [click.Option(["--interval"], type=Seconds(), metavar="SECONDS", help=about)]


def pace_of(interval: float | None, settings: Settings, name: str) -> dict[str, Any]:
    """The arguments common to all waits; those not given keep the wait's default."""
    given: dict[str, Any] = {"on_change": teller(settings, name)}
    if interval is not None:
        given.update(interval=interval, max_interval=max(interval, 10.0))
    if settings.timeout is not None:
        given["timeout"] = settings.timeout
    return given


def teller(settings: Settings, name: str) -> Callable[[Any], None]:
    """A callback for `on_change=`."""

    def tell(answer: Any) -> None:
        if settings.verbose or sys.stderr.isatty():
            say(f"{name}: {state_of(answer)}")

    return tell


def state_of(answer: Any) -> str:
    """The state in an answer about a request, a deployment, a job or an environment."""
    inner = getattr(answer, "training_job", None) or getattr(answer, "in_progress_promotion", None) or answer
    states = (getattr(inner, name, None) for name in ("status", "current_status"))
    return next((str(state) for state in states if state is not None), "no promotion in progress")
