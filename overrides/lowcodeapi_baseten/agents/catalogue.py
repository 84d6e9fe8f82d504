"""Operations as data that agents read: arguments as JSON Schema, safety, routes and an example."""

from __future__ import annotations

import datetime
import types
import typing
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any, Literal, Required, Union

from lowcodeapi_baseten_api import models, new_format, old_format
from lowcodeapi_baseten_api.operations import OPERATIONS
from lowcodeapi_baseten_api.types import Unset

from ..signatures import resource_class, signature
from .allowed import tool_of

_FORMATS = {"new": new_format.ROUTES, "old": old_format.ROUTES}
_PLAIN: Mapping[Any, dict[str, Any]] = {
    Any: {},
    str: {"type": "string"},
    int: {"type": "integer"},
    float: {"type": "number"},
    bool: {"type": "boolean"},
    types.NoneType: {"type": "null"},
    datetime.datetime: {"type": "string", "format": "date-time"},
    datetime.date: {"type": "string", "format": "date"},
}
_SAMPLES = {"integer": 1, "number": 1.5, "boolean": True, "object": {}, "array": []}


def entry(operation: str) -> dict[str, Any]:
    """Everything about an operation."""
    row, known = OPERATIONS[operation], signature(operation)
    routes = {name: known_routes[operation] for name, known_routes in _FORMATS.items() if operation in known_routes}
    return {
        "operation": operation,
        "summary": known.summary,
        "description": known.description,
        "safety": row.safety,
        "destructive": row.is_destructive,
        "arguments": schema_of(operation),
        "routes": {
            name: {"method": route.method, "path": route.path, **({"query": list(route.query)} if route.query else {})}
            for name, route in routes.items()
        },
    }


def described(operation: str) -> dict[str, Any]:
    """`entry`, with the tool that carries it out and an example of its use."""
    found, tool = entry(operation), tool_of(OPERATIONS[operation])
    schema = found["arguments"]
    samples = {name: _sample(name, schema["properties"][name]) for name in schema.get("required", ())}
    arguments: dict[str, Any] = {"operation": operation, "arguments": samples}
    if tool in ("predict", "submit_prediction"):
        # These tools take the place of the model as an argument of their own.
        places = {"env_name": ("environment", "production"), "deployment_id": ("deployment", "<deployment_id>")}
        given: dict[str, Any] = dict(places[name] for name in samples) or {"development": True}
        arguments = {**given, "input": {"text": "hi"}}
    return {**found, "example": {"tool": tool, "arguments": arguments}, "tool": tool}


def _sample(name: str, schema: Mapping[str, Any]) -> Any:
    return schema["enum"][0] if "enum" in schema else _SAMPLES.get(schema["type"], f"<{name}>")


@cache
def schema_of(operation: str) -> dict[str, Any]:
    """The schema of all arguments: path parameters and fields, by the names that the method has for them."""
    group, _, method = operation.partition(".")
    hints = typing.get_type_hints(getattr(resource_class(group), method), localns=_names())
    known = signature(operation)
    fields = [*known.path, *known.fields]
    about = {field.name: {"description": field.about} if field.about else {} for field in fields}
    described = {field.name: {**_schema(hints[field.name]), **about[field.name]} for field in fields}
    return _object(described, [field.name for field in fields if field.is_required])


def _object(properties: Mapping[str, Any], required: list[str]) -> dict[str, Any]:
    made = {"type": "object", "properties": properties, "additionalProperties": False}
    return {**made, "required": required} if required else made


@cache
def _names() -> dict[str, Any]:
    """The names in annotations that their modules import for type checkers alone."""
    return {"Required": Required, "Literal": Literal, **{name: getattr(models, name) for name in models.__all__}}


def _schema(hint: Any) -> dict[str, Any]:
    if hint in _PLAIN:
        return _PLAIN[hint]
    if typing.is_typeddict(hint):
        of = typing.get_type_hints(hint, localns=_names(), include_extras=True)
        required = [name for name, each in of.items() if typing.get_origin(each) is Required]
        return _object({name: _schema(each) for name, each in of.items()}, required)
    origin, inner = typing.get_origin(hint), typing.get_args(hint)
    if origin is Required:
        return _schema(inner[0])
    if origin is Literal:
        return {"enum": list(inner)}
    if origin in (Union, types.UnionType):
        # JSON has no `Unset`, and no class or enum of ours: a `Literal` or `TypedDict` beside each says the same.
        return _any_of([_schema(each) for each in inner if each is not Unset and not _is_ours(each)])
    if origin is Sequence:
        return {"type": "array", "items": _schema(inner[0])}
    if origin is Mapping:
        return {"type": "object"}
    raise TypeError(f"{hint!r} is not known as JSON")


def _is_ours(hint: Any) -> bool:
    return isinstance(hint, type) and hint.__module__.startswith(models.__name__) and not typing.is_typeddict(hint)


def _any_of(schemas: list[dict[str, Any]]) -> dict[str, Any]:
    """One schema for several; plain types share one list."""
    if len(schemas) == 1 or {} in schemas:
        return schemas[0] if len(schemas) == 1 else {}
    if all(set(each) == {"type"} for each in schemas):
        return {"type": [each["type"] for each in schemas]}
    return {"anyOf": schemas}
