"""The package to render, as plain data: its groups, operations, models and enums."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

import attrs

Scalar = Literal["any", "str", "int", "float", "bool", "bytes", "file", "none", "datetime", "date"]
Kind = Scalar | Literal["enum", "model", "list", "map", "union"]
Media = Literal["json", "form", "multipart"]
Safety = Literal["safe", "idempotent", "unsafe"]


@attrs.frozen
class Type:
    """The type of a value: `kind`, the class it names (enum and model), the types inside (list, map and union).

    `cases` tell the classes of a union apart, in this order: by a value of the field `tag`, else by required fields.
    """

    kind: Kind
    class_name: str = ""
    inner: tuple[Type, ...] = ()
    tag: str = ""
    cases: tuple[tuple[str | int | tuple[str, ...], str], ...] = ()

    def walk(self) -> Iterator[Type]:
        """This type and every type inside it."""
        yield self
        for inner in self.inner:
            yield from inner.walk()

    @property
    def structures(self) -> dict[str, str]:
        """The classes in it by name, each with the name of its other form: a model's mapping, an enum's values."""
        return {
            each.class_name: f"{each.class_name}{'Dict' if each.kind == 'model' else 'Value'}"
            for each in self.walk()
            if each.class_name
        }


ANY = Type("any")


@attrs.frozen
class Field:
    """A field of a model, or an argument of a method: its name on the wire and its name in Python."""

    wire: str
    name: str
    type: Type
    required: bool
    description: str
    secret: bool = False


@attrs.frozen
class Enum:
    """An enum class: its members as (name, value)."""

    name: str
    module: str
    description: str
    members: tuple[tuple[str, str | int], ...]


@attrs.frozen
class Model:
    """An attrs class. `is_argument`: it is passed to methods, so that a field may be left out."""

    name: str
    module: str
    description: str
    fields: tuple[Field, ...]
    is_argument: bool = False


@attrs.frozen
class Route:
    """An operation's route in one format; `query` names the path parameters sent in the query."""

    method: str
    path: str
    query: tuple[str, ...] = ()


@attrs.frozen
class Operation:
    """An operation of the provider. `result` is None if the answer is empty; `list_key` makes it a list.

    `whole_body` is the argument for a body that is not an object of known fields. Its path parameters may contain
    `path_characters` besides those of IDs.
    """

    id: str
    group: str
    name: str
    summary: str
    description: str
    safety: Safety
    timeout: int | None
    path: tuple[Field, ...]
    query: tuple[Field, ...]
    body: tuple[Field, ...]
    any_body: bool
    aliases: tuple[tuple[str, str], ...]
    result: Type | None
    list_key: str | None
    secrets: tuple[str, ...]
    new: Route | None
    old: Route | None
    whole_body: Field | None = None
    media: Media = "json"
    path_characters: str = ""
    is_destructive: bool = False
    is_removal: bool = False
    is_asynchronous: bool = False

    @property
    def arguments(self) -> tuple[Field, ...]:
        """Every argument of the method that comes from the documents."""
        return (*self.path, *self.query, *self.body, *([self.whole_body] if self.whole_body else []))


@attrs.frozen
class Package:
    """The whole package, sorted: the same documents give the same package."""

    provider: str
    name: str
    title: str
    base_url: str
    operations: tuple[Operation, ...]
    models: tuple[Model, ...]
    enums: tuple[Enum, ...]

    @property
    def groups(self) -> dict[str, list[Operation]]:
        """The operations by group, both in the order of `operations`."""
        groups: dict[str, list[Operation]] = {}
        for operation in self.operations:
            groups.setdefault(operation.group, []).append(operation)
        return groups
