"""A schema in the form that is compared: references followed, null separate from the type, all else as rules."""

from __future__ import annotations

import json
from collections.abc import Container, Iterator
from typing import Any

import attrs

from ..document.shape import Json
from ..repair.keywords import NARROWED
from .sentence import MISSING

_ENCODER = json.JSONEncoder(sort_keys=True, ensure_ascii=False, default=repr)
TEXTS = ("description", "title", "summary", "example", "examples", "deprecated")
_MOST_INLINED = 200
_STRUCTURE = frozenset(
    {"type", "enum", "const", "properties", "required", "items", "additionalProperties"}
    | {"anyOf", "oneOf", "allOf", "$ref"}
)


@attrs.frozen
class Shape:
    """The values that a schema allows. `types` is None for any value."""

    types: frozenset[str] | None
    is_nullable: bool
    enum: tuple[Any, ...] | None
    properties: Json
    required: frozenset[str]
    items: Any
    additional: Any
    rules: Json
    """Texts, default, bounds, narrowing keywords (as `repair` keeps them), and every other keyword."""
    variants: tuple[Json, ...]
    """The variants of a union, without null."""
    components: tuple[str, ...]
    """The components that the schema was read from."""

    @property
    def shown(self) -> str:
        """The type as people write it."""
        if self.types is None:
            return "any"
        names = sorted(self.types) or ["null"]
        return " or ".join([*names, *(["null"] if self.is_nullable and self.types else [])])


def shape(schema: Json, components: Json) -> Shape:
    """Read a schema."""
    names: list[str] = []
    schema, is_nullable = _opened(flat(schema, components, names), components, names)
    types = _types(schema, components, {})
    enum = schema.get("enum", [schema["const"]] if "const" in schema else None)
    listed = schema.get("type")
    return Shape(
        types=types,
        is_nullable=is_nullable or (isinstance(listed, list) and "null" in listed) or None in (enum or ()),
        enum=None if enum is None else tuple(value for value in enum if value is not None),
        properties=schema.get("properties", {}),
        required=frozenset(schema.get("required", ())),
        items=schema.get("items"),
        additional=schema.get("additionalProperties"),
        rules={
            "default" if key == "x-default" else key: told(key, value)
            for key, value in schema.items()
            if key not in _STRUCTURE
        },
        variants=() if types is None else tuple(_variants(schema)),
        components=tuple(dict.fromkeys(names)),
    )


def flat(schema: Json, components: Json, names: list[str] | None = None) -> Json:
    """The schema with its reference and `allOf` merged in; nearer keys win. Appends the components used to `names`."""
    seen: list[str] = [] if names is None else names
    met: set[str] = set()
    queue, result = [schema], Json()
    while queue:
        node = queue.pop(0)
        name = named(node)
        if name is not None and name not in met and name in components:
            met.add(name)
            seen.append(name)
            queue.append(components[name])
            node = {key: value for key, value in node.items() if key != "$ref"}
        if "allOf" in node and len(met) < 100:
            queue += node["allOf"]
            node = {key: value for key, value in node.items() if key != "allOf"}
        for key, value in node.items():
            if key == "properties":
                result[key] = {**value, **result.get(key, {})}
            elif key == "required":
                result[key] = result.get(key, []) + value
            else:
                result.setdefault(key, value)
    return result


def _opened(schema: Json, components: Json, names: list[str]) -> tuple[Json, bool]:
    """The flat schema without a union of one variant and perhaps null, and True if null is in such a union."""
    is_nullable = False
    while union := _union(schema):
        kept = _variants(schema)
        is_nullable |= len(kept) < len(union)
        own: list[str] = []
        inner = flat(kept[0], components, own) if len(kept) == 1 else {}
        if len(kept) != 1 or set(own) & set(names):
            break
        names += own
        schema = {**inner, **{key: value for key, value in schema.items() if key not in ("anyOf", "oneOf")}}
    return schema, is_nullable


def _union(schema: Json) -> list[Json]:
    return schema.get("anyOf") or schema.get("oneOf") or []


def _variants(schema: Json) -> list[Json]:
    return [part for part in _union(schema) if part.get("type") != "null"]


Types = frozenset[str] | None


def _types(schema: Json, components: Json, known: dict[tuple[str, ...], Types]) -> Types:
    """The types of a flat schema, without null. `known` has those of components: a union may lead back to itself."""
    if not _union(schema):
        stated = schema.get("type")
        return None if stated is None else frozenset([stated] if isinstance(stated, str) else stated) - {"null"}
    found: set[str] = set()
    is_any = False
    for part in _variants(schema):
        names: list[str] = []
        node = flat(part, components, names)
        key = tuple(names)
        types = known.get(key, frozenset())
        if key not in known:
            if key:
                known[key] = frozenset()
            types = _types(node, components, known)
            if key:
                known[key] = types
        is_any |= types is None
        found |= types or set()
    return None if is_any else frozenset(found)


def relation(old: Types, new: Types) -> str:
    """Compare types: the new ones are the same, wider, narrower or other."""
    if old == new:
        return "same"
    if new is None or old is None:
        return "wider" if new is None else "narrower"
    if all(_is_in(name, new) for name in old):
        return "wider"
    return "narrower" if all(_is_in(name, old) for name in new) else "other"


def _is_in(name: str, types: frozenset[str]) -> bool:
    return name in types or (name == "integer" and "number" in types)


def named(node: Any) -> str | None:
    """The name of the component that an object refers to; None if it refers to none."""
    reference = node.get("$ref") if isinstance(node, dict) else None
    return reference.rpartition("/")[2] if isinstance(reference, str) else None


def reference(schema: Any) -> str | None:
    """The name of the component, if the schema is only a reference to it and texts."""
    if not isinstance(schema, dict):
        return None
    said = schema.keys() - TEXTS
    if said == {"allOf"} and len(schema["allOf"]) == 1:
        return reference(schema["allOf"][0])
    return named(schema) if said == {"$ref"} else None


def bare(schema: Any) -> Any:
    """The schema without texts at any depth. Equal results mean that two schemas allow the same."""
    if isinstance(schema, list):
        return [bare(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    return {
        key: {name: bare(node) for name, node in value.items()} if key == "properties" else bare(value)
        for key, value in schema.items()
        if key not in TEXTS
    }


def told(key: str, value: Any) -> Any:
    """The original value of a keyword that `repair` keeps as a text. A document may use such a name itself."""
    try:
        return json.loads(value) if key.startswith(NARROWED) and isinstance(value, str) else value
    except ValueError:
        return value


def inlined(value: Any, components: Json) -> Any:
    """The value with references replaced by their components, for readers. Stops at a readable size."""
    left = _MOST_INLINED

    def opened(value: Any, within: tuple[str, ...]) -> Any:
        nonlocal left
        name = named(value)
        if name is not None:
            left -= 1
            if name in within or left < 0:
                return {}
            beside = {key: item for key, item in value.items() if key != "$ref"}
            return opened({**components.get(name, {}), **beside}, (*within, name))
        if isinstance(value, dict):
            return {key: opened(item, within) for key, item in _unmarked(value).items()}
        return [opened(item, within) for item in value] if isinstance(value, list) else value

    return opened(value, ())


def _unmarked(schema: Json) -> Json:
    """The schema with the kept extensions turned back into keywords."""
    result: Json = {}
    for key, value in schema.items():
        original = told(key, value)
        if key == f"{NARROWED}if" and isinstance(original, dict):
            result |= original
        else:
            result["default" if key == "x-default" else key.removeprefix(NARROWED)] = original
    return result


def canonical(value: Any) -> str:
    """Serialize a value, so that equal values give equal strings."""
    return _ENCODER.encode(value)


def same(one: Any, other: Any) -> bool:
    """True if two values are the same JSON. Unlike in Python, 1, 1.0 and true differ."""
    return bool(one == other) and (one is other or _has_same_types(one, other))


def _has_same_types(one: Any, other: Any) -> bool:
    if type(one) is not type(other):
        return False
    if isinstance(one, dict):
        return all(_has_same_types(value, other[key]) for key, value in one.items())
    return not isinstance(one, list) or all(map(_has_same_types, one, other))


def differing(old: Json, new: Json, apart: Container[str] = ()) -> Iterator[tuple[str, Any, Any]]:
    """Yield each key whose values differ, sorted, with both values. White space in texts is noise."""
    for key in sorted(old.keys() | new.keys()):
        before, after = _said(old, key), _said(new, key)
        if key not in apart and not same(before, after):
            yield key, before, after


def _said(node: Json, key: str) -> Any:
    value = node.get(key, MISSING)
    if key not in TEXTS:
        return value
    return MISSING if value is None or value is False else spaced(value)


def spaced(value: Any) -> Any:
    """Normalize white space in a text: differences there are noise. A blank text counts as missing."""
    return (" ".join(value.split()) or MISSING) if isinstance(value, str) else value
