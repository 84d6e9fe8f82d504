"""How large a type is once the references in it are followed, and any value instead of one that is too large.

An annotation spells a type out: a short chain of unions, each of the next one twice, would fill any memory. A class
ends it, since its name stands for it.
"""

from __future__ import annotations

from collections.abc import Iterator

from .circles import circles
from .documents import clipped
from .shape import Json, Keys

MAX_TYPES = 60
_SCHEMA = "#/components/schemas/"


class Sizes:
    """Cuts what the parser gets, in place; `lines` has one for each schema that was too large."""

    def __init__(self, schemas: Json) -> None:
        self.lines: list[str] = []
        self._sizes: dict[str, int] = {}
        needs = {name: [each for each in _needs(node) if each in schemas] for name, node in schemas.items()}
        self._circles = circles(needs)
        # What is needed comes before what needs it; in a circle the first reference to what is not known yet is cut.
        for name in sorted(schemas, key=lambda name: self._circles[name], reverse=True):
            self._sizes[name] = self._cut(schemas[name], ("components", name), self._circles[name])
        # Once more: what is in a class may need what came later.
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

    def _cut(self, node: Json, keys: Keys, circle: int | None = None) -> int:
        """The size of a schema, after what is too large in it may be anything. `circle` is the one that it is in."""
        is_class = _is_class(node)
        circle = None if is_class else circle
        for name, each in node.get("properties", {}).items():
            self._cut(each, (*keys, name))
        own = 0 if "$ref" in node else 1
        size = own + sum(self._cut(each, (*keys, key), circle) for key, each in _inner(node))
        target = str(node.get("$ref")).removeprefix(_SCHEMA)
        if circle is not None and target not in self._sizes and self._circles.get(target) == circle:
            return self._any(node, keys, "a type that is made of itself")
        size += self._sizes.get(target, 0)
        if is_class or size <= MAX_TYPES:
            return 1 if is_class else size
        return self._any(node, keys, f"more than {MAX_TYPES} types in one, its references followed")

    def _any(self, node: Json, keys: Keys, why: str) -> int:
        self.lines.append(f"{clipped(', '.join(map(str, keys)))}: {why}; any value is taken")
        for key in node.keys() - {"description"}:
            del node[key]
        return 1


def _is_class(node: Json) -> bool:
    """Whether the parser makes a class of it, whose name stands for all that is in it."""
    return bool(node.get("properties")) or len(node.get("allOf", ())) > 1


def _inner(node: Json) -> Iterator[tuple[str, Json]]:
    """The schemas that the type of this one is made of, each with its key."""
    yield from ((key, node[key]) for key in ("items", "additionalProperties") if isinstance(node.get(key), dict))
    yield from ((key, each) for key in ("allOf", "anyOf", "oneOf") for each in node.get(key, ()))


def _needs(node: Json) -> Iterator[str]:
    """The names of the schemas that the type of one is made of."""
    if "$ref" in node:
        yield str(node["$ref"]).removeprefix(_SCHEMA)
    for _, each in () if _is_class(node) else _inner(node):
        yield from _needs(each)
