"""Types: read unknown names as the intended type, and null as one of the types; guess nothing."""

from __future__ import annotations

import re

from ..document.shape import Json

TYPES = ("string", "number", "integer", "boolean", "array", "object", "null")

# Type names of other languages and formats with a single meaning. `json` and `undefined` have none, nor has
# `timestamp`, which may also be in seconds.
_MEANINGS: tuple[tuple[Json, tuple[str, ...]], ...] = (
    ({"type": "string"}, ("str", "text", "varchar")),
    ({"type": "integer"}, ("int", "int32", "int64", "long")),
    ({"type": "number"}, ("float", "double", "decimal", "numeric")),
    ({"type": "boolean"}, ("bool", "true/false", "true|false", "true or false")),
    ({"type": "array"}, ("list",)),
    ({"type": "object"}, ("dict", "dictionary", "hash", "map")),
    ({"type": "string", "format": "uri"}, ("url", "uri")),
    ({"type": "string", "format": "date-time"}, ("datetime", "date-time")),
    ({"type": "string", "format": "date"}, ("date",)),
    ({"type": "string", "format": "email"}, ("email",)),
    ({"type": "string", "format": "uuid"}, ("uuid", "guid")),
)
_WORDS = {word: meaning for meaning, words in _MEANINGS for word in words}
_LONGEST = 200
_OF = re.compile(r"(?:array|list)\s*(?:of\s+|<\s*)([a-z]+?)\s*>?|([a-z]+)\s*\[\s*\]|\[\s*([a-z]+)\s*\]")
_OR = re.compile(r"\s*(?:\||/|,\s*or\b|,|\bor\b)\s*")

# Of a schema: what says nothing about its values, and what says more than a type.
_TEXTS = ("description", "title", "default", "example", "deprecated", "readOnly", "writeOnly")
_NULL = {"type": "null"}
_SAYING = ("$ref", "enum", "const", "allOf", "anyOf", "oneOf")


def meant(type_: object) -> Json | None:
    """The schema keywords for a value of `type`; None if its meaning is unclear."""
    if isinstance(type_, list):
        return _union([meant(each) if isinstance(each, str) else None for each in type_])
    if not isinstance(type_, str) or "\n" in type_:
        return None
    # The patterns take time quadratic in a text's white space.
    word = " ".join(type_.split()).lower()
    if len(word) > _LONGEST:
        return None
    if (found := _one(word)) is not None:
        return found
    if match := _OF.fullmatch(word):
        items = next(part for part in match.groups() if part)
        return {"type": "array", "items": _one(items) or _one(items.removesuffix("s")) or {}}
    parts = _OR.split(word)
    return _union([_one(part) for part in parts]) if len(parts) > 1 else None


def _one(word: str) -> Json | None:
    if word in TYPES:
        return {"type": word}
    if word in _WORDS:
        return dict(_WORDS[word])
    near = [type_ for type_ in TYPES[:-1] if _is_slip(word, type_)]
    return {"type": near[0]} if len(near) == 1 else None


def _is_slip(word: str, type_: str) -> bool:
    """True for one extra, missing or wrong letter, or two swapped ones. `strings` may mean several."""
    if word == f"{type_}s" or abs(len(word) - len(type_)) > 1:
        return False
    start = next((index for index, (a, b) in enumerate(zip(word, type_, strict=False)) if a != b), len(type_))
    rest, right = word[start:], type_[start:]
    is_swapped = len(rest) > 1 and rest[1::-1] + rest[2:] == right
    return is_swapped or rest[1:] == right[1:] or rest[1:] == right or rest == right[1:]


def _union(parts: list[Json | None]) -> Json | None:
    """Several types in one list. An unreadable one may be anything, and then so may the whole."""
    types: list[str] = []
    items: Json = {}
    for part in parts:
        if part is None:
            return None
        types += [part["type"]] if part["type"] not in types else []
        items |= {"items": part["items"]} if "items" in part else {}
    if not types:
        return None
    return {"type": types if len(types) > 1 else types[0], **items}


def nullable(schema: Json) -> int:
    """Rewrite OpenAPI 3.0's `nullable` as 3.1 does: null becomes one of the types, which are already repaired."""
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
