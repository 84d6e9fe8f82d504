"""Template filters: annotations, literals, docstrings. A document's text becomes code only through these."""

from __future__ import annotations

import functools
import re
import textwrap
import unicodedata
from collections.abc import Callable, Iterable
from typing import Any

import attrs

from ..document.reading import visible
from ..package import spelling
from ..package.tree import Field, Operation, Route, Type

WIDTH = 118


# Many operations share an argument, each in four methods, with the same text.
@functools.lru_cache(maxsize=4096)
def docstring(text: str, indent: int = 0, *, first: int = 0) -> str:
    """A document's text, made safe for a docstring: no quotes that end it, no escapes, nothing invisible.

    `indent` is that of the lines after the first, `first` the characters before the text on its first line.
    """
    shown = text if text.isprintable() else _printable(text)
    shown = " ".join(shown.split()).replace("\\", "\\\\").replace('"""', "'''")
    lines = textwrap.wrap(
        shown,
        width=WIDTH - indent,
        initial_indent=" " * max(first - indent, 0),
        break_long_words=False,
        break_on_hyphens=False,
    )
    wrapped = ("\n" + " " * indent).join(lines).lstrip()
    # A quote at the end would join those that end the docstring.
    return f'{wrapped[:-1]}\\"' if wrapped.endswith('"') else wrapped


def _printable(text: str) -> str:
    """The text with any white space as blanks, and without invisible characters."""
    spaced = "".join(" " if char.isspace() else char for char in text)
    return "".join(char for char in spaced if unicodedata.category(char) not in {"Cc", "Cf", "Cs", "Co", "Cn"})


def _attribute(field: Field, is_argument: bool) -> str:
    """The annotation and default of a model's attribute."""
    annotation = spelling.argument(field.type) if is_argument else spelling.answer(field.type)
    settings = []
    if not field.required and is_argument:
        annotation = _or_unset(annotation)
        settings.append(("default", "UNSET"))
    elif not field.required:
        annotation = annotation if annotation == "Any" or annotation.endswith("None") else f"{annotation} | None"
        settings.append(("default", "None"))
    if field.secret:
        settings.append(("repr", "masked"))
    if field.name != field.wire:
        settings.append(("metadata", f"{{'wire': {field.wire!r}}}"))
    if not settings:
        return annotation
    if [key for key, _ in settings] == ["default"]:
        return f"{annotation} = {settings[0][1]}"
    return f"{annotation} = attrs.field({', '.join(f'{key}={value}' for key, value in settings)})"


def _parameter(field: Field) -> str:
    """The annotation and default of a method's argument."""
    annotation = spelling.argument(field.type)
    if field.required:
        return annotation
    return f"{_or_unset(annotation)} = UNSET"


def _or_unset(annotation: str) -> str:
    if annotation == "Any":
        return annotation
    bare = annotation.removesuffix(" | None")
    return f"{bare} | Unset" if bare == annotation else f"{bare} | Unset | None"


def _entry(field: Field) -> str:
    """The annotation of a key of a TypedDict."""
    annotation = spelling.argument(field.type)
    return f"Required[{annotation}]" if field.required else annotation


def _keywords(operation: Operation) -> list[Field]:
    """The keyword arguments of a method: required ones first, then in the document's order."""
    aliased = {name for _, name in operation.aliases}
    fields = []
    for field in sorted((*operation.query, *operation.body), key=lambda field: not field.required):
        # A field with another name, or beside an argument for the whole body, is not required on its own.
        optional = field.wire in aliased or (operation.any_body and field in operation.body)
        fields.append(Field(field.wire, field.name, field.type, field.required and not optional, field.description))
        for alias, name in operation.aliases:
            if name == field.wire:
                fields.append(Field(alias, alias, field.type, False, f"Another name of `{field.name}`."))
    fields += [operation.whole_body] if operation.whole_body else []
    if operation.any_body:
        names = " and ".join(f"`{field.name}`" for field in operation.body)
        fields.append(Field("body", "body", Type("any"), False, f"The whole body, in place of {names}: any JSON."))
    return sorted(fields, key=lambda field: not field.required)


def _body(operation: Operation) -> str:
    """The expression for a method's body."""
    if operation.whole_body:
        return operation.whole_body.name
    aliases = {name: alias for alias, name in operation.aliases}
    entries = []
    for field in operation.body:
        value = field.name
        if alias := aliases.get(field.wire):
            value = f'renamed("{operation.name}", "{field.name}", {field.name}, "{alias}", {alias})'
        entries.append(f"{field.wire!r}: {value}")
    fields = "{" + ", ".join(entries) + "}"
    return f'either("{operation.name}", {fields}, body)' if operation.any_body else fields


def _path_value(field: Field) -> str:
    """The expression for a path parameter."""
    is_number = any(inner.kind == "int" for inner in field.type.walk())
    return f"digits({field.name})" if is_number else field.name


def _returns(operation: Operation) -> str:
    if operation.result is None:
        return "None"
    annotation = spelling.answer(operation.result)
    annotation = f"list[{annotation}]" if operation.list_key else annotation
    # A method of such a name would hide the type.
    return re.sub(r"\b(list|dict)\[", r"builtins.\1[", annotation)


def _answered(operation: Operation) -> str:
    """The result of a method, in words."""
    if operation.result is None:
        return "Nothing."
    if operation.list_key:
        return f"The answer, as a list of `{spelling.answer(operation.result)}`."
    returned = spelling.answer(operation.result)
    return "The decoded answer: JSON, text or bytes." if returned == "Any" else f"The answer, as `{returned}`."


def _repeated(operation: Operation) -> str:
    """The faults after which a call is sent again, in words."""
    if operation.safety == "unsafe":
        return "Sent again only if it is certain that nothing was done."
    return "Sent again after a lost connection, a timeout, 408, 429 or 5xx."


def _example(operation: Operation) -> str:
    """A call with the arguments that it needs."""
    arguments = [f'"{field.name}"' for field in operation.path if field.required]
    needed = [field.name for field in _keywords(operation) if field.required]
    if operation.any_body and operation.body:
        needed = [operation.body[0].name]
    return f"client.{operation.group}.{operation.name}({', '.join((*arguments, *(f'{name}=…' for name in needed)))})"


def _row(operation: Operation) -> str:
    """A row of `operations.py`."""
    result = operation.result
    name = None if result is None else spelling.answer(result)
    row = f"Operation({operation.id!r}, {operation.group!r}, {operation.safety!r}, {name!r}"
    if operation.list_key:
        row += f", list_key={operation.list_key!r}"
    if operation.timeout:
        row += f", timeout={float(operation.timeout)}"
    if operation.path_characters:
        row += f", path_characters={operation.path_characters!r}"
    if operation.secrets:
        row += f", secrets={operation.secrets!r}"
    for mark in ("is_destructive", "is_removal", "is_asynchronous"):
        row += f", {mark}=True" if getattr(operation, mark) else ""
    whole = [attrs.evolve(operation.whole_body, wire="")] if operation.whole_body else []
    if structures := _structures((*operation.query, *operation.body, *whole)):
        row += f", structures={structures!r}"
    return row + ")"


def _structures(fields: Iterable[Field]) -> tuple[tuple[str, str], ...]:
    """The class of each field that holds an object, or a list of them, by its name on the wire."""
    classes: dict[str, set[str]] = {}
    for field in fields:
        classes.setdefault(field.wire, set()).add(_structure(field.type))
    # A name may be both in the query and in the body.
    return tuple((wire, found.pop()) for wire, found in classes.items() if len(found) == 1 and found != {""})


def _structure(type_: Type) -> str:
    """The class of an object, alone or in a list; empty for anything else, and where it may be something else."""
    match type_.kind:
        case "model":
            return type_.class_name
        case "list":
            return _structure(type_.inner[0])
        case "union":
            # What is neither an object nor a list can't be taken for one.
            kinds = [inner for inner in type_.inner if inner.kind in {"model", "list", "map", "any", "union"}]
            return _structure(kinds[0]) if len(kinds) == 1 else ""
        case _:
            return ""


def _markdown_signature(operation: Operation) -> str:
    arguments = [field.name if field.required else f"{field.name}=…" for field in operation.path]
    keywords = [field.name if field.required else f"{field.name}=…" for field in _keywords(operation)]
    listed = ", ".join([*arguments, *(["*", *keywords] if keywords else [])])
    return f"{operation.group}.{operation.name}({listed}) -> {_returns(operation).replace('builtins.', '')}"


def _markdown_route(operation: Operation, name: str) -> str:
    route: Route | None = operation.new if name == "new" else operation.old
    if route is None:
        return "none"
    query = "&".join(f"{parameter}={{{parameter}}}" for parameter in route.query)
    shown = f"{route.method} {route.path}{'?' if query else ''}{query}".replace("`", "'")
    # Only its own end breaks a code span; invisible characters are shown escaped.
    return f"`{visible(' '.join(shown.split()))}`"


_NAMED: tuple[Callable[..., Any], ...] = (
    *(_answered, _attribute, _body, docstring, _entry, _example, _keywords, _markdown_route, _markdown_signature),
    *(_parameter, _path_value, _repeated, _returns, _row, _structures, spelling.decode),
)
FILTERS: dict[str, Callable[..., Any]] = {
    "literal": repr,
    **{function.__name__.removeprefix("_"): function for function in _NAMED},
}
