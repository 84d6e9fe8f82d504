"""What a schema says and its type does not: read where that is plain, else left out, with a line in the report."""

from __future__ import annotations

from typing import Any

from .shape import Json

CONTENT = "what it takes is under content; any value is taken"
_UNIONS = ("anyOf", "oneOf")
_BESIDE_REQUIRED = {"required", "title", "description"}


def unread(schema: Json) -> list[str]:
    """What is left out of a schema whose words are still the document's."""
    return ["a list of schemas under items; any values are taken"] if isinstance(schema.get("items"), list) else []


def settled(schema: Json) -> list[str]:
    """What is left out of a repaired schema. An object whose union only says what goes together keeps its fields."""
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
