"""`api`: a raw call of a known operation, by its method and path in the new URL format."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import click
from lowcodeapi_baseten_api import new_format
from lowcodeapi_baseten_api.operations import OPERATIONS
from lowcodeapi_baseten_api.types import UNSET, Call, Route

from . import dry_run, output
from .columns import LISTINGS
from .commands import Argument, Command
from .overview import WORKFLOWS
from .settings import Settings, common_options
from .values import Json

_NEAREST = 3


def command() -> click.Command:
    """`api`."""
    methods = sorted({route.method for route in new_format.ROUTES.values()})
    return Command(
        "api",
        _api,
        [
            Argument("method", ", ".join(methods), type=click.Choice(methods, case_sensitive=False)),
            Argument("path", "The operation's path, such as /v1/models/abc123/deployments"),
            click.Option(["-d", "--data"], type=Json(), default=None, help="The whole body."),
            click.Option(["-q", "--query"], metavar="NAME=VALUE", multiple=True, help="A query parameter; repeatable."),
        ],
        summary=WORKFLOWS["api"],
        description="PATH is that of a known operation in the new URL format. The call falls back to the old format, "
        "and is sent again only where that does no harm. Prints Baseten's answer without the gateway's envelope.",
        common=common_options(is_destructive=True),
    )


def _api(params: Mapping[str, Any], settings: Settings) -> None:
    method, path = params["method"], params["path"]
    operation, ids = matched(method, path)
    context = click.get_current_context()
    is_body_given = context.get_parameter_source("data") is click.core.ParameterSource.COMMANDLINE
    body = params["data"] if is_body_given else UNSET
    call = Call(operation, ids, _query(params["query"]), body)
    dry_run.prepared(call)
    if settings.dry_run:
        dry_run.show_calls([call], settings)
        return
    with settings.client() as client:
        if OPERATIONS[operation].is_destructive:
            settings.confirm(f"api {method} {path}")
        raw = client._run_raw(call)
    output.remark(raw)
    output.show(raw.payload, settings, LISTINGS.get(operation))


def matched(method: str, path: str, routes: Mapping[str, Route] = new_format.ROUTES) -> tuple[str, dict[str, str]]:
    """The operation with this method and path, and its path parameters. A fixed word goes before a parameter.

    Raises `click.UsageError`, with the nearest paths, if there is none.
    """
    found = [
        (route.path.count("{"), operation, ids)
        for operation, route in routes.items()
        if route.method == method and (ids := _ids(route.path, path)) is not None
    ]
    if found:
        _, operation, ids = min(found, key=lambda candidate: candidate[0])
        return operation, ids
    raise click.UsageError(_unknown(method, path, routes), click.get_current_context(silent=True))


def _ids(template: str, path: str) -> dict[str, str] | None:
    """The values in a path of the template's placeholders; None if the path is another one."""
    words, given = template.split("/"), path.split("/")
    if len(words) != len(given):
        return None
    ids = {word[1:-1]: value for word, value in zip(words, given, strict=True) if word.startswith("{")}
    fits = all(word.startswith("{") or word == value for word, value in zip(words, given, strict=True))
    return ids if fits else None


def _unknown(method: str, path: str, routes: Mapping[str, Route]) -> str:
    from difflib import get_close_matches

    hint = "; give the query with -q NAME=VALUE" if "?" in path else ""
    known = {f"{route.method} {route.path}": None for route in routes.values()}
    near = get_close_matches(f"{method} {path}", known, _NEAREST, cutoff=0)
    return f"no operation has the path {method} {path[:200]}{hint}; the nearest are {', '.join(near)}"


def _query(given: tuple[str, ...]) -> dict[str, Any]:
    """The query parameters; one that is given more than once has a list."""
    query: dict[str, list[str]] = {}
    for pair in given:
        name, equals, value = pair.partition("=")
        if not name or not equals:
            raise click.UsageError(f"--query {pair!r} is not NAME=VALUE", click.get_current_context(silent=True))
        query.setdefault(name, []).append(value)
    return {name: values[0] if len(values) == 1 else values for name, values in query.items()}
