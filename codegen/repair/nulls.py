"""Rewrite OpenAPI 3.0's `nullable: true` as 3.1 does: null becomes one of the types."""

from __future__ import annotations

from ..document.shape import Json

_TEXTS = ("description", "title", "default", "example", "deprecated", "readOnly", "writeOnly")
_NULL = {"type": "null"}
_SAYING = ("$ref", "enum", "const", "allOf", "anyOf", "oneOf")


def nullable(schema: Json) -> int:
    """Rewrite `nullable` on a schema whose type is already repaired."""
    if "nullable" not in schema:
        return 0
    if _is_true(schema.pop("nullable")):
        _add_null(schema)
    return 1


def _is_true(value: object) -> bool:
    return value is True or (isinstance(value, str) and value.strip().lower() == "true")


def _add_null(schema: Json) -> None:
    said = [key for key in _SAYING if schema.get(key)]
    types = schema.get("type", "object" if "properties" in schema else None)
    if said in (["anyOf"], ["oneOf"]) and types is None:
        union = schema[said[0]]
        union += [{**_NULL}] if _NULL not in union else []
    elif said:
        # As a type beside an enum the parser would take null for a second enum.
        schema["anyOf"] = [
            _without_null({key: schema.pop(key) for key in list(schema) if key not in _TEXTS}),
            {**_NULL},
        ]
    elif types is not None:
        types = types if isinstance(types, list) else [types]
        schema["type"] = types if "null" in types else [*types, "null"]


def _without_null(schema: Json) -> Json:
    if "enum" in schema:
        schema["enum"] = [value for value in schema["enum"] if value is not None]
        types = schema.get("type")
        if isinstance(types, list) and set(types) - {"null"}:
            schema["type"] = [each for each in types if each != "null"]
    return schema
