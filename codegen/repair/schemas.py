"""Rules of `repair` for schemas: each changes one schema in place and returns its count; and lines on unread parts."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from typing import Any

from ..document.reading import clipped
from ..document.shape import Json, types_of
from . import enums, keywords
from .types import TYPES, meant, nullable


def walk(schema: object, keys: tuple[str | int, ...] = ()) -> Iterator[tuple[tuple[str | int, ...], Json]]:
    """Yield a schema and every one inside it, with the place of each: outer ones first."""
    if not isinstance(schema, dict):
        return
    yield keys, schema
    for key in ("allOf", "anyOf", "oneOf"):
        for index, node in enumerate(schema.get(key, ())):
            yield from walk(node, (*keys, key, index))
    for name, node in schema.get("properties", {}).items():
        yield from walk(node, (*keys, "properties", name))
    for key in ("items", "additionalProperties"):
        yield from walk(schema.get(key), (*keys, key))


def _empty_example(schema: Json) -> int:
    """Remove `example: ""`, which says nothing and is wrong for every type but string."""
    if schema.get("example") != "":
        return 0
    del schema["example"]
    return 1


def _property_required(schema: Json) -> int:
    """Move `required: true` on a property into the `required` list of its object."""
    properties = schema.get("properties")
    properties = properties if isinstance(properties, dict) else {}
    found = 0
    listed = schema.get("required")
    if isinstance(listed, str):
        # Read one name as a list of one. Any other text, such as "yes", says nothing.
        listed = [listed] if listed in properties else []
    listed = listed if isinstance(listed, list) else []
    names = dict.fromkeys(name for name in listed if isinstance(name, str))
    for name, node in properties.items():
        is_required = node.get("required") if isinstance(node, dict) else None
        if str(is_required).lower() in ("true", "false"):
            found += 1
            if str(node.pop("required")).lower() == "true":
                names[name] = None
    required = list(names)
    if not required and "required" in schema:
        # `required: []` says nothing, and OpenAPI 3.0 forbids it.
        del schema["required"]
        return found + 1
    if required and required != schema.get("required"):
        schema["required"] = required
        return found or 1
    return found


def _unread_property(schema: Json) -> int:
    """Add a required property that the object lacks: it may be anything."""
    properties = schema.get("properties")
    if not isinstance(properties, dict) or "allOf" in schema:
        return 0
    missing = [name for name in schema.get("required", ()) if name not in properties]
    for name in missing:
        properties[name] = {}
    return len(missing)


def _items_enum(schema: Json) -> int:
    """Move `items.enum` of a type other than array to `enum`, and `enum` of an array to `items.enum`."""
    type_, items, values = schema.get("type"), schema.get("items"), schema.get("enum")
    if type_ == "array" and isinstance(values, list):
        inner = schema["items"] if isinstance(items, dict) else {}
        schema["items"] = {**inner, "enum": inner.get("enum", values)}
        del schema["enum"]
        return 1
    if "array" not in types_of(schema) and isinstance(items, dict) and isinstance(items.get("enum"), list):
        del schema["items"]
        schema.setdefault("enum", items["enum"])
        return 1
    return 0


def _unknown_type(schema: Json) -> int:
    """Replace an unknown type by the intended one if that is clear, else by any value."""
    type_ = schema.get("type")
    types = types_of(schema)
    is_right = bool(types) and all(isinstance(each, str) and each in TYPES for each in types)
    if "type" not in schema or (is_right and len(set(types)) == len(types)):
        return 0
    del schema["type"]
    for key, value in (meant(type_) or {}).items():
        schema.setdefault(key, value)
    return 1


def _odd_enum(schema: Json) -> int:
    """Repair an enum of wrong or mixed types: `["1", "2"]` as integers, `[1, 2]` as texts; else the values decide the
    type.

    Texts and integers together become an enum of the texts, or any integer. For other values only the type counts.
    """
    if "enum" not in schema:
        return 0
    values = schema["enum"]
    kinds = {type(value) for value in values if value is not None}
    types = [type_ for type_ in types_of(schema) if type_ != "null"]
    if types == ["boolean"] and kinds == {str} and "anyOf" not in schema and not _are_flags(values):
        # `["yes", "no"]`: the document does not say if these texts are sent or stand for a boolean.
        _take_either(schema, [{"type": "boolean"}, {"type": "string", "enum": _texts(values)}])
        return 1
    if kinds == {str, int} and types not in (["string"], ["boolean"]) and "anyOf" not in schema:
        # With two enums an answer could not be told apart, so it would be any value.
        _take_either(schema, [{"type": "string", "enum": _texts(values)}, {"type": "integer"}])
        return 1
    if kinds not in ({str}, {int}, {str, int}) or types == ["boolean"]:
        del schema["enum"]
        return 1
    if "type" not in schema:
        return 0
    if int in kinds and types == ["string"]:
        schema["enum"] = [None if value is None else str(value) for value in values]
        return 1
    if kinds == {str} and types in (["integer"], ["number"]) and all(_is_integer(value) for value in values):
        schema["enum"] = [None if value is None else int(value) for value in values]
        return 1
    right = "string" if kinds == {str} else "integer"
    if right in types or (right == "integer" and "number" in types):
        return 0
    schema["type"] = [right, "null"] if isinstance(schema["type"], list) and "null" in schema["type"] else right
    return 1


def _are_flags(values: list[Any]) -> bool:
    return all(value is None or value.strip().lower() in ("true", "false") for value in values)


def _texts(values: list[Any]) -> list[str]:
    return [value for value in values if isinstance(value, str)]


def _take_either(schema: Json, members: list[Json]) -> None:
    """Replace an enum by a union, with null if that was among its types or values."""
    has_null = "null" in types_of(schema) or None in schema["enum"]
    schema.pop("type", None)
    del schema["enum"]
    schema["anyOf"] = [*members, *([{"type": "null"}] if has_null else [])]


def _is_integer(value: object) -> bool:
    return value is None or (isinstance(value, str) and re.fullmatch(r"-?[0-9]{1,15}", value) is not None)


def _array_without_items(schema: Json) -> int:
    """Complete an `array` without `items`: its items may be anything."""
    if "array" not in types_of(schema) or isinstance(schema.get("items"), dict):
        return 0
    schema["items"] = {}
    return 1


RULES: dict[str, Callable[[Json], int]] = {
    "empty-example": _empty_example,
    "property-required": _property_required,
    "required-without-property": _unread_property,
    "unknown-type": _unknown_type,
    "items-enum": _items_enum,
    "odd-enum": _odd_enum,
    "array-without-items": _array_without_items,
    "nullable": nullable,
    "odd-keyword": keywords.odd_keyword,
    "default": keywords.default,
}


# --- what a type can't express ---------------------------------------------------------------------------------------

CONTENT = "what it takes is under content; any value is taken"
_UNIONS = ("anyOf", "oneOf")
_BESIDE_REQUIRED = {"required", "title", "description"}


def unread(schema: Json) -> list[str]:
    """The ignored parts of an unrepaired schema, one line each. An enum that is no enumeration is removed."""
    items = schema.get("items")
    lines = ["a list of schemas under items; any values are taken"] if isinstance(items, list) else []
    for node in (schema, items):
        said = enums.no_enumeration(node.get("enum")) if isinstance(node, dict) else None
        if isinstance(node, dict) and said is not None:
            lines.append(f"the enum {clipped(json.dumps(node['enum'], ensure_ascii=False))} is {said}; it is left out")
            del node["enum"]
            node.setdefault("type", "string")
    return lines


def settled(schema: Json) -> list[str]:
    """The ignored parts of a repaired schema. An object keeps its fields if its union only lists required ones."""
    lines = []
    properties = schema.get("properties")
    types = types_of(schema)
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
    return bool(union) and all(
        node.get("required") and all(key in _BESIDE_REQUIRED or key.startswith("x-") for key in node) for node in union
    )
