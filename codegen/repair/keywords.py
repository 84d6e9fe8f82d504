"""Check JSON Schema keywords other than types, and remove those with meaningless values."""

from __future__ import annotations

import datetime
import math
import re
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
    if "default" in schema and not _is_default(schema, schema["default"]):
        del schema["default"]
        found += 1
    return found


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
    **dict.fromkeys(("type", "enum", "properties", "required", "default", "example"), _any),
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


def _is_default(schema: Json, value: Any) -> bool:
    """True if a default certainly fits; structures and a stranger's patterns are too much to check."""
    types = [type_ for type_ in _list(schema.get("type")) or [schema.get("type")] if type_ is not None]
    if isinstance(value, dict | list):
        return not value and {dict: "object", list: "array"}[type(value)] in types and "required" not in schema
    if schema.keys() & {"$ref", "allOf", "anyOf", "oneOf", "pattern"}:
        return False
    kinds = {str: {"string"}, bool: {"boolean"}, int: {"integer", "number"}, float: {"number"}, type(None): {"null"}}
    if types and not kinds[type(value)] & set(types):
        return False
    # To Python true is 1, to JSON it is not.
    allowed = [each for each in schema.get("enum", [value]) if isinstance(each, bool) == isinstance(value, bool)]
    is_constant = "const" not in schema or (type(value) is type(schema["const"]) and value == schema["const"])
    return (
        value in allowed
        and is_constant
        and _is_within(schema, value)
        and _is_of_format(schema.get("format", ""), value)
    )


def _is_within(schema: Json, value: Any) -> bool:
    """True if a plain value keeps the bounds for its kind."""
    if isinstance(value, str):
        return bool(schema.get("minLength", 0) <= len(value) <= schema.get("maxLength", len(value)))
    if value is None or isinstance(value, bool):
        return True
    step = schema.get("multipleOf", 1)
    if not _is_number(value) or ("multipleOf" in schema and not (isinstance(value, int) and isinstance(step, int))):
        # Undecidable for fractions: 0.3 is no multiple of 0.1 to a computer.
        return False
    return bool(
        schema.get("minimum", value) <= value <= schema.get("maximum", value)
        and ("exclusiveMinimum" not in schema or schema["exclusiveMinimum"] < value)
        and ("exclusiveMaximum" not in schema or value < schema["exclusiveMaximum"])
        and ("multipleOf" not in schema or value % step == 0)
    )


def _is_of_format(format_: str, value: Any) -> bool:
    """True if a plain value has the format, as far as can be checked. An unknown format fits every value."""
    if isinstance(value, str) and format_ in _TEXTS:
        return _TEXTS[format_](value)
    if isinstance(value, int | float) and format_ in _LIMITS:
        return isinstance(value, int) and -_LIMITS[format_] <= value < _LIMITS[format_]
    return format_ not in _UNTOLD


def _is_moment(text: str) -> bool:
    try:
        datetime.datetime.fromisoformat(text)
    except ValueError:
        return False
    return re.fullmatch(r"[0-9-]{10}T[0-9:]{8}(\.[0-9]{1,6})?(Z|[+-][0-9]{2}:[0-9]{2})", text) is not None


def _is_date(text: str) -> bool:
    return re.fullmatch(r"[0-9-]{10}", text) is not None and _is_moment(f"{text}T00:00:00Z")


_TEXTS: dict[str, Callable[[str], bool]] = {
    "date-time": _is_moment,
    "date": _is_date,
    "email": lambda text: re.fullmatch(r"[A-Za-z0-9._+-]+@[A-Za-z0-9.-]+", text) is not None,
    "uuid": lambda text: re.fullmatch(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", text) is not None,
}
_LIMITS = {"int32": 2**31, "int64": 2**63}
# Formats of JSON Schema that need their own parser.
_UNTOLD = frozenset(
    {"time", "duration", "idn-email", "hostname", "idn-hostname", "ipv4", "ipv6", "uri", "uri-reference", "iri"}
    | {"iri-reference", "uri-template", "json-pointer", "relative-json-pointer", "regex", "byte", "binary", "color"}
)


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []
