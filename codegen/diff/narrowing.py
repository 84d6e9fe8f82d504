"""Keep schema keywords that narrow but don't shape the package: `repair` drops them, yet they affect callers.

They become extensions, which every stage keeps, before the documents are repaired for comparison.
"""

from __future__ import annotations

import hashlib
import json
from typing import Any

from ..document.shape import Json, objects
from .shape import NARROWED, canonical

KEYWORDS = frozenset(
    {"not", "dependentRequired", "dependentSchemas", "patternProperties", "propertyNames", "prefixItems"}
    | {"contains", "minContains", "maxContains", "unevaluatedProperties", "unevaluatedItems"}
)
_CONDITION = ("if", "then", "else")
_VALUES = frozenset({"default", "example", "examples", "enum", "const"})
_MAPS = frozenset({"properties", "schemas"})
_LONGEST = 10_000


def marked(document: Json) -> Json:
    """The document with each of these keywords replaced by an extension. Without any, it is returned as is."""
    has_some = any(not KEYWORDS.isdisjoint(node) or "if" in node for node in objects(document))
    return _marked(document) if has_some else document


def _marked(node: Any, *, is_map: bool = False) -> Any:
    if isinstance(node, list):
        return [_marked(each) for each in node]
    if not isinstance(node, dict):
        return node
    if is_map:
        return {key: _marked(value) for key, value in node.items()}
    result = {}
    for key, value in node.items():
        if key in KEYWORDS:
            result[f"{NARROWED}{key}"] = _told(value)
        elif key in _VALUES or key.startswith("x-"):
            result[key] = value
        elif key not in _CONDITION:
            result[key] = _marked(value, is_map=key in _MAPS)
    condition = {key: node[key] for key in _CONDITION if key in node}
    if "if" in condition and len(condition) > 1:
        result[f"{NARROWED}if"] = _told(condition)
    return result


def _told(value: Any) -> str:
    """The value as a string, which `repair` leaves alone. A very long one becomes a hash, enough to tell it changed."""
    text = canonical(value)
    return text if len(text) <= _LONGEST else json.dumps(f"sha256 {hashlib.sha256(text.encode()).hexdigest()}")
