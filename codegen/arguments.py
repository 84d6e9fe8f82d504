"""Which parameters of the documents are arguments of a method, and which are not.

The gateway passes no header of a request on, and so no cookie: it makes the provider's headers itself, from what it
knows of the provider and from the account's credentials. An argument for one would promise what is never done. And
`api_token` is the client's to send.
"""

from __future__ import annotations

from collections.abc import Iterable

from .shape import Json, Operation


def is_argument(parameter: Json) -> bool:
    """Whether a method takes a parameter."""
    name, place = str(parameter["name"]), parameter["in"]
    if place == "query" and "x-pasted" not in parameter:
        # The gateway reads `api_token[]` and `[api_token]` as `api_token`.
        return name.lower().lstrip("[").partition("[")[0].partition("]")[0] != "api_token"
    return place in ("path", "query")


def others(operations: Iterable[Operation]) -> tuple[str, ...]:
    """The parameters that no method takes, one line each, with an operation that has it."""
    found: dict[str, list[str]] = {}
    for operation in operations:
        for each in operation.node.get("parameters", ()):
            if not is_argument(each):
                found.setdefault(f"the {each['in']} parameter {each['name']}", []).append(operation.place)
    return tuple(
        f"{parameter} of {places[0]}{f' and {len(places) - 1} more' if places[1:] else ''}"
        for parameter, places in found.items()
    )
