"""Tell the classes of a union apart: by a discriminator, else by fields of constants, else by required fields."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from openapi_python_client.parser.properties import EnumProperty, ModelProperty
from openapi_python_client.parser.properties.union import UnionProperty

from ..document.shape import SCHEMAS, Json, component_of, objects
from .feed import Read

Cases = tuple[tuple[str | int | tuple[str, ...], str], ...]


class Unions:
    """Finds the cases of unions. `models` are the parser's by the names of their classes."""

    def __init__(self, read: Read, models: Mapping[str, ModelProperty]) -> None:
        self._read, self._models = read, models
        self._known: dict[tuple[str, ...], tuple[str, Cases]] = {}
        nodes = [read.schemas, *(operation.node for operation in read.operations)]
        self._tags = dict(_discriminators(nodes, read.schemas))
        self._fields: dict[str, dict[str, Any]] = {}

    def cases(self, names: tuple[str, ...]) -> tuple[str, Cases]:
        """The field that tells these classes apart, and its values; or no field, and each class's required ones.

        No cases if nothing does.
        """
        if names not in self._known:
            self._known[names] = self._by_tag(names) or ("", self._by_required(names))
        return self._known[names]

    def _by_tag(self, names: tuple[str, ...]) -> tuple[str, Cases] | None:
        components = [str(self._models[name].name.get_untrusted_value()).rpartition("/")[2] for name in names]
        stated, mapping = self._tags.get(frozenset(components), ("", {}))
        for tag in filter(None, [stated, *self._of(names[0])]):
            cases: list[tuple[str | int, str]] = []
            for name, component in zip(names, components, strict=True):
                values: list[str | int] = [
                    value for value, target in mapping.items() if tag == stated and target == component
                ]
                values = list(dict.fromkeys([*values, *self._values(name, tag)]))
                cases += [(value, name) for value in values or ([component] if tag == stated else [])]
            if {name for _, name in cases} == set(names) and len(dict(cases)) == len(cases):
                return tag, tuple(cases)
        return None

    def _by_required(self, names: tuple[str, ...]) -> Cases:
        """Each class after those whose required fields it has not: a value with all of them is the first such class."""
        left, cases = list(names), list[tuple[tuple[str, ...], str]]()
        required = {name: [wire for wire, prop in self._of(name).items() if prop.required] for name in names}
        while left:
            first = next((name for name in left if self._is_told(name, required, left)), None)
            if first is None:
                return ()
            cases.append((tuple(required[first]), first))
            left.remove(first)
        return tuple(cases)

    def _is_told(self, name: str, required: dict[str, list[str]], others: list[str]) -> bool:
        return bool(required[name]) and all(
            set(required[name]) - self._of(other).keys() for other in others if other != name
        )

    def _of(self, name: str) -> dict[str, Any]:
        """The parser's properties of a class, by their names on the wire."""
        if name not in self._fields:
            self._fields[name] = self._read.fields(self._models[name])
        return self._fields[name]

    def _values(self, name: str, tag: str) -> Iterator[str | int]:
        """The values that a field of a class may have, if these are known."""
        prop = self._of(name).get(tag)
        if isinstance(prop, UnionProperty):
            prop = next((each for each in prop.inner_properties if isinstance(each, EnumProperty)), None)
        if isinstance(prop, EnumProperty):
            yield from map(self._read.enum_value, prop.values.values())


def _discriminators(nodes: list[Json], schemas: Json) -> Iterator[tuple[frozenset[str], tuple[str, dict[str, str]]]]:
    """The field and the values of each discriminator, by the components that it tells apart."""
    for node in objects(nodes):
        stated = node.get("discriminator")
        if isinstance(stated, dict) and isinstance(stated.get("propertyName"), str):
            members = [each for key in ("anyOf", "oneOf") for each in node.get(key, ())]
            names = frozenset(_leaves(members, schemas))
            mapping = {value: str(target).removeprefix(SCHEMAS) for value, target in stated.get("mapping", {}).items()}
            yield names, (stated["propertyName"], mapping)


def _leaves(members: list[Json], schemas: Json) -> Iterator[str]:
    """The names of the components that references lead to, through unions; each is visited once."""
    queue, met = list(members), set[str]()
    while queue:
        name = component_of(queue.pop())
        if name in met or name not in schemas:
            continue
        met.add(name)
        inner = [each for key in ("anyOf", "oneOf") for each in schemas[name].get(key, ())]
        queue += inner
        if not inner:
            yield name
