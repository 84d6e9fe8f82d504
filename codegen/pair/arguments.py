"""Decide which parameters of the documents become arguments of a method.

The gateway passes on no header of a request, and so no cookie: it makes the provider's headers itself, from the
provider's settings and the account's credentials. An argument for one would promise something that never happens. Only
the client sends `api_token`, and a name that the gateway reads as a path parameter's is no argument either.
"""

from __future__ import annotations

from collections.abc import Iterable

from ..document.shape import Json, Operation

TOKEN = "api_token"


def query_name(name: str) -> str:
    """The parameter name as the gateway's server reads it: `a[]`, `a[0]` and `[a]` are all `a`."""
    return name.lower().lstrip("[").partition("[")[0].partition("]")[0]


def is_argument(parameter: Json) -> bool:
    """True if a method takes the parameter."""
    if parameter["in"] == "query":
        return query_name(parameter["name"]) != TOKEN and "x-shadowed" not in parameter
    return bool(parameter["in"] == "path")


def others(operations: Iterable[Operation]) -> tuple[str, ...]:
    """The parameters that no method takes, one line each, with an operation that has it."""
    found: dict[str, list[str]] = {}
    for operation in operations:
        for each in operation.node.get("parameters", ()):
            if not is_argument(each):
                found.setdefault(f"the {each['in']} parameter {each['name']}{_why(each)}", []).append(operation.place)
    return tuple(
        f"{parameter} of {places[0]}{f' and {len(places) - 1} more' if places[1:] else ''}"
        for parameter, places in found.items()
    )


def _why(parameter: Json) -> str:
    return ", which the gateway reads as a path parameter," if "x-shadowed" in parameter else ""
