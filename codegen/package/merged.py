"""Schemas in a form that the parser can read: the members of `allOf` as one object, and each class in a union by name.

The parser refuses members of `allOf` that disagree, and unions among them. It reads an object in a component's union
twice, and then refuses the classes inside.
"""

from __future__ import annotations

from collections.abc import Iterator

from ..document.reading import clipped
from ..document.shape import SCHEMAS, Json, component_of, types_of

_TEXTS = frozenset({"description", "title", "default", "example", "examples", "deprecated", "readOnly", "writeOnly"})
_SAYING = frozenset({"$ref", "type", "enum", "const", "properties", "required", "items", "allOf", "anyOf", "oneOf"})
_UNIONS = ("anyOf", "oneOf")
_DEEPEST = 50


class Merged:
    """Merges schemas of one document; `taken` has lines on what is not as the document says."""

    def __init__(self, schemas: Json) -> None:
        self._schemas = schemas
        self._known: dict[str, Json | None] = {}
        self._depth = 0
        self._lines: dict[str, None] = {}

    def of(self, node: Json) -> Json:
        """The schema without `allOf`; of a single member, with nothing beside it but texts."""
        own = {key: value for key, value in node.items() if key != "allOf"}
        texts = {key: value for key, value in own.items() if key in _TEXTS}
        members = [each for each in (*node["allOf"], own) if each.keys() & _SAYING]
        if not members:
            return texts
        if len(members) > 1:
            objects = [each for each in map(self._object, members) if each is not None]
            if len(objects) == len(members):
                return {**self._all(objects), **texts}
            if len({self._type(each) for each in members}) > 1:
                self._lines["allOf of other types than objects; the last is taken"] = None
        last: Json = members[-1]
        if "$ref" in last:
            return {**texts, "allOf": [last]}
        return self.of({**last, **texts}) if "allOf" in last else {**last, **texts}

    def taken(self, place: str) -> list[str]:
        """The lines since the last call, with this place."""
        found = [f"{place}: {line}" for line in self._lines]
        self._lines.clear()
        return found

    def _type(self, node: Json) -> str:
        node = self._schemas.get(component_of(node), node)
        return repr(node.get("type", "$ref"))

    def _object(self, node: Json) -> Json | None:
        """Only the properties and the required names of a schema; None if it is no object."""
        if "$ref" in node:
            name = component_of(node)
            if name not in self._known and self._depth < _DEEPEST:
                # A schema that is made of itself adds nothing to itself.
                self._known[name] = {"properties": {}}
                self._depth += 1
                self._known[name] = self._object(self._schemas.get(name, {}))
                self._depth -= 1
            return self._known.get(name)
        own: Json = {key: node[key] for key in ("properties", "required", "additionalProperties") if key in node}
        parts = [self._object(each) for each in node.get("allOf", ()) if each.keys() & _SAYING]
        for key in _UNIONS:
            some = [self._object(each) for each in node.get(key, ()) if each.get("type") != "null"]
            objects = [each for each in some if each is not None]
            if len(objects) < len(some):
                return None
            if objects:
                parts.append(self._any(objects))
        types = types_of(node) or (["object"] if own or parts else [])
        if "object" not in types or None in parts:
            return None
        return self._all([*(each for each in parts if each is not None), own])

    def _all(self, objects: list[Json]) -> Json:
        """The properties of all. Of two types for one, the later says more."""
        properties: Json = {}
        for name, node in ((name, node) for each in objects for name, node in each.get("properties", {}).items()):
            properties[name] = self._narrower(name, properties[name], node) if name in properties else node
        more = [each["additionalProperties"] for each in objects if "additionalProperties" in each]
        required = dict.fromkeys(name for each in objects for name in each.get("required", ()))
        return {
            "type": "object",
            **({"properties": properties} if properties else {}),
            **({"required": list(required)} if required else {}),
            **({"additionalProperties": more[-1]} if more else {}),
        }

    def _narrower(self, name: str, one: Json, other: Json) -> Json:
        if one == other or not other.keys() & _SAYING:
            return one
        if not one.keys() & _SAYING:
            return other
        if self._object(one) is not None and self._object(other) is not None:
            # One list, however many there are: a nested one could be deeper than Python's stack.
            return {"allOf": [*(one["allOf"] if one.keys() == {"allOf"} else [one]), other]}
        if one.get("type") != other.get("type"):
            self._lines[f"{clipped(name)} has two types in allOf; the last is taken"] = None
        return other

    def _any(self, objects: list[Json]) -> Json:
        """The properties of any; required is what all require."""
        properties: Json = {}
        for each in objects:
            properties |= {name: node for name, node in each.get("properties", {}).items() if name not in properties}
        if len(objects) > 1:
            names = clipped(", ".join(properties))
            self._lines[f"a union in allOf, of {names}; which of these go together is not known"] = None
        wanted = [each.get("required", ()) for each in objects]
        required = [name for name in wanted[0] if all(name in each for each in wanted)]
        return {"properties": properties, **({"required": required} if required else {})}


def lifted(schemas: Json) -> Json:
    """The components, each object in a union as one of its own, since the parser reads it twice otherwise."""
    found = dict(schemas)
    for name, node in schemas.items():
        if isinstance(node.get("type"), list) and "properties" in node:
            rest = {key: value for key, value in node.items() if key not in ("type", "description")}
            members = [{**(rest if each == "object" else node), "type": each} for each in node["type"]]
            kept = {key: node[key] for key in ("description",) if key in node}
            node = {**kept, "anyOf": members}
        for key in _UNIONS:
            if any(map(_is_class, node.get(key, ()))):
                node = {**node, key: [*_named(name, node[key], found)]}
        found[name] = node
    return found


def _named(name: str, members: list[Json], found: Json) -> Iterator[Json]:
    for index, each in enumerate(members):
        own = f"{name}_type_{index}"
        if not _is_class(each) or own in found:
            yield each
        else:
            found[own] = each
            yield {"$ref": f"{SCHEMAS}{own}"}


def _is_class(node: Json) -> bool:
    return bool(node.get("properties")) or "allOf" in node
