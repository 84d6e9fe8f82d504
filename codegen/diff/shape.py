"""A schema in the form that is compared: references followed, null separate from the type, texts from rules."""

from __future__ import annotations

import json
from collections.abc import Container, Iterator
from typing import Any

import attrs

from ..document.shape import Json
from ..repair.keywords import NARROWED
from .sentence import MISSING

_ENCODER = json.JSONEncoder(sort_keys=True, ensure_ascii=False, default=repr)
LOWER_BOUNDS = ("minimum", "exclusiveMinimum", "minLength", "minItems", "minProperties")
UPPER_BOUNDS = ("maximum", "exclusiveMaximum", "maxLength", "maxItems", "maxProperties")
RULES = ("format", "pattern", "multipleOf", "uniqueItems")
TEXTS = ("description", "title", "example", "examples", "deprecated")
_MOST_INLINED = 200
_STRUCTURE = (
    "type",
    "enum",
    "const",
    "properties",
    "required",
    "items",
    "nullable",
    "default",
    "anyOf",
    "oneOf",
    "allOf",
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
    keywords: Json
    """Default, bounds and rules."""
    texts: Json
    narrowing: Json
    """Narrowing keywords that the package ignores: `not`, `if`, `dependentRequired` …"""
    rest: Json
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


def reference(schema: Any) -> str | None:
    """The name of the component, if the schema is only a reference to it and texts."""
    if not isinstance(schema, dict):
        return None
    if isinstance(schema.get("allOf"), list) and len(schema["allOf"]) == 1 and not set(schema) - {"allOf", *TEXTS}:
        return reference(schema["allOf"][0])
    found = schema.get("$ref")
    return found.rpartition("/")[2] if isinstance(found, str) and not set(schema) - {"$ref", *TEXTS} else None


def shape(schema: Any, components: Json) -> Shape:
    """Read a schema. Anything else counts as a schema that allows any value, and is kept in `rest`."""
    if not isinstance(schema, dict):
        schema = {} if schema is True or schema is None else {"not a schema": schema}
    names: list[str] = []
    schema = flat(schema, components, names)
    types, is_nullable, variants = _types(schema, components, names)
    if "x-default" in schema:
        schema.setdefault("default", schema.pop("x-default"))
    enum = _list(schema.get("enum")) if "enum" in schema else _list([schema["const"]]) if "const" in schema else None
    if enum is not None and None in enum:
        enum, is_nullable = tuple(value for value in enum if value is not None), True
    properties = schema.get("properties")
    known = {*LOWER_BOUNDS, *UPPER_BOUNDS, *RULES, "default"}
    narrowing = {key for key in schema if key.startswith(NARROWED)}
    apart = {*known, *TEXTS, *_STRUCTURE, *narrowing, "additionalProperties", "$ref"}
    required = schema.get("required")
    return Shape(
        types=types,
        is_nullable=is_nullable,
        enum=enum,
        properties=properties if isinstance(properties, dict) else {},
        required=frozenset(name for name in required if isinstance(name, str))
        if isinstance(required, list)
        else frozenset(),
        items=schema.get("items"),
        additional=schema.get("additionalProperties"),
        keywords={key: schema[key] for key in sorted(known & schema.keys())},
        texts={key: spaced(schema[key]) for key in TEXTS if schema.get(key) not in (None, "", False)},
        narrowing={key.removeprefix(NARROWED): _told(schema[key]) for key in sorted(narrowing)},
        rest={key: value for key, value in schema.items() if key not in apart},
        variants=variants,
        components=tuple(dict.fromkeys(names)),
    )


def relation(old: frozenset[str] | None, new: frozenset[str] | None) -> str:
    """Compare types: the new ones are the same, wider, narrower or other."""
    if old == new:
        return "same"
    if new is None or old is None:
        return "wider" if new is None else "narrower"
    if all(_is_in(name, new) for name in old):
        return "wider"
    return "narrower" if all(_is_in(name, old) for name in new) else "other"


def bare(schema: Any) -> Any:
    """The schema without texts at any depth. Equal results mean that two schemas allow the same."""
    if isinstance(schema, dict):
        return {
            key: {name: bare(node) for name, node in value.items()}
            if key == "properties" and isinstance(value, dict)
            else bare(value)
            for key, value in schema.items()
            if key not in TEXTS
        }
    return [bare(item) for item in schema] if isinstance(schema, list) else schema


def inlined(value: Any, components: Json) -> Any:
    """The value with references replaced by their components, for readers. Stops at a readable size."""
    return _inlined(value, components, (), [_MOST_INLINED])


def _inlined(value: Any, components: Json, within: tuple[str, ...], left: list[int]) -> Any:
    if isinstance(value, dict) and isinstance(value.get("$ref"), str):
        name = value["$ref"].rpartition("/")[2]
        left[0] -= 1
        if name in within or left[0] < 0:
            return {}
        beside = {key: item for key, item in value.items() if key != "$ref"}
        found = components.get(name, {})
        merged = {**found, **beside} if isinstance(found, dict) else found
        return _inlined(merged, components, (*within, name), left)
    if isinstance(value, dict):
        return {key: _inlined(item, components, within, left) for key, item in _unmarked(value).items()}
    return [_inlined(item, components, within, left) for item in value] if isinstance(value, list) else value


def _unmarked(schema: Json) -> Json:
    """The schema with the kept extensions turned back into keywords."""
    result: Json = {}
    for key, value in schema.items():
        if not key.startswith(NARROWED):
            result["default" if key == "x-default" else key] = value
        elif key == f"{NARROWED}if" and isinstance(condition := _told(value), dict):
            result |= condition
        else:
            result[key.removeprefix(NARROWED)] = _told(value)
    return result


def canonical(value: Any) -> str:
    """Serialize a value, so that equal values give equal strings."""
    return _ENCODER.encode(value)


def same(one: Any, other: Any) -> bool:
    """True if two values are the same JSON. Unlike in Python, 1, 1.0 and true differ."""
    return bool(one == other) and (one is other or canonical(one) == canonical(other))


def differing(old: Json, new: Json, apart: Container[str] = ()) -> Iterator[tuple[str, Any, Any]]:
    """Yield each key whose values differ, sorted, with both values."""
    for key in sorted(old.keys() | new.keys()):
        before, after = old.get(key, MISSING), new.get(key, MISSING)
        if key not in apart and not same(before, after):
            yield key, before, after


def spaced(value: Any) -> Any:
    """Normalize white space in a text: differences there are noise. A blank text counts as missing."""
    return (" ".join(value.split()) or MISSING) if isinstance(value, str) else value


def description(node: Any) -> str:
    """The description of a schema or a parameter, empty if there is none."""
    text = node.get("description") if isinstance(node, dict) else None
    return " ".join(text.split()) if isinstance(text, str) else ""


def content(holder: Any) -> Json:
    """The media types of a body or an answer."""
    found = holder.get("content") if isinstance(holder, dict) else None
    return found if isinstance(found, dict) else {}


def schema_of(media: Any) -> Any:
    """The schema of a media type."""
    return media.get("schema", {}) if isinstance(media, dict) else {}


def _is_in(name: str, types: frozenset[str]) -> bool:
    return name in types or (name == "integer" and "number" in types)


def flat(schema: Json, components: Json, names: list[str] | None = None) -> Json:
    """The schema with its reference and `allOf` merged in; nearer keys win. Appends the components used to `names`."""
    seen: set[str] = set()
    queue, result = [schema], Json()
    while queue:
        node = queue.pop(0)
        name = node["$ref"].rpartition("/")[2] if isinstance(node.get("$ref"), str) else None
        if name is not None and name not in seen and isinstance(components.get(name), dict):
            seen.add(name)
            if names is not None:
                names.append(name)
            queue.append(components[name])
            node = {key: value for key, value in node.items() if key != "$ref"}
        parts = node.get("allOf")
        if isinstance(parts, list) and len(seen) < 100:
            queue += [part for part in parts if isinstance(part, dict)]
            node = {key: value for key, value in node.items() if key != "allOf"}
        _add(result, node)
    return result


def _add(result: Json, node: Json) -> None:
    for key, value in node.items():
        known = result.get(key)
        if key == "properties" and isinstance(known, dict) and isinstance(value, dict):
            result[key] = {**value, **known}
        elif key == "required" and isinstance(known, list) and isinstance(value, list):
            result[key] = known + value
        else:
            result.setdefault(key, value)


Types = frozenset[str] | None


def _types(
    schema: Json, components: Json, names: list[str], known: dict[tuple[str, ...], Types] | None = None
) -> tuple[Types, bool, tuple[Json, ...]]:
    """The types without null, whether null is allowed, and the variants of a union.

    `known` has the types of components already met, because a union may refer to itself.
    """
    variants = schema.get("anyOf", schema.get("oneOf"))
    if isinstance(variants, list) and variants:
        parts = [part for part in variants if isinstance(part, dict)]
        return _union(schema, parts, components, names, {} if known is None else known)
    stated = schema.get("type")
    is_nullable = schema.get("nullable") is True
    if stated is None:
        return None, is_nullable, ()
    listed = frozenset(name for name in (stated if isinstance(stated, list) else [stated]) if isinstance(name, str))
    return listed - {"null"}, is_nullable or "null" in listed, ()


def _union(
    schema: Json, variants: list[Json], components: Json, names: list[str], known: dict[tuple[str, ...], Types]
) -> tuple[Types, bool, tuple[Json, ...]]:
    kept = [part for part in variants if part.get("type") != "null"]
    is_nullable = len(kept) < len(variants)
    own: list[str] = []
    inner = flat(kept[0], components, own) if len(kept) == 1 else {}
    if len(kept) == 1 and not set(own) & set(names):
        names += own
        beside = {key: value for key, value in schema.items() if key not in ("anyOf", "oneOf")}
        schema.clear()
        schema.update({**inner, **beside})
        types, is_inner_nullable, found = _types(schema, components, names, known)
        return types, is_nullable or is_inner_nullable, found
    types_of = [_types_of(part, components, known) for part in kept]
    if None in types_of:
        return None, is_nullable, ()
    return frozenset(name for types in types_of for name in types or ()), is_nullable, tuple(kept)


def _types_of(part: Json, components: Json, known: dict[tuple[str, ...], Types]) -> Types:
    names: list[str] = []
    node = flat(part, components, names)
    key = tuple(names)
    if key not in known:
        if key:
            known[key] = frozenset()
        found = _types(node, components, names, known)[0]
        if not key:
            return found
        known[key] = found
    return known[key]


def _told(value: Any) -> Any:
    """The original value of a kept keyword. A document may use such an extension itself, with any value."""
    try:
        return json.loads(value) if isinstance(value, str) else value
    except ValueError:
        return value


def _list(value: Any) -> tuple[Any, ...] | None:
    return tuple(value) if isinstance(value, list) else None
