"""A type → Python code: annotations of answers and of arguments, and the expression that decodes."""

from __future__ import annotations

import attrs

from .tree import ANY, Type

_SPELLED = {"any": "Any", "file": "File", "none": "None", "datetime": "datetime.datetime", "date": "datetime.date"}


def answer(type_: Type) -> str:
    """The annotation of a received value. An enum may be a string that this version doesn't know."""
    return " | ".join(_parts(told_apart(type_), is_sent=False))


def argument(type_: Type) -> str:
    """The annotation of an argument: enums and dates also as their strings, models also as mappings."""
    return " | ".join(_parts(type_, is_sent=True))


def _parts(type_: Type, *, is_sent: bool) -> list[str]:
    inner = [_parts(each, is_sent=is_sent) for each in type_.inner]
    match type_.kind:
        case "enum":
            return [type_.class_name, f"{type_.class_name}Value" if is_sent else "str"]
        case "model":
            return [type_.class_name, *([f"{type_.class_name}Dict"] if is_sent else [])]
        case "list":
            return [f"{'Sequence' if is_sent else 'list'}[{' | '.join(inner[0])}]"]
        case "map":
            return [f"{'Mapping' if is_sent else 'dict'}[str, {' | '.join(inner[0])}]"]
        case "union":
            parts = dict.fromkeys(part for each in inner for part in each)
            return ["Any"] if "Any" in parts else sorted(parts, key=lambda part: part == "None")
        case kind:
            return [_SPELLED.get(kind, kind), *(["str"] if is_sent and kind in ("datetime", "date") else [])]


def decode(type_: Type, value: str, depth: int = 0, *, models: str = "") -> str:
    """The expression that reads a value of this type from `value`; unreadable values stay as received.

    `models` stands before the name of each class.
    """
    match type_.kind:
        case "datetime":
            return f"date_time({value})"
        case "date":
            return f"date({value})"
        case "enum":
            return f"enum_of({models}{type_.class_name}, {value})"
        case "model":
            return f"model_of({models}{type_.class_name}, {value})"
        case "list" | "map" as kind:
            item = f"item{depth or ''}"
            inner = decode(type_.inner[0], item, depth + 1, models=models)
            return value if inner == item else f"{kind}_of(lambda {item}: {inner}, {value})"
        case "union":
            return _decode_union(type_, value, depth, models)
        case _:
            return value


def _decode_union(type_: Type, value: str, depth: int, models: str) -> str:
    """Read a value as one member after the other: what one can read, the next ones leave as it is."""
    if type_.cases and type_.tag:
        cases = ", ".join(f"{key!r}: {models}{name}" for key, name in type_.cases)
        value = f"tagged({type_.tag!r}, {{{cases}}}, {value})"
    elif type_.cases:
        cases = ", ".join(f"({models}{name}, {key!r})" for key, name in type_.cases)
        value = f"fitting([{cases}], {value})"
    untold = [*untold_apart(type_), *(each for each in type_.inner if type_.cases and each.kind == "model")]
    # A date without a time is also a time to Python.
    members = sorted(type_.inner, key=lambda each: (each.kind == "date") + 2 * (each.kind == "datetime"))
    for member in members:
        value = value if member in untold else decode(member, value, depth, models=models)
    return value


def untold_apart(type_: Type) -> list[Type]:
    """The members of a union, all of them objects, between which nothing decides."""
    objects = [each for each in type_.inner if each.kind in ("model", "map") and decode(each, "value") != "value"]
    return [] if type_.cases or len(objects) < 2 else objects


def told_apart(type_: Type) -> Type:
    """The type as it is received: objects that nothing tells apart are mappings."""
    untold = untold_apart(type_) if type_.kind == "union" else []
    kept = [Type("map", inner=(ANY,)) if each in untold else told_apart(each) for each in type_.inner]
    return attrs.evolve(type_, inner=tuple(dict.fromkeys(kept)))
