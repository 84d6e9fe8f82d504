"""A document's operations and objects.

`repair` gives the gateway's documents the shape that every later stage relies on: objects, lists and texts where
OpenAPI has them (`repair/shapes.py`). So no later stage checks the type of a value.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import attrs

from . import reading

PLACES = ("path", "query", "header", "cookie")
SCHEMAS = "#/components/schemas/"
"""Begins a reference to a schema."""

Json = dict[str, Any]
Keys = tuple[str | int, ...]


@attrs.frozen
class Operation:
    """An operation of a document, in the form that rules use."""

    path: str
    method: str
    node: Json

    @property
    def place(self) -> str:
        return f"{self.method.upper()} {self.path}"


def operations(document: Json) -> Iterator[Operation]:
    """Yield the operations of a document, in its order. Anything else is skipped."""
    return (Operation(*found) for found in reading.operations(document))


def objects(value: Any) -> Iterator[Json]:
    """Yield every object in a value, itself included."""
    queue = [value]
    while queue:
        node = queue.pop()
        if isinstance(node, dict):
            yield node
            queue += node.values()
        elif isinstance(node, list):
            queue += node


def types_of(schema: Json) -> list[Any]:
    """The types that a schema states, which may be one or a list; none if it states none."""
    stated = schema.get("type")
    return stated if isinstance(stated, list) else [] if stated is None else [stated]


def component_of(schema: Json) -> str:
    """The name of the component that a schema refers to; empty if it refers to none."""
    return str(schema.get("$ref", "")).removeprefix(SCHEMAS)


def copied(value: Any) -> Any:
    """Copy JSON. `copy.deepcopy` takes three times as long, because it looks for shared objects."""
    if isinstance(value, dict):
        return {key: copied(item) for key, item in value.items()}
    return [copied(item) for item in value] if isinstance(value, list) else value
