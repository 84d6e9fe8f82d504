"""The parser's properties → types, fields, classes and enums of the package."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import attrs
from openapi_python_client.parser.properties import EnumProperty, ModelProperty
from openapi_python_client.parser.properties.list_property import ListProperty
from openapi_python_client.parser.properties.protocol import PropertyProtocol
from openapi_python_client.parser.properties.union import UnionProperty
from openapi_python_client.schema import UntrustedString
from openapi_python_client.strings import PythonIdentifier

from ..document.reading import clipped
from . import names
from .feed import Read
from .member_names import members
from .names import TAKEN_ATTRIBUTES, Structure, identifier
from .spelling import answer, untold_apart
from .tree import ANY, Enum, Field, Kind, Model, Type
from .unions import Unions


class Classes:
    """Every structure that the parser read, under its name in the package.

    `has_open_enums`: an enum may have other values than the documented ones.
    """

    def __init__(self, read: Read, resource_classes: Iterable[str], *, has_open_enums: bool) -> None:
        self._read = read
        self._has_open_enums = has_open_enums
        self._names = names.structure_classes(map(self._structure, _named(read)), resource_classes)
        # Annotations after an argument or field of such a name would refer to that instead of the class.
        self._classes = {form for name, _ in self._names.values() for form in names.forms(name)}
        self._models = {self._name(model): model for model in read.data.models}
        self._inside: set[str] = set()
        self._unions = Unions(read, self._models)
        self.lines: dict[str, None] = {}
        self.enums: dict[str, Enum] = {}

    def _structure(self, prop: Any) -> Structure:
        parsed = str(prop.class_info.name)
        name, meanings = self._read.numbers.read(parsed)
        # The parser derives a module's name from the class in this way.
        module = PythonIdentifier(name, "field_") if name != parsed else prop.class_info.module_name
        return Structure(parsed, name, str(module), meanings)

    # --- types

    def type_of(self, prop: PropertyProtocol) -> Type:
        """The type of a property. Enums found on the way are added to `enums`."""
        match prop:
            case ModelProperty() | EnumProperty() if prop.class_info.name not in self._names:
                return ANY  # a class that the parser withdrew, with a message
            case ModelProperty():
                return self._model_type(prop)
            case EnumProperty():
                return self._enum_type(prop)
            case ListProperty():
                return Type("list", inner=(self.type_of(prop.inner_property),))
            case UnionProperty():
                return self._union(map(self.type_of, prop.inner_properties))
            case _:
                return Type(_SIMPLE.get(type(prop).__name__, "any"))

    def _union(self, types: Iterable[Type]) -> Type:
        """A union of several types: of several lists one list of a union, the same for mappings."""
        flat = dict.fromkeys(each for type_ in types for each in (type_.inner if type_.kind == "union" else (type_,)))
        for kind in ("list", "map"):
            several = [each for each in flat if each.kind == kind]
            if len(several) > 1:
                inner = self._union(each.inner[0] for each in several)
                flat = dict.fromkeys(
                    [*(each for each in flat if each.kind != kind), Type(several[0].kind, inner=(inner,))]
                )
        if len(flat) == 1:
            return next(iter(flat))
        names = tuple(each.class_name for each in flat if each.kind == "model")
        tag, cases = self._unions.cases(names) if len(names) > 1 else ("", ())
        type_ = Type("union", inner=tuple(flat), tag=tag, cases=cases)
        members = clipped(" or ".join(answer(each) for each in flat))
        if ANY in flat and any(each.class_name for each in type_.walk()):
            self.lines[f"{members}: any value is taken"] = None
        elif untold_apart(type_):
            self.lines[f"{members}: nothing tells these apart; an answer stays as it is received"] = None
        return type_

    def _model_type(self, prop: ModelProperty) -> Type:
        """A class; or a mapping if the schema has no fields of its own."""
        name = self._name(prop)
        model = self._models.get(name, prop)
        if model.required_properties or model.optional_properties:
            return Type("model", name)
        additional = model.additional_properties
        if additional is None or name in self._inside:
            # A mapping of itself would never end; its values may be anything.
            return Type("map", inner=(ANY,))
        self._inside.add(name)
        inner = self.type_of(additional)
        self._inside.remove(name)
        return Type("map", inner=(inner,))

    def _enum_type(self, prop: EnumProperty) -> Type:
        enum = self._enum(prop)
        type_ = Type("enum", enum.name)
        is_text = all(isinstance(value, str) for _, value in enum.members)
        return Type("union", inner=(type_, Type("str" if is_text else "int"))) if self._has_open_enums else type_

    def _enum(self, prop: EnumProperty) -> Enum:
        name, module = self._names[prop.class_info.name]
        if name not in self.enums:
            named = members(self._read.enum_value(token) for token in prop.values.values())
            self.enums[name] = Enum(name, module, _text(prop.description), tuple(named.items()))
        return self.enums[name]

    def _name(self, prop: ModelProperty) -> str:
        return self._names[prop.class_info.name][0]

    # --- fields

    def fields(self, prop: ModelProperty) -> tuple[Field, ...]:
        """The fields of an object, in the document's order, before names are made unique."""
        model = self._models.get(self._name(prop), prop)
        nodes = {name.get_untrusted_value(): node for name, node in (model.data.properties or {}).items()}
        return tuple(
            self._field(each, nodes.get(each.name.get_untrusted_value())) for each in self._read.fields(model).values()
        )

    def arguments(self, properties: Iterable[PropertyProtocol]) -> tuple[Field, ...]:
        """The fields for parameters in this order, before names are made unique."""
        return fields_as("str", map(self._field, properties))

    def told_apart(self, fields: Iterable[Field], taken: Iterable[str]) -> tuple[Field, ...]:
        """Give each field a unique name, different from those taken and those of classes."""
        listed = list(fields)
        named = names.told_apart((field.wire for field in listed), self._classes.union(taken))
        return tuple(attrs.evolve(field, name=name) for field, name in zip(listed, named, strict=True))

    def _field(self, prop: PropertyProtocol, node: Any = None) -> Field:
        type_ = self.type_of(prop)
        wire = self._read.wire(prop.name.get_untrusted_value())
        is_text = all(inner.kind in {"str", "none", "union"} for inner in type_.walk())
        return Field(
            wire=wire,
            name=identifier(wire),
            type=type_,
            required=prop.required,
            # The parser gives an enum or model its class's description; prefer the property's own.
            description=_text(getattr(node, "description", None)) or _text(prop.description),
            secret=_text(getattr(node, "schema_format", None)) == "password" and is_text,
        )

    # --- classes

    def model(self, type_: Type) -> ModelProperty | None:
        """The parser's model for a class."""
        return self._models.get(type_.class_name) if type_.kind == "model" else None

    def models(self, arguments: Iterable[Type], answers: Iterable[Type]) -> list[Model]:
        """Every class that an argument or an answer needs, directly or through others."""
        sent = self._reachable(arguments)
        return [self._model(name, is_argument=name in sent) for name in sorted(sent | self._reachable(answers))]

    def _reachable(self, roots: Iterable[Type]) -> set[str]:
        found: set[str] = set()
        queue = list(roots)
        while queue:
            for type_ in queue.pop().walk():
                if type_.kind == "model" and type_.class_name not in found:
                    found.add(type_.class_name)
                    queue += [field.type for field in self.fields(self._models[type_.class_name])]
        return found

    def _model(self, name: str, *, is_argument: bool) -> Model:
        prop = self._models[name]
        module = self._names[prop.class_info.name][1]
        fields = self.told_apart(fields_as("str", self.fields(prop)), TAKEN_ATTRIBUTES)
        return Model(name, module, _text(prop.description), fields, is_argument)


_SIMPLE: dict[str, Kind] = {
    "StringProperty": "str",
    "UuidProperty": "str",
    "IntProperty": "int",
    "FloatProperty": "float",
    "BooleanProperty": "bool",
    "DateTimeProperty": "datetime",
    "DateProperty": "date",
    "FileProperty": "bytes",
    "NoneProperty": "none",
}


def _named(read: Read) -> list[Any]:
    return [*read.data.models, *read.data.enums]


def _text(text: UntrustedString | str | None) -> str:
    # What stands beside a reference the parser leaves as it came.
    return text if isinstance(text, str) else text.get_untrusted_value() if text else ""


def bytes_as(kind: Kind, type_: Type) -> Type:
    """The type with "str" for bytes, as in JSON, queries and forms, or with "file", as in an upload."""
    inner = tuple(bytes_as(kind, each) for each in type_.inner)
    return attrs.evolve(type_, kind=kind if type_.kind == "bytes" else type_.kind, inner=inner)


def fields_as(kind: Kind, fields: Iterable[Field]) -> tuple[Field, ...]:
    """`bytes_as` for the types of fields."""
    return tuple(attrs.evolve(field, type=bytes_as(kind, field.type)) for field in fields)
