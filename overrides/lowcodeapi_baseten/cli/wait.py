"""`wait`: until a request, a deployment, a promotion or a training job is done."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import click

from . import dry_run, output
from .commands import Argument, Command, Group
from .operations import check
from .progress import pace_of, pace_options
from .settings import Settings, common_options


class _Awaited(NamedTuple):
    """A thing to wait for: its name, the method that waits, and the operation that looks."""

    names: tuple[str, ...]
    method: str
    looks_with: str
    summary: str


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
    return _Wait("wait", help="Wait until something is done. 1 is the exit code where it fails, 3 at --timeout.")


class _Wait(Group):
    def sections(self) -> Mapping[str, Mapping[str, str]]:
        return {"Commands": {name: thing.summary for name, thing in _THINGS.items()}}

    def made(self, name: str) -> click.Command:
        thing = _THINGS[name]
        params: list[click.Parameter] = [Argument(argument) for argument in thing.names]
        if name == "promotion":
            params.append(click.Option(["--deployment-id"], help="The deployment that is being promoted."))
        common = common_options(timeout="Seconds to wait in all.")
        return Command(name, _work(thing), [*params, *pace_options()], summary=thing.summary, common=common)


def _work(thing: _Awaited) -> Callable[[Mapping[str, Any], Settings], None]:
    def work(params: Mapping[str, Any], settings: Settings) -> None:
        path = [params[name] for name in thing.names]
        check(thing.looks_with, path, {})
        if settings.dry_run:
            dry_run.show([(thing.looks_with, path, {})], settings)
            return
        named = pace_of(params["interval"], settings, path[-1])
        if params.get("deployment_id") and "deployment_id" not in thing.names:
            named["deployment_id"] = params["deployment_id"]
        group, _, method = thing.method.partition(".")
        # Here --timeout is the deadline of the wait, not of each look.
        with settings.client(timeout=None) as client:
            result = getattr(getattr(client, group), method)(*path, **named)
        output.show(result, settings)

    return work
