"""The size of a type with its references followed; a type that is too large becomes any value.

An annotation spells a type out: one that is made of itself would never end, and a short chain of unions, each of two of
the next, would fill any memory. A class ends it, since only its name is written.
"""

from __future__ import annotations

from collections.abc import Iterator

from ..document.reading import clipped
from ..document.shape import Json, Keys, component_of

MAX_TYPES = 60


class Sizes:
    """Cuts the parser's input, in place; `lines` has one for each schema that was too large."""

    def __init__(self, schemas: Json) -> None:
        self.lines: list[str] = []
        self._schemas = schemas
        for name, node in schemas.items():
            self._cut(node, ("components", name))

    def cut_operation(self, node: Json, place: str) -> None:
        """Cut the parameters, the body and the answers of an operation."""
        for parameter in node.get("parameters", ()):
            self._cut(parameter["schema"], (place, f"parameter {parameter['name']}"))
        answers = ((f"answer {status}", answer) for status, answer in node["responses"].items())
        for what, holder in (("body", node.get("requestBody", {})), *answers):
            for media in holder.get("content", {}).values():
                self._cut(media.get("schema", {}), (place, what))

    def _cut(self, node: Json, keys: Keys) -> None:
        for key, inner in (*node.get("properties", {}).items(), *_inner(node)):
            self._cut(inner, (*keys, key))
        if not _is_class(node) and self._is_too_large(node):
            why = f"more than {MAX_TYPES} types in one, its references followed"
            self.lines.append(f"{clipped(', '.join(map(str, keys)))}: {why}; any value is taken")
            for key in node.keys() - {"description"}:
                del node[key]

    def _is_too_large(self, node: Json) -> bool:
        queue, size = [node], 0
        while queue and size <= MAX_TYPES:
            each = queue.pop()
            if "$ref" in each:
                queue += filter(None, [self._schemas.get(component_of(each))])
                continue
            size += 1
            if not _is_class(each):
                queue += [inner for _, inner in _inner(each)]
        return size > MAX_TYPES


def needed_first(schemas: Json) -> Json:
    """The components, each after those that its type needs, as far as they don't need each other."""
    ordered: dict[str, Json] = {}
    met: set[str] = set()
    for root in schemas:
        way = [(root, _needs(schemas[root]))]
        # No recursion: a chain of references may be deeper than Python's stack.
        while way:
            name, needs = way[-1]
            met.add(name)
            following = next((each for each in needs if each in schemas and each not in met), None)
            if following is not None:
                way.append((following, _needs(schemas[following])))
            else:
                ordered[name] = schemas[name]
                way.pop()
    return ordered


def _is_class(node: Json) -> bool:
    """True if the parser makes a class of it, whose name stands for its contents."""
    return bool(node.get("properties")) or len(node.get("allOf", ())) > 1


def _inner(node: Json) -> Iterator[tuple[str, Json]]:
    """The schemas that make up the type of this one, each with its key."""
    yield from ((key, node[key]) for key in ("items", "additionalProperties") if isinstance(node.get(key), dict))
    yield from ((key, each) for key in ("allOf", "anyOf", "oneOf") for each in node.get(key, ()))


def _needs(node: Json) -> Iterator[str]:
    """The names of the schemas that a schema's type needs."""
    if "$ref" in node:
        yield component_of(node)
    for _, each in () if _is_class(node) else _inner(node):
        yield from _needs(each)
