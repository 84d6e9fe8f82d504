"""Keys that OpenAPI does not allow in their place: renamed to extensions, so that the document is valid and whole."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..document.reading import METHODS
from ..document.shape import Json
from .references import NAME

_KNOWN: dict[str, tuple[str, ...]] = {
    "document": ("openapi", "info", "servers", "paths", "components", "security"),
    "info": ("title", "summary", "description", "version"),
    "server": ("url", "description"),
    "path": ("summary", "description", "parameters", *METHODS),
    "operation": (
        *("summary", "description", "operationId", "tags", "externalDocs", "parameters", "requestBody", "responses"),
        *("deprecated", "security"),
    ),
    "parameter": ("name", "description", "in", "required", "deprecated", "schema"),
    "body": ("description", "content", "required"),
    "media": ("schema", "example"),
    "response": ("description", "content", "$ref"),
}
TEXTS = ("title", "version", "summary", "description", "operationId", "name")


def renamed(node: Json, kind: str) -> int:
    """Rename a node's unknown keys to extensions, and remove wrong flags and requirements. Returns their number."""
    unknown = [key for key in node if key not in _KNOWN[kind] and not key.startswith("x-")]
    for key in unknown:
        value = node.pop(key)
        node.setdefault(f"x-{key}", value)
    wrong = [key for key, is_right in _RIGHT.items() if key in node and not is_right(node[key])]
    if kind == "body" and not isinstance(node.get("required", True), bool):
        wrong.append("required")
    for key in wrong:
        del node[key]
    return len(unknown) + len(wrong)


def dropped(components: Json) -> int:
    """Keep of the components only schemas, answers and valid security schemes: nothing else is read."""
    schemes = components.get("securitySchemes", {})
    are_schemes = (
        isinstance(schemes, dict) and all(map(_is_scheme, schemes.values())) and all(map(NAME.fullmatch, schemes))
    )
    kept = {"schemas", "responses"} | ({"securitySchemes"} if are_schemes else set())
    wrong = [key for key in components if key not in kept and not key.startswith("x-")]
    for key in wrong:
        del components[key]
    return len(wrong)


def _is_scheme(value: Any) -> bool:
    if not isinstance(value, dict) or value.keys() - {"type", "description", "name", "in", "scheme", "bearerFormat"}:
        return False
    if not all(isinstance(text, str) for text in value.values()):
        return False
    if value.get("type") == "apiKey":
        return isinstance(value.get("name"), str) and value.get("in") in ("query", "header", "cookie")
    return value.get("type") == "http" and isinstance(value.get("scheme"), str) and "name" not in value


def _is_requirement(value: Any) -> bool:
    return isinstance(value, dict) and all(
        isinstance(scopes, list) and all(isinstance(scope, str) for scope in scopes) and name != "$ref"
        for name, scopes in value.items()
    )


_RIGHT: dict[str, Callable[[Any], bool]] = {
    "deprecated": lambda value: isinstance(value, bool),
    "security": lambda value: isinstance(value, list) and all(map(_is_requirement, value)),
}
