"""Completion of IDs, from lists that only read. Without a token nothing is sent, and every failure is silent."""

from __future__ import annotations

import contextlib
import io
import re
import threading
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

import click
from lowcodeapi_baseten_api.types import Call

from .settings import Settings
from .text import clean

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

PATIENCE = 2.0  # seconds in all
# Anything else could be read as something else by the shell.
_ID = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._~-]{0,255}", re.ASCII)


class _Source(NamedTuple):
    """A list: its operation, the IDs it needs, and the fields of an item that hold its ID and a name for people."""

    operation: str
    needs: tuple[str, ...]
    id: str
    name: str = "name"


_MODELS = _Source("models.list", (), "id")
_DEPLOYMENTS = _Source("deployments.list", ("model_id",), "id")
_ENVIRONMENTS = _Source("environments.list", ("model_id",), "name")
_JOBS = _Source("training.search_jobs", (), "id")
_PROJECTS = _Source("training.search_jobs", (), "training_project_id", "")
SOURCES: Mapping[str, _Source] = {
    "model_id": _MODELS,
    "chain_id": _Source("chains.list", (), "id"),
    "deployment_id": _DEPLOYMENTS,
    "deployment": _DEPLOYMENTS,
    "env_name": _ENVIRONMENTS,
    "environment": _ENVIRONMENTS,
    "training_project_id": _PROJECTS,
    "project": _PROJECTS,
    "training_job_id": _JOBS,
    "job": _JOBS,
    "prefix": _Source("api_keys.list", (), "prefix"),
    "upsert name": _Source("secrets.list", (), "name", ""),
}
"""By the name of a parameter, or by the names of a command and its parameter."""


class Id(click.types.StringParamType):
    """Text that may be an ID."""

    def shell_complete(self, ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
        """The IDs that begin like this, two seconds later at the latest."""
        name = (param.name or "").removeprefix("field_")
        source = SOURCES.get(f"{ctx.info_name} {name}") or SOURCES.get(name)
        given = _given(ctx)
        if source is None or not all(given.get(need) for need in source.needs):
            return []
        found: list[CompletionItem] = []

        def look() -> None:
            with contextlib.suppress(Exception):
                found.extend(_items(source, given, Settings.of(ctx), incomplete))

        with contextlib.redirect_stderr(io.StringIO()):
            # A thread, as neither a keyring nor the look-up of a host name ends in time by itself.
            thread = threading.Thread(target=look, daemon=True)
            thread.start()
            thread.join(PATIENCE)
        return found[:]


def _given(context: click.Context) -> Mapping[str, Any]:
    """The parameters given earlier on the line."""
    # Where the last word is an option without its value, click leaves the arguments unparsed.
    names = [parameter.name or "" for parameter in context.command.params if isinstance(parameter, click.Argument)]
    parsed = {name: value for name, value in context.params.items() if value is not None}
    return {**dict(zip(names, context.args, strict=False)), **parsed}


def _items(source: _Source, given: Mapping[str, Any], settings: Settings, incomplete: str) -> Iterator[CompletionItem]:
    from click.shell_completion import CompletionItem

    ids = {need: given[need] for need in source.needs}
    project = given.get("training_project_id") or given.get("project")
    with settings._replace(timeout=PATIENCE).client(max_retries=0) as client:
        payload = client._run_raw(Call(source.operation, ids)).payload
    rows = payload if isinstance(payload, list) else next(rows for rows in payload.values() if isinstance(rows, list))
    seen = set()
    for row in rows:
        value = row.get(source.id)
        is_other = project is not None and row.get("training_project_id", project) != project
        if is_other or value in seen or not _ID.fullmatch(value) or not value.startswith(incomplete):
            continue
        seen.add(value)
        about = row.get(source.name)
        yield CompletionItem(value, help=clean(about) if isinstance(about, str) and about != value else None)
