"""A type → Python code: annotations of answers and of arguments, and the expression that decodes."""

from __future__ import annotations

from .tree import Type

_PLAIN = {
    "any": "Any",
    "str": "str",
    "int": "int",
    "float": "float",
    "bool": "bool",
    "bytes": "bytes",
    "file": "File",
    "none": "None",
    "datetime": "datetime.datetime",
    "date": "datetime.date",
}


def answer(type_: Type) -> str:
    """The annotation of a received value. An enum may be a string that this version doesn't know."""
    return " | ".join(_parts(type_, is_sent=False))


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
            return [_PLAIN[kind], *(["str"] if is_sent and kind in ("datetime", "date") else [])]


def decode(type_: Type, value: str, depth: int = 0) -> str:
    """The expression that reads a value of this type from `value`; unreadable values stay as received."""
    match type_.kind:
        case "datetime":
            return f"date_time({value})"
        case "date":
            return f"date({value})"
        case "enum":
            return f"enum_of({type_.class_name}, {value})"
        case "model":
            return f"model_of({type_.class_name}, {value})"
        case "list" | "map" as kind:
            item = f"item{depth or ''}"
            inner = decode(type_.inner[0], item, depth + 1)
            return value if inner == item else f"{kind}_of(lambda {item}: {inner}, {value})"
        case "union":
            # Several structures can't be told apart safely: then the value stays as received.
            structured = [read for read in (decode(inner, value, depth) for inner in type_.inner) if read != value]
            return structured[0] if len(structured) == 1 else value
        case _:
            return value


def readable(type_: Type) -> Type:
    """The type that can be read: a union of several structures is any JSON (see `decode`)."""
    if type_.kind == "union" and sum(decode(inner, "value") != "value" for inner in type_.inner) > 1:
        return Type("any")
    return Type(type_.kind, type_.class_name, tuple(readable(inner) for inner in type_.inner))
