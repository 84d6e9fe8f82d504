"""Cut parts of a document that are too large and not essential: long texts for people, deep schemas."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ..document.shape import MAX_DEPTH, MAX_TEXT, Json, Keys

# Other rules and the pairing may wrap the contents of a schema in a union.
DEEPEST = MAX_DEPTH - 2
TOO_LONG = f"a text of more than {MAX_TEXT:,} characters; what follows is left out"
TOO_DEEP = f"nested more than {DEEPEST} levels deep; any value is taken"

_NESTED = ("properties", "items", "additionalProperties", "allOf", "anyOf", "oneOf")
_PROSE = frozenset({"summary", "description", "title", "tags", "example", "examples"})


def clipped_texts(node: Any, keys: Keys = (), *, is_prose: bool = False) -> Iterator[Keys]:
    """Cut texts meant for people, in place, and yield their places. A text that is sent must stay whole."""
    for key, value in _items(node):
        if isinstance(value, dict | list):
            if value:
                yield from clipped_texts(value, (*keys, key), is_prose=is_prose or _is_prose(key))
        elif isinstance(value, str) and len(value) > MAX_TEXT and (is_prose or _is_prose(key)):
            node[key] = f"{value[: MAX_TEXT - 1]}…"
            yield (*keys, key)


def _is_prose(key: str | int) -> bool:
    return key in _PROSE or str(key).startswith("x-")


def flattened(schema: Json, depth: int = 1) -> Iterator[Keys]:
    """Replace schemas nested too deep by any value, in place, and yield their places."""
    inner = [(key, schema[key]) for key in _NESTED if isinstance(schema.get(key), dict | list) and schema[key]]
    if depth == DEEPEST and inner:
        for key in schema.keys() - {"description"}:
            del schema[key]
        yield ()
        return
    for key, value in inner:
        several = [((key,), value)] if key in ("items", "additionalProperties") else _members(key, value)
        for keys, node in several:
            if isinstance(node, dict):
                yield from ((*keys, *rest) for rest in flattened(node, depth + 1))


def _members(key: str, value: Any) -> list[tuple[Keys, Any]]:
    return [((key, name), node) for name, node in _items(value)]


def _items(node: Any) -> list[tuple[Any, Any]]:
    return list(node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ())
