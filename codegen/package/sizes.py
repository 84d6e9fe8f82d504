"""The size of a type with its references followed; a type that is too large becomes any value.

An annotation spells a type out: a short chain of unions, each of two of the next, would fill any memory. A class ends
it, since only its name is written.
"""

from __future__ import annotations

from collections.abc import Iterator

from ..document.reading import clipped
from ..document.shape import Json, Keys
from .circles import circles

MAX_TYPES = 60
_SCHEMA = "#/components/schemas/"


class Sizes:
    """Cuts the parser's input, in place; `lines` has one for each schema that was too large.

    `order` has the names of the components, each after those that it needs.
    """

    def __init__(self, schemas: Json) -> None:
        self.lines: list[str] = []
        self._sizes: dict[str, int] = {}
        needs = {name: [each for each in _needs(node) if each in schemas] for name, node in schemas.items()}
        self._circles = circles(needs)
        # Needed schemas come first; in a circle the first reference to a schema of unknown size is cut.
        self.order = sorted(schemas, key=lambda name: self._circles[name], reverse=True)
        for name in self.order:
            self._sizes[name] = self._cut(schemas[name], ("components", name), self._circles[name])
        # Once more: schemas in a class may need later ones.
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
        """Cut a schema, and return its size afterwards. `circle` is the circle that it belongs to."""
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
    """True if the parser makes a class of it, whose name stands for its contents."""
    return bool(node.get("properties")) or len(node.get("allOf", ())) > 1


def _inner(node: Json) -> Iterator[tuple[str, Json]]:
    """The schemas that make up the type of this one, each with its key."""
    yield from ((key, node[key]) for key in ("items", "additionalProperties") if isinstance(node.get(key), dict))
    yield from ((key, each) for key in ("allOf", "anyOf", "oneOf") for each in node.get(key, ()))


def _needs(node: Json) -> Iterator[str]:
    """The names of the schemas that a schema's type needs."""
    if "$ref" in node:
        yield str(node["$ref"]).removeprefix(_SCHEMA)
    for _, each in () if _is_class(node) else _inner(node):
        yield from _needs(each)
