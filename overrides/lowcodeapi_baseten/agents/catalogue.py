"""Operations as data that agents read: arguments, safety, routes and an example."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lowcodeapi_baseten_api import new_format, old_format
from lowcodeapi_baseten_api.operations import OPERATIONS

from ..signatures import signature
from .allowed import tool_of
from .arguments import schema_of


def entry(operation: str) -> dict[str, Any]:
    """Everything about an operation."""
    row, known = OPERATIONS[operation], signature(operation)
    return {
        "operation": operation,
        "summary": known.summary,
        "description": known.description,
        "safety": row.safety,
        "destructive": row.is_destructive,
        "arguments": schema_of(operation),
        "routes": {name: _route(routes, operation) for name, routes in _FORMATS.items() if operation in routes},
    }


def described(operation: str) -> dict[str, Any]:
    """`entry`, with the tool that carries it out and an example of its use."""
    found, tool = entry(operation), tool_of(OPERATIONS[operation])
    required = {name: found["arguments"]["properties"][name] for name in found["arguments"].get("required", ())}
    arguments: Any = {name: _sample(name, schema) for name, schema in required.items()}
    if tool in ("predict", "submit_prediction"):
        # These tools take the place of the model as an argument of their own.
        places = {"env_name": ("environment", "production"), "deployment_id": ("deployment", "<deployment_id>")}
        given: dict[str, Any] = dict(places[name] for name in arguments) or {"development": True}
        found["example"] = {"tool": tool, "arguments": {**given, "input": {"text": "hi"}}}
    else:
        found["example"] = {"tool": tool, "arguments": {"operation": operation, "arguments": arguments}}
    return {**found, "tool": tool}


def _sample(name: str, schema: Mapping[str, Any]) -> Any:
    if "enum" in schema:
        return schema["enum"][0]
    return {"integer": 1, "number": 1.5, "boolean": True, "object": {}, "array": []}.get(schema["type"], f"<{name}>")


_FORMATS = {"new": new_format.ROUTES, "old": old_format.ROUTES}


def _route(routes: Mapping[str, Any], operation: str) -> dict[str, Any]:
    route = routes[operation]
    made = {"method": route.method, "path": route.path}
    return {**made, "query": list(route.query)} if route.query else made
