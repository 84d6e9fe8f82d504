"""A generated method → its command's parameters. Annotations are read as text, which imports no model."""

from __future__ import annotations

import importlib
import inspect
import re
from collections.abc import Callable, Mapping
from typing import Any, Literal, NamedTuple

Kind = Literal["text", "integer", "number", "flag", "choice", "json"]

# Parameters of every generated method, besides its operation's own fields.
_OF_EVERY_METHOD = frozenset({"timeout", "extra_query", "extra_headers", "extra_body"})
_PLAIN: Mapping[str, Kind] = {"int": "integer", "float": "number", "bool": "flag"}
_TEXTS = frozenset({"str", "datetime.datetime", "datetime.date"})


class Field(NamedTuple):
    """One argument of a method. `enum` names the class in `models` with its values."""

    name: str
    kind: Kind
    is_required: bool
    is_nullable: bool
    about: str
    enum: str | None = None

    @property
    def wire(self) -> str:
        """Its name in a body. A trailing underscore only avoids a clash with other arguments."""
        return self.name.rstrip("_")

    @property
    def flag(self) -> str:
        """Its name on the command line."""
        return self.wire.replace("_", "-")


class Signature(NamedTuple):
    """A command's parameters: `path` by position, `fields` as options."""

    summary: str
    description: str
    path: tuple[Field, ...]
    fields: tuple[Field, ...]


def signature(operation: str) -> Signature:
    """The signature of an operation's method."""
    group, _, method = operation.partition(".")
    return signature_of(getattr(resource_class(group), method))


def resource_class(group: str) -> Callable[..., Any]:
    """The generated class of a group."""
    module = importlib.import_module(f"lowcodeapi_baseten_api.resources.{group}")
    # The generator's spelling of a class: api_keys -> ApiKeys.
    found: Callable[..., Any] = getattr(module, "".join(part.capitalize() for part in group.split("_")))
    return found


def signature_of(method: Callable[..., Any]) -> Signature:
    """The signature of a method of a generated resource."""
    summary, description, arguments = _parsed(inspect.getdoc(method) or "")
    path, fields = [], []
    for name, parameter in inspect.signature(method).parameters.items():
        if name == "self" or name in _OF_EVERY_METHOD:
            continue
        field = _field(name, str(parameter.annotation), arguments.get(name, ""))
        if parameter.kind is parameter.KEYWORD_ONLY:
            fields.append(field._replace(is_required=parameter.default is parameter.empty))
        else:
            path.append(field)
    return Signature(summary, description, tuple(path), tuple(fields))


def members_of(enum_name: str) -> dict[str, Any]:
    """The values of a generated enum, by their spelling."""
    enum_class = getattr(importlib.import_module("lowcodeapi_baseten_api.models"), enum_name)
    return {str(member.value): member.value for member in enum_class}


def _field(name: str, annotation: str, about: str) -> Field:
    # Ignore the part in brackets: a list of anything is written as JSON.
    parts = set(re.sub(r"\[.*\]", "[]", annotation).split(" | "))
    is_nullable = "None" in parts
    parts -= {"Unset", "None"}
    enum = next((part for part in parts if f"{part}Value" in parts), None)
    kind: Kind
    if enum is not None:
        kind = "choice"
    elif parts <= _TEXTS:
        kind = "text"
    else:
        kind = _PLAIN.get(next(iter(parts)), "json") if len(parts) == 1 else "json"
    return Field(name, kind, True, is_nullable, about, enum)


def _parsed(docstring: str) -> tuple[str, str, dict[str, str]]:
    """Return the summary, the description, and the text for each argument."""
    text, _, rest = docstring.partition("\n\nReturns:\n")[0].partition("\nArgs:\n")
    summary, _, description = text.strip().partition("\n\n")
    arguments: dict[str, str] = {}
    name = None
    for line in rest.splitlines():
        if match := re.fullmatch(r" {4}(\w+): (.*)", line):
            name = match[1]
            arguments[name] = match[2]
        elif name and line.startswith(" " * 8):
            arguments[name] += f" {line.strip()}"
        else:
            name = None
    return summary, description.strip(), arguments
