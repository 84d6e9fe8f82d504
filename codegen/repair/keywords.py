"""Check JSON Schema keywords other than types, and remove those with meaningless values."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from ..document.shape import Json


def odd_keyword(schema: Json) -> int:
    """Remove a JSON Schema keyword with an invalid value, such as `minimum: "1"`.

    Also remove objects and lists under unknown keywords, as they could contain references.
    """
    wrong = [key for key, value in schema.items() if not (key.startswith("x-") or _KEYWORDS.get(key, _is_plain)(value))]
    for key in wrong:
        del schema[key]
    found = len(wrong)
    for key, known in _KNOWN.items():
        node = schema.get(key, {})
        if any(not known.get(name, _never)(value) for name, value in node.items()):
            schema[key] = {name: value for name, value in node.items() if known.get(name, _never)(value)}
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


def _is_flag(value: Any) -> bool:
    return isinstance(value, bool)


def _is_list(value: Any) -> bool:
    return isinstance(value, list)


def _is_text(value: Any) -> bool:
    return isinstance(value, str)


def _is_object(value: Any) -> bool:
    return isinstance(value, dict)


def _is_mapping(value: Any) -> bool:
    return _is_object(value) and "$ref" not in value and all(map(_is_text, value.values()))


def _is_plain(value: Any) -> bool:
    return not isinstance(value, dict | list)


def _any(value: Any) -> bool:
    return True


def _never(value: Any) -> bool:
    return False


_KEYWORDS: dict[str, Callable[[Any], bool]] = {
    **dict.fromkeys(("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"), _is_number),
    "multipleOf": lambda value: _is_number(value) and value > 0,
    **dict.fromkeys(("minLength", "maxLength", "minItems", "maxItems", "minProperties", "maxProperties"), _is_count),
    **dict.fromkeys(("uniqueItems", "readOnly", "writeOnly", "deprecated"), _is_flag),
    **dict.fromkeys(("items", "additionalProperties"), _is_schema),
    **dict.fromkeys(("allOf", "anyOf", "oneOf"), lambda value: _is_list(value) and len(value) > 0),
    "examples": _is_list,
    "pattern": _is_text,
    **dict.fromkeys(("type", "enum", "properties", "required", "example"), _any),
    "$comment": _is_text,
    # Nobody reads these, and their contents would need repair too.
    **dict.fromkeys(("not", "if", "then", "else", "contains", "prefixItems", "xml", "propertyNames"), _never),
    **dict.fromkeys(("patternProperties", "dependentSchemas", "dependentRequired", "unevaluatedItems"), _never),
    **dict.fromkeys(("unevaluatedProperties", "contentSchema", "minContains", "maxContains"), _never),
    **dict.fromkeys(("$id", "$schema", "$anchor", "$defs", "definitions"), _never),
    **dict.fromkeys(("$dynamicRef", "$dynamicAnchor", "$vocabulary"), _never),
    "discriminator": lambda value: _is_object(value) and isinstance(value.get("propertyName"), str),
    "externalDocs": lambda value: _is_object(value) and isinstance(value.get("url"), str),
}


# The keys that are read of an object below a keyword: others could contain references.
_KNOWN: dict[str, dict[str, Callable[[Any], bool]]] = {
    "discriminator": {"propertyName": _is_text, "mapping": _is_mapping},
    "externalDocs": {"url": _is_text, "description": _is_text},
}
