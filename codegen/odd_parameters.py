"""The rules of `repair` for the parameters of an operation: each changes it in place and says how often it did."""

from __future__ import annotations

from collections.abc import Callable

from . import odd_paths
from .shape import Json, Operation


def _parameter_required(operation: Operation) -> int:
    """`required` missing on a parameter: a path parameter is required, whatever is said of it; any other is not."""
    missing = [
        parameter
        for parameter in parameters_of(operation)
        if not isinstance(parameter.get("required"), bool) or (parameter["in"] == "path" and not parameter["required"])
    ]
    for parameter in missing:
        parameter["required"] = parameter.get("in") == "path"
    return len(missing)


def _path_parameter_without_place(operation: Operation) -> int:
    """`in: path` while the path has no template for it: the parameter travels in the query (the old format).

    White space around its name is no reason: it is meant without, as in a path. In a query it may be meant.
    """
    placed = set(odd_paths.placeholders(operation.path))
    odd = [
        each
        for each in parameters_of(operation)
        if each["name"] != (plain := each["name"].strip()) and plain and (each["in"] == "path" or plain in placed)
    ]
    for parameter in odd:
        parameter["name"] = parameter["name"].strip()
    for parameter in parameters_of(operation):
        # As in the path, where it would end it.
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
    """A place in the path for which there is no parameter: one of the query that has its name, or else any text."""
    parameters = list(parameters_of(operation))
    placed = {each["name"] for each in parameters if each["in"] == "path"}
    in_query = {each["name"]: each for each in parameters if each["in"] == "query"}
    found = 0
    for name in odd_paths.placeholders(operation.path):
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


def _parameter_schema(operation: Operation) -> int:
    """A parameter without `schema`: what should be in it stands beside it, or it may be anything."""
    missing = [parameter for parameter in parameters_of(operation) if not isinstance(parameter.get("schema"), dict)]
    for parameter in missing:
        beside = [key for key in ("type", "enum", "items", "format", "default") if key in parameter]
        schema = {key: parameter.pop(key) for key in beside}
        is_enum = isinstance(schema.get("enum"), list) and not any(
            isinstance(value, dict | list) for value in schema["enum"]
        )
        if not is_enum:
            schema.pop("enum", None)
        if not isinstance(schema.get("format", ""), str):
            del schema["format"]
        if not isinstance(schema.get("items", {}), dict) or schema.get("items", {}).keys() - {"type", "enum"}:
            del schema["items"]
        parameter["schema"] = schema
    return len(missing)


def _parameter_twice(operation: Operation) -> int:
    """The same parameter twice: the first stays, before it the one that belongs in the path."""
    kept: dict[tuple[str, str], Json] = {}
    parameters = parameters_of(operation)
    for parameter in sorted(parameters, key=lambda parameter: "x-path-parameter" not in parameter):
        kept.setdefault((parameter["in"], parameter["name"]), parameter)
    if len(kept) < len(parameters):
        chosen = {id(parameter) for parameter in kept.values()}
        operation.node["parameters"] = [parameter for parameter in parameters if id(parameter) in chosen]
    return len(parameters) - len(kept)


def _parameter_items_enum(operation: Operation) -> int:
    """`items.enum` on a parameter whose type is no array: the enum is the parameter's own."""
    found = 0
    for parameter in parameters_of(operation):
        schema = parameter.get("schema")
        if not isinstance(schema, dict) or schema.get("type") == "array" or not isinstance(schema.get("items"), dict):
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
    "parameter-schema": _parameter_schema,
    "path-parameter-without-place": _path_parameter_without_place,
    "parameter-twice": _parameter_twice,
    "undeclared-placeholder": _undeclared_placeholder,
    "parameter-items-enum": _parameter_items_enum,
}
