"""`api`: a raw call of a known operation, by its method and path in the new URL format."""

from __future__ import annotations

from collections.abc import Mapping
from difflib import get_close_matches
from typing import Any

import click
from lowcodeapi_baseten_api import new_format
from lowcodeapi_baseten_api.types import UNSET, Call, Route

from .commands import Argument, option, workflow
from .dry_run import prepared
from .operations import perform
from .settings import Settings, common_options
from .values import Json, is_given, misuse

_METHODS = sorted({route.method for route in new_format.ROUTES.values()})
_NEAREST = 3


@workflow(
    Argument("method", ", ".join(_METHODS), type=click.Choice(_METHODS, case_sensitive=False)),
    Argument("path", "The operation's path, such as /v1/models/abc123/deployments"),
    option("-d --data --body data", "The whole body.", type=Json()),
    option("-q --query", "A query parameter; repeatable.", metavar="NAME=VALUE", multiple=True),
    description="PATH is that of a known operation in the new URL format. The call falls back to the old format, "
    "and is sent again only where that does no harm. Prints Baseten's answer without the gateway's envelope.",
    common=common_options(is_destructive=True),
)
def api(params: Mapping[str, Any], settings: Settings) -> None:
    method, path = params["method"], params["path"]
    operation, ids = matched(method, path)
    call = Call(operation, ids, _query(params["query"]), params["data"] if is_given("data") else UNSET)
    perform(prepared(call), f"api {method} {path}", settings, is_bare=True)


def matched(method: str, path: str, routes: Mapping[str, Route] = new_format.ROUTES) -> tuple[str, dict[str, str]]:
    """The operation with this method and path, and its path parameters. A fixed word goes before a parameter.

    Raises `click.UsageError`, with the nearest paths, if there is none.
    """
    found = [
        (len(ids), operation, ids)
        for operation, route in routes.items()
        if route.method == method and (ids := _ids(route.path, path)) is not None
    ]
    if found:
        _, operation, ids = min(found, key=lambda candidate: candidate[0])
        return operation, ids
    hint = "; give the query with -q NAME=VALUE" if "?" in path else ""
    known = {f"{route.method} {route.path}": None for route in routes.values()}
    near = ", ".join(get_close_matches(f"{method} {path}", known, _NEAREST, cutoff=0))
    raise misuse(f"no operation has the path {method} {path[:200]}{hint}; the nearest are {near}")


def _ids(template: str, path: str) -> dict[str, str] | None:
    """The values in a path of the template's placeholders; None if the path is another one."""
    words, given = template.split("/"), path.split("/")
    pairs = list(zip(words, given, strict=False))
    if len(words) != len(given) or any(word != value for word, value in pairs if not word.startswith("{")):
        return None
    return {word[1:-1]: value for word, value in pairs if word.startswith("{")}


def _query(given: tuple[str, ...]) -> dict[str, Any]:
    """The query parameters; one that is given more than once has a list."""
    query: dict[str, list[str]] = {}
    for pair in given:
        name, equals, value = pair.partition("=")
        if not name or not equals:
            raise misuse(f"--query {pair!r} is not NAME=VALUE")
        query.setdefault(name, []).append(value)
    return {name: values[0] if len(values) == 1 else values for name, values in query.items()}
