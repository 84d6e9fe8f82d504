"""Rules of `repair` for an operation's parameters: each changes it in place and returns its count."""

from __future__ import annotations

from collections.abc import Callable

from ..document.shape import Json, Operation, types_of
from . import paths


def _parameter_required(operation: Operation) -> int:
    """Set a missing `required` on a parameter: always true in a path, otherwise false."""
    missing = [
        parameter
        for parameter in parameters_of(operation)
        if not isinstance(parameter.get("required"), bool) or (parameter["in"] == "path" and not parameter["required"])
    ]
    for parameter in missing:
        parameter["required"] = parameter.get("in") == "path"
    return len(missing)


def _path_parameter_without_place(operation: Operation) -> int:
    """Move an `in: path` parameter without a place in the path to the query, where the old format has it.

    Strip white space from path parameter names first. In a query it may be intended.
    """
    placed = set(paths.placeholders(operation.path))
    odd = [
        each
        for each in parameters_of(operation)
        if each["name"] != (plain := each["name"].strip()) and plain and (each["in"] == "path" or plain in placed)
    ]
    for parameter in odd:
        parameter["name"] = parameter["name"].strip()
    for parameter in parameters_of(operation):
        # Replaced in the path too, where it would end it.
        if parameter["in"] == "path" and "#" in parameter["name"] and parameter["name"].replace("#", "_") in placed:
            parameter["name"] = parameter["name"].replace("#", "_")
            odd.append(parameter)
    moved = [
        parameter
        for parameter in parameters_of(operation)
        if parameter.get("in") == "path" and parameter.get("name") not in placed
    ]
    for parameter in moved:
        parameter["in"] = "query"
        parameter["required"] = True
        parameter["x-path-parameter"] = True
    return len(moved) + len(odd)


def _undeclared_placeholder(operation: Operation) -> int:
    """Add a parameter for a placeholder without one: the query parameter of that name, else any text."""
    parameters = list(parameters_of(operation))
    placed = {each["name"] for each in parameters if each["in"] == "path"}
    in_query = {each["name"]: each for each in parameters if each["in"] == "query"}
    found = 0
    for name in paths.placeholders(operation.path):
        if name in placed:
            continue
        found += 1
        same = in_query.get(name)
        if same is None:
            parameters.append({"name": name, "in": "path", "required": True, "schema": {"type": "string"}})
        else:
            same.update({"in": "path", "required": True})
    if parameters:
        operation.node["parameters"] = parameters
    return found


def _parameter_twice(operation: Operation) -> int:
    """Remove a repeated parameter: keep the one declared for the path, else the first."""
    kept: dict[tuple[str, str], Json] = {}
    parameters = parameters_of(operation)
    for parameter in sorted(parameters, key=lambda parameter: "x-path-parameter" not in parameter):
        kept.setdefault((parameter["in"], parameter["name"]), parameter)
    if len(kept) < len(parameters):
        chosen = {id(parameter) for parameter in kept.values()}
        operation.node["parameters"] = [parameter for parameter in parameters if id(parameter) in chosen]
    return len(parameters) - len(kept)


def _parameter_items_enum(operation: Operation) -> int:
    """Move `items.enum` to the parameter itself if its type is no array."""
    found = 0
    for parameter in parameters_of(operation):
        schema = parameter.get("schema")
        if not isinstance(schema, dict) or "array" in types_of(schema) or not isinstance(schema.get("items"), dict):
            continue
        items = schema.pop("items")
        if isinstance(items.get("enum"), list):
            schema.setdefault("enum", items["enum"])
        found += 1
    return found


def parameters_of(operation: Operation) -> list[Json]:
    found: list[Json] = operation.node.get("parameters", [])
    return found


RULES: dict[str, Callable[[Operation], int]] = {
    "parameter-required": _parameter_required,
    "path-parameter-without-place": _path_parameter_without_place,
    "parameter-twice": _parameter_twice,
    "undeclared-placeholder": _undeclared_placeholder,
    "parameter-items-enum": _parameter_items_enum,
}
