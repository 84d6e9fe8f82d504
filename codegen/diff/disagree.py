"""Find where a version's two documents disagree: pairing would hide a change in only one of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import attrs

from ..document.shape import Json
from ..repair.paths import PLACEHOLDER
from .finding import Change
from .prepare import FORMATS, Node, Prepared, components
from .sentence import MISSING
from .shape import inlined, same, spaced

Spots = dict[tuple[str, ...], dict[str, Any]]
"""The places where the documents differ, with the value in each document."""


def disagreements(
    old: Prepared, new: Prepared, both: Iterable[tuple[Node, Node]], added: Iterable[Node]
) -> Iterator[Change]:
    """Yield the disagreements that appeared, and those that are gone."""
    yield from _changes(_of_documents(old), _of_documents(new), Change("documents", None))
    for was, node in both:
        spot = Change("documents", node.place, was_place=was.place)
        yield from _changes(_of_operation(old, was), _of_operation(new, node), spot)
    for node in added:
        yield from _changes({}, _of_operation(new, node), Change("documents", node.place))


def _changes(before: Spots, after: Spots, spot: Change) -> Iterator[Change]:
    for at in sorted(before.keys() | after.keys()):
        values = before.get(at), after.get(at)
        if not same(*values):
            stated = ({key: side for key, side in (each or {}).items() if side is not MISSING} for each in values)
            here = attrs.evolve(spot, at=at, field=".".join(at) or "the operation")
            what = "disagree" if at in after else "agree"
            yield here.told(what, *(each or MISSING for each in stated), **(after.get(at) or before[at]))


def _of_documents(version: Prepared) -> Spots:
    openapi, definition = version.repaired["openapi"], version.repaired["definition"]
    return {} if openapi is None or definition is None else dict(_spots(_top(openapi), _top(definition)))


def _top(document: Json) -> Json:
    """The document without its operations and without what they share: that is compared where it is used."""
    shared = {key: node for key, node in document.get("components", {}).items() if key not in ("schemas", "responses")}
    return {key: node for key, node in document.items() if key not in ("paths", "components")} | (
        {"components": shared} if "components" in document else {}
    )


def _of_operation(version: Prepared, node: Node) -> Spots:
    sides, shared = list[Json](), list[Json]()
    for name, format_name in FORMATS.items():
        document, route = version.repaired[name] or {"paths": {}}, node.routes.get(format_name, {})
        found = document["paths"].get(route.get("path"), {}).get(route.get("method"))
        if found is None:
            return {}
        sides.append(_normal(found, node.path))
        shared.append(components(document))
    # Most are the same: to follow references takes longer than to compare.
    is_one = same(*sides) and same(*shared)
    return {} if is_one else dict(_spots(*map(inlined, sides, shared)))


def _normal(node: Json, path: str) -> Json:
    """The operation without the differences that are inherent in the two formats; its parameters by name."""
    placed = set(PLACEHOLDER.findall(path))
    parameters: Json = {}
    for parameter in node.get("parameters", ()):
        is_of_path = parameter.get("x-path-parameter") and parameter["name"] in placed
        stays = {key: value for key, value in parameter.items() if key not in ("x-path-parameter", "in")}
        parameters[f"{'path' if is_of_path else parameter['in']}:{parameter['name']}"] = stays
    return {**node, "parameters": parameters}


def _spots(one: Any, other: Any, at: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], dict[str, Any]]]:
    """Yield each place where two values differ, descending while both are objects."""
    if isinstance(one, dict) and isinstance(other, dict):
        for key in sorted(one.keys() | other.keys()):
            yield from _spots(one.get(key, MISSING), other.get(key, MISSING), (*at, key))
    elif not same(spaced(one), spaced(other)):
        yield at, {"openapi": one, "definition": other}
