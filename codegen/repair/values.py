"""Handle values of the wrong kind: read them as intended if that is clear, else remove them.

Null counts as missing. Every other unreadable part gets a line in the report, with its JSON pointer.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from typing import Any

import attrs

from ..document.reading import REPLACED, pointer
from ..document.shape import Json, Keys, copied
from . import references
from .keys import TEXTS, renamed

_KINDS = {dict: "an object", list: "a list", str: "a text", bool: "true or false", type(None): "null"}


@attrs.define
class Found:
    """Findings in a document: a count for each rule, and a line for each unread part."""

    document: Json
    counts: Counter[str] = attrs.field(factory=Counter)
    lines: list[str] = attrs.field(factory=list)

    def misshapen(self, keys: Keys, what: str) -> None:
        """Report an unreadable part."""
        self.counts["misshapen"] += 1
        self.lines.append(f"{pointer(keys)}: {what}")

    def other(self, value: Any, keys: Keys, wanted: str, then: str = "left out") -> None:
        """Report a value of the wrong kind, and what replaces it."""
        if value is None:
            self.counts["says-nothing"] += 1
        else:
            self.misshapen(keys, f"{_KINDS.get(type(value), 'a number')} instead of {wanted}; {then}")

    def taken(self, node: Json, key: str, kind: type, keys: Keys) -> Any:
        """The value under a key if it is of the kind; another kind is removed. None if there is none."""
        if key in node and not isinstance(node[key], kind):
            self.other(node.pop(key), (*keys, key), _KINDS[kind])
        return node.get(key)

    def texts(self, node: Json, names: tuple[str, ...], keys: Keys) -> None:
        """Keep only texts under these names; a number becomes text."""
        for name in names:
            value = node.get(name)
            if isinstance(value, int | float) and not isinstance(value, bool):
                node[name] = json.dumps(value)
                self.counts["number-as-text"] += 1
            self.taken(node, name, str, keys)

    def known(self, node: Json, kind: str, keys: Keys) -> None:
        """Keep only texts where OpenAPI has them in such a node, and rename the keys that it does not allow there."""
        self.counts["unknown-key"] += renamed(node, kind)
        self.texts(node, TEXTS, keys)

    def resolved(self, node: Json, keys: Keys, what: str, then: str) -> Any:
        """A copy of what a reference leads to; None if that is nothing, which is reported."""
        self.counts["reference"] += 1
        found = references.target(self.document, node["$ref"])
        if found is None:
            place = " ".join([*(str(key).strip().upper() for key in keys[2:3]), str(keys[1])])
            refers = f"refers to {references.shown(node)}, which leads nowhere"
            self.lines.append(f"{place}: {what} {refers}; {then}")
        return copied(found)


BROKEN = f"a character that was cut in half; {REPLACED} takes its place"


def broken(value: Any, keys: Keys = ()) -> Iterator[Keys]:
    """Yield the places of texts and names with a lone surrogate; see `reading.parse`."""
    for key, item in value.items() if isinstance(value, dict) else enumerate(value):
        if isinstance(item, dict | list):
            yield from broken(item, (*keys, key))
        is_broken = isinstance(item, str) and not item.isascii() and REPLACED in item
        if is_broken or (isinstance(key, str) and not key.isascii() and REPLACED in key):
            yield (*keys, key)


def schema(value: Any, keys: Keys, found: Found) -> Json:
    """Return a schema for the value. A text is the name of a type; anything else takes any value."""
    if isinstance(value, dict):
        _mend(value, keys, found)
        return value
    if isinstance(value, str):
        found.counts["text-as-schema"] += 1
        return {"type": value}
    # `true` is a schema too, which takes any value.
    found.other(None if value is True else value, keys, "a schema", "any value is taken")
    return {}


def _mend(node: Json, keys: Keys, found: Found) -> None:
    found.texts(node, ("description", "title", "format"), keys)
    if any(isinstance(value, dict | list) for value in found.taken(node, "enum", list, keys) or ()):
        found.misshapen((*keys, "enum"), "values that are no plain ones; any value of the type is taken")
        del node["enum"]
    properties = node.get("properties", {})
    if not isinstance(properties, dict):
        found.other(node.pop("properties"), (*keys, "properties"), "an object", "any properties are taken")
        if properties is not None:
            # An object without properties is empty, and this one was not.
            node.setdefault("additionalProperties", True)
        properties = {}
    for name, inner in properties.items():
        properties[name] = schema(inner, (*keys, "properties", name), found)
    for key in ("items", "additionalProperties"):
        if isinstance(node.get(key), dict) or (key == "items" and isinstance(node.get(key), str)):
            node[key] = schema(node[key], (*keys, key), found)
    for key in ("allOf", "anyOf", "oneOf"):
        several = found.taken(node, key, list, keys) or []
        for index, inner in enumerate(several):
            several[index] = schema(inner, (*keys, key, index), found)
