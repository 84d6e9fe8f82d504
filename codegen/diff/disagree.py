"""Find where a version's two documents disagree: pairing would hide a change in only one of them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ..document.shape import Json
from ..repair.paths import PLACEHOLDER
from .finding import Change
from .prepare import Node, Prepared, components
from .sentence import MISSING
from .shape import inlined, same

Spots = dict[tuple[str, ...], tuple[Any, Any]]


def disagreements(old: Prepared, new: Prepared, both: list[tuple[Node, Node]], added: list[Node]) -> Iterator[Change]:
    """Yield the disagreements that appeared, and those that are gone."""
    yield from _changes(_of_documents(old), _of_documents(new), None, None)
    has_shared = any(components(each or {}) for side in (old, new) for each in side.repaired.values())
    for was, node in both:
        if (
            not has_shared
            and was.path == node.path
            and was.routes == node.routes
            and same(_nodes(old, was), _nodes(new, node))
        ):
            continue
        sides = _sides(old, was), _sides(new, node)
        if not same(sides[0], sides[1]):
            yield from _changes(_of(sides[0]), _of(sides[1]), was.place, node.place)
    for node in added:
        yield from _changes({}, _of(_sides(new, node)), None, node.place)


def _changes(before: Spots, after: Spots, was_place: str | None, place: str | None) -> Iterator[Change]:
    for at in sorted(before.keys() | after.keys()):
        values = before.get(at, MISSING), after.get(at, MISSING)
        if same(*values):
            continue
        openapi, definition = after.get(at) or before[at]
        yield Change(
            "documents-disagree" if at in after else "documents-agree",
            place,
            at,
            _stated(values[0]),
            _stated(values[1]),
            ".".join(at) or "the operation",
            words=(("openapi", openapi), ("definition", definition)),
            was_place=was_place,
        )


def _of_documents(version: Prepared) -> Spots:
    openapi, definition = version.repaired["openapi"], version.repaired["definition"]
    if openapi is None or definition is None:
        return {}
    return dict(_spots(_top(openapi), _top(definition)))


def _top(document: Json) -> Json:
    """The document without its operations and without what they share: that is compared where it is used."""
    top = {key: _evened(value) for key, value in document.items() if key != "paths"}
    if "components" in top:
        shared = top["components"].items()
        top["components"] = {key: value for key, value in shared if key not in ("schemas", "responses")}
    return top


def _sides(version: Prepared, node: Node) -> tuple[Json, Json] | None:
    """The operation as each document has it, parameters by name. None if either has no route to it."""
    one, other = (
        each and _normal(inlined(each, components(version.repaired[name] or {})), node.path)
        for name, each in zip(("openapi", "definition"), _nodes(version, node), strict=True)
    )
    return None if one is None or other is None else (one, other)


def _nodes(version: Prepared, node: Node) -> list[Json | None]:
    """The operation from each document, unchanged."""
    found: list[Json | None] = []
    for format_name, document_name in (("new", "openapi"), ("old", "definition")):
        route, document = node.routes.get(format_name), version.repaired[document_name]
        item = document["paths"].get(route["path"]) if route and document else None
        found.append(item.get(route["method"]) if route and isinstance(item, dict) else None)
    return found


def _of(sides: tuple[Json, Json] | None) -> Spots:
    return {} if sides is None else dict(_spots(*sides))


def _normal(node: Json, path: str) -> Json:
    """The operation without the differences that are inherent in the two formats."""
    placed = set(PLACEHOLDER.findall(path))
    result = {key: _evened(value) for key, value in node.items() if key != "parameters"}
    parameters: Json = {}
    for parameter in node.get("parameters", ()):
        is_of_path = parameter.get("x-path-parameter") and parameter["name"] in placed
        stays = {key: _evened(value) for key, value in parameter.items() if key not in ("x-path-parameter", "in")}
        parameters[f"{'path' if is_of_path else parameter['in']}:{parameter['name']}"] = stays
    result["parameters"] = parameters
    return result


def _spots(one: Any, other: Any, at: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], tuple[Any, Any]]]:
    """Yield each place where two values differ, descending while both are objects."""
    if same(one, other):
        return
    if not isinstance(one, dict) or not isinstance(other, dict):
        yield at, (one, other)
        return
    for key in sorted(one.keys() | other.keys()):
        yield from _spots(one.get(key, MISSING), other.get(key, MISSING), (*at, key))


def _evened(value: Any) -> Any:
    """Normalize white space in strings at any depth."""
    if isinstance(value, str):
        return " ".join(value.split())
    if isinstance(value, dict):
        return {key: _evened(item) for key, item in value.items()}
    return [_evened(item) for item in value] if isinstance(value, list) else value


def _stated(value: Any) -> Any:
    """The value in each document that has one."""
    if not isinstance(value, tuple):
        return MISSING
    return {name: side for name, side in zip(("openapi", "definition"), value, strict=True) if side is not MISSING}
