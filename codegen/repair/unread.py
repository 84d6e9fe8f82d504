"""Report facts in a schema that its type can't express, and read the plain ones."""

from __future__ import annotations

from typing import Any

from ..document.shape import Json

CONTENT = "what it takes is under content; any value is taken"
_UNIONS = ("anyOf", "oneOf")
_BESIDE_REQUIRED = {"required", "title", "description"}


def unread(schema: Json) -> list[str]:
    """The ignored parts of an unrepaired schema, one line each."""
    return ["a list of schemas under items; any values are taken"] if isinstance(schema.get("items"), list) else []


def settled(schema: Json) -> list[str]:
    """The ignored parts of a repaired schema. An object keeps its fields if its union only lists required ones."""
    lines = []
    properties = schema.get("properties")
    types = _list(schema.get("type"))
    for key in _UNIONS:
        if (properties or "object" in types) and _says_only_required(schema.get(key)):
            del schema[key]
            lines.append(f"{key} of required properties; which of them go together is not known")
    if not properties:
        return lines
    if types and "object" not in types:
        lines.append(f"properties beside the type {' or '.join(types)}; they are left out")
    lines += [f"properties beside {key}; they may be left out" for key in _UNIONS if schema.get(key)]
    return lines


def _says_only_required(union: Any) -> bool:
    return bool(union) and all(node.get("required") and not node.keys() - _BESIDE_REQUIRED for node in union)


def _list(value: Any) -> list[str]:
    return value if isinstance(value, list) else [value] if isinstance(value, str) else []
