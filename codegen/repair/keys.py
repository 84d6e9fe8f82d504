"""Keys that OpenAPI does not allow in their place: renamed to extensions, so that the document is valid and whole."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..document.reading import METHODS
from ..document.shape import Json
from .references import NAME

_KNOWN: dict[str, frozenset[str]] = {
    "document": frozenset({"openapi", "info", "servers", "paths", "components", "security", "tags", "externalDocs"}),
    "info": frozenset({"title", "summary", "description", "version"}),
    "server": frozenset({"url", "description"}),
    "path": frozenset({*METHODS, "summary", "description", "parameters"}),
    "operation": frozenset(
        {"tags", "summary", "description", "externalDocs", "operationId", "parameters", "requestBody", "responses"}
        | {"deprecated", "security"}
    ),
    "parameter": frozenset({"name", "in", "description", "required", "deprecated", "schema"}),
    "body": frozenset({"description", "content", "required"}),
    "media": frozenset({"schema", "example"}),
    "response": frozenset({"description", "content", "$ref"}),
}
# Keys that `repair` reads of a parameter without a schema.
_BESIDE = frozenset({"type", "enum", "items", "format", "default"})
_RIGHT: dict[str, Callable[[Any], bool]] = {
    "deprecated": lambda value: isinstance(value, bool),
    "security": lambda value: isinstance(value, list) and all(map(_is_requirement, value)),
    "summary": lambda value: isinstance(value, str),
    "description": lambda value: isinstance(value, str),
}


def renamed(node: Json, kind: str) -> int:
    """Rename a node's unknown keys to extensions, and remove values of the wrong shape. Returns their number."""
    known = _KNOWN[kind]
    if kind == "parameter" and not isinstance(node.get("schema"), dict):
        known |= _BESIDE
    unknown = [key for key in node if key not in known and not key.startswith("x-")]
    for key in unknown:
        value = node.pop(key)
        node.setdefault(f"x-{key}", value)
    rules = {**_RIGHT, **_RIGHT_OF.get(kind, {})}
    wrong = [key for key, is_right in rules.items() if key in node and not is_right(node[key])]
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


def _are_tags(value: Any) -> bool:
    return isinstance(value, list) and all(
        isinstance(tag, dict) and isinstance(tag.get("name"), str) and not tag.keys() - {"name", "description"}
        for tag in value
    )


def _has_url(value: Any) -> bool:
    return isinstance(value, dict) and isinstance(value.get("url"), str) and not value.keys() - {"url", "description"}


_RIGHT_OF: dict[str, dict[str, Callable[[Any], bool]]] = {
    "body": {"required": lambda value: isinstance(value, bool)},
    "document": {"tags": _are_tags, "externalDocs": _has_url},
}
