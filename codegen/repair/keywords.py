"""Check JSON Schema keywords other than types, and remove those with meaningless values."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from typing import Any

from ..document.shape import Json

NARROWING = frozenset(
    {"not", "dependentRequired", "dependentSchemas", "patternProperties", "propertyNames", "prefixItems"}
    | {"contains", "minContains", "maxContains", "unevaluatedProperties", "unevaluatedItems"}
)
_CONDITION = ("if", "then", "else")
NARROWED = "x-narrowed-by-"
"""Prefix of the extensions that keep a keyword which narrows."""


def odd_keyword(schema: Json) -> int:
    """Remove a JSON Schema keyword with an invalid value, such as `minimum: "1"`.

    Also remove objects and lists under unknown keywords, as they could contain references. A keyword that narrows what
    is allowed, which no class can say, is kept as a text in an extension, for the diff.
    """
    wrong = [key for key, value in schema.items() if not (key.startswith("x-") or _KEYWORDS.get(key, _is_plain)(value))]
    removed = {key: schema.pop(key) for key in wrong}
    condition = {key: removed[key] for key in _CONDITION if key in removed}
    kept = {key: value for key, value in removed.items() if key in NARROWING}
    for key, value in {**kept, **({"if": condition} if "if" in condition and len(condition) > 1 else {})}.items():
        schema[f"{NARROWED}{key}"] = json.dumps(value, sort_keys=True, ensure_ascii=False)
    found = len(wrong)
    for key, known in _KNOWN.items():
        node = schema.get(key, {})
        if any(name not in known or not known[name](value) for name, value in node.items()):
            schema[key] = {name: value for name, value in node.items() if name in known and known[name](value)}
            found += 1
    return found


def default(schema: Json) -> int:
    """Rename `default` to an extension: it must fit its schema, and the package has no use for it."""
    if "default" not in schema:
        return 0
    schema["x-default"] = schema.pop("default")
    return 1


def _is_number(value: Any) -> bool:
    # Not `math.isfinite`, which fails for an integer beyond any float.
    return isinstance(value, int | float) and not isinstance(value, bool) and -math.inf < value < math.inf


def _is_count(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def _is_schema(value: Any) -> bool:
    return isinstance(value, dict | bool)


def _is(kind: type) -> Callable[[Any], bool]:
    return lambda value: isinstance(value, kind)


_is_text = _is(str)


def _is_mapping(value: Any) -> bool:
    return isinstance(value, dict) and "$ref" not in value and all(map(_is_text, value.values()))


def _is_plain(value: Any) -> bool:
    return not isinstance(value, dict | list)


_KEYWORDS: dict[str, Callable[[Any], bool]] = {
    **dict.fromkeys(("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"), _is_number),
    "multipleOf": lambda value: _is_number(value) and value > 0,
    **dict.fromkeys(("minLength", "maxLength", "minItems", "maxItems", "minProperties", "maxProperties"), _is_count),
    **dict.fromkeys(("uniqueItems", "readOnly", "writeOnly", "deprecated"), _is(bool)),
    **dict.fromkeys(("items", "additionalProperties"), _is_schema),
    **dict.fromkeys(("allOf", "anyOf", "oneOf"), lambda value: isinstance(value, list) and len(value) > 0),
    "examples": _is(list),
    "pattern": _is_text,
    **dict.fromkeys(("type", "enum", "properties", "required", "example"), lambda value: True),
    "$comment": _is_text,
    # Nobody reads these, and their contents would need repair too.
    **dict.fromkeys((*NARROWING, *_CONDITION, "xml", "contentSchema", "$defs", "definitions"), lambda value: False),
    **dict.fromkeys(("$id", "$schema", "$anchor", "$dynamicRef", "$dynamicAnchor", "$vocabulary"), lambda value: False),
    "discriminator": lambda value: isinstance(value, dict) and isinstance(value.get("propertyName"), str),
    "externalDocs": lambda value: isinstance(value, dict) and isinstance(value.get("url"), str),
}


# The keys that are read of an object below a keyword: others could contain references.
_KNOWN: dict[str, dict[str, Callable[[Any], bool]]] = {
    "discriminator": {"propertyName": _is_text, "mapping": _is_mapping},
    "externalDocs": {"url": _is_text, "description": _is_text},
}
