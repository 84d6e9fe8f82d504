"""The paired, overlaid document → a `tree.Package`, through openapi-python-client's parser.

The parser wraps every string of the document so that it can't reach code unnoticed. Here names become identifiers
(`names`), texts stay texts, and the templates escape them.
"""

from __future__ import annotations

import contextlib
import io
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import attrs
from openapi_python_client.config import Config, ConfigFile, MetaType
from openapi_python_client.parser import GeneratorData
from openapi_python_client.parser.bodies import Body
from openapi_python_client.parser.errors import GeneratorError
from openapi_python_client.parser.openapi import Endpoint
from openapi_python_client.parser.properties import EnumProperty, ModelProperty
from openapi_python_client.parser.properties.list_property import ListProperty
from openapi_python_client.parser.properties.protocol import PropertyProtocol
from openapi_python_client.parser.properties.union import UnionProperty
from openapi_python_client.parser.responses import HTTPStatusPattern, Response
from openapi_python_client.schema import UntrustedString

from .documents import DocumentError
from .names import TAKEN_ARGUMENTS, TAKEN_ATTRIBUTES, identifier, snake_case, unique
from .repair import Json
from .spelling import readable
from .tree import ANY, Enum, Field, Kind, Model, Operation, Package, Route, Safety, Type

SAFETY: tuple[Safety, ...] = ("safe", "idempotent", "unsafe")


@attrs.frozen
class Parsed:
    """The package, and what the parser had to say, one line each."""

    package: Package
    warnings: tuple[str, ...]


def parse(document: Json, *, provider: str) -> Parsed:
    """Read the paired and overlaid document.

    Raises `DocumentError` where two operations would get one name, or where the parser can't read the document at all.
    """
    data = _read(document)
    classes = {str(model.class_info.name): model for model in data.models}
    reader = _Reader(document, classes)
    operations = [
        reader.operation(endpoint)
        for collection in data.endpoint_collections_by_tag.values()
        for endpoint in collection.endpoints
    ]
    operations.sort(key=lambda operation: (operation.group, operation.id))
    _refuse_equal_names(operations, document)
    errors = [*data.errors, *(error for c in data.endpoint_collections_by_tag.values() for error in c.parse_errors)]
    servers = document.get("servers") or [{"url": ""}]
    package = Package(
        provider=provider,
        name=f"lowcodeapi_{identifier(provider, fallback='provider')}_api",
        title=str(document["info"].get("description") or document["info"]["title"]),
        base_url=str(servers[0]["url"]),
        operations=tuple(operations),
        models=tuple(sorted(reader.models(operations), key=lambda model: model.module)),
        enums=tuple(sorted(reader.enums.values(), key=lambda enum: enum.module)),
    )
    return Parsed(package, tuple(_line(error) for error in errors))


def _read(document: Json) -> GeneratorData:
    config = Config.from_sources(ConfigFile(), MetaType.NONE, Path("document.json"), "utf-8", False, None)
    # The parser prints what pydantic says of a bad document; our caller prints one line instead.
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        data = GeneratorData.from_dict(document, config=config)
    if isinstance(data, GeneratorError):
        raise DocumentError(_line(data))
    return data


def _line(error: GeneratorError) -> str:
    return " ".join(f"{error.header} {error.detail or ''}".split())[:400]


class _Reader:
    """The parser's properties → types, remembering which classes are needed and whether as arguments."""

    def __init__(self, document: Json, classes: Mapping[str, ModelProperty]) -> None:
        self._document = document
        self._classes = classes
        self.enums: dict[str, Enum] = {}

    # --- operations

    def operation(self, endpoint: Endpoint) -> Operation:
        path = endpoint.path.get_untrusted_value()
        node: Json = self._document["paths"][path][endpoint.method]
        group, _, name = _operation_id(node, endpoint).partition(".")
        texts = {parameter["name"]: parameter.get("description", "") for parameter in node.get("parameters", ())}
        path_fields = self._arguments(endpoint.path_parameters, texts, set(TAKEN_ARGUMENTS))
        taken = TAKEN_ARGUMENTS | {field.name for field in path_fields}
        query = self._arguments(endpoint.query_parameters, texts, set(taken))
        taken |= {field.name for field in query}
        body = self._body(endpoint.bodies, set(taken))
        result, list_key, secrets = self._result(node, endpoint)
        return Operation(
            id=f"{group}.{name}",
            group=group,
            name=name,
            summary=endpoint.summary.get_untrusted_value() if endpoint.summary else "",
            description=str(node.get("description") or ""),
            safety=_safety(node, endpoint.method, path),
            timeout=node.get("x-timeout"),
            path=path_fields,
            query=query,
            body=body,
            any_body=bool(node.get("x-any-body")),
            aliases=tuple(sorted((node.get("x-alias") or {}).items())),
            result=result,
            list_key=list_key,
            secrets=tuple(sorted({*secrets, *(field.wire for field in body if field.secret)})),
            new=_route(node["x-routes"].get("new")),
            old=_route(node["x-routes"].get("old")),
        )

    def _arguments(self, properties: list[Any], texts: dict[str, str], taken: set[str]) -> tuple[Field, ...]:
        fields = []
        for prop in properties:
            field = self._field(prop, {}, taken)
            taken.add(field.name)
            # The parser drops what a document says of a parameter.
            fields.append(attrs.evolve(field, description=str(texts.get(field.wire) or field.description)))
        return tuple(fields)

    def _body(self, bodies: list[Body], taken: set[str]) -> tuple[Field, ...]:
        for body in bodies:
            if isinstance(body.prop, ModelProperty):
                return self._fields(body.prop, taken)
        return ()

    def _fields(self, prop: ModelProperty, taken: set[str]) -> tuple[Field, ...]:
        """The fields of an object, in the document's order."""
        model = self._classes[prop.class_info.name]
        raw = model.data.properties or {}
        order = {name.get_untrusted_value(): index for index, name in enumerate(raw)}
        nodes = {name.get_untrusted_value(): node for name, node in raw.items()}
        properties = [*(model.required_properties or []), *(model.optional_properties or [])]
        properties.sort(key=lambda prop: order.get(prop.name.get_untrusted_value(), len(order)))
        fields = []
        for inner in properties:
            field = self._field(inner, nodes, taken)
            taken.add(field.name)
            fields.append(field)
        return tuple(fields)

    def _field(self, prop: PropertyProtocol, nodes: dict[str, Any], taken: set[str]) -> Field:
        wire = prop.name.get_untrusted_value()
        node = nodes.get(wire)
        # The parser gives an enum or model its class's description; the property's own, where it has one, says more.
        description = getattr(node, "description", None) or prop.description
        return Field(
            wire=wire,
            name=unique(identifier(wire, fallback="field"), taken),
            type=readable(self._type(prop)),
            required=prop.required,
            description=description.get_untrusted_value() if description else "",
            secret=_format(node) == "password",
        )

    def _result(self, node: Json, endpoint: Endpoint) -> tuple[Type | None, str | None, tuple[str, ...]]:
        """What the operation answers: its type, the key of its list, the names of its secret fields."""
        success = [pattern for pattern in endpoint.responses.patterns if _is_success(pattern.status_code)]
        if not success:
            return ANY, None, ()
        if not _has_content(success[0]):
            return None, None, ()
        type_ = readable(self._type(success[0].prop))
        model = self._classes.get(type_.class_name) if type_.kind == "model" else None
        if model is None:
            return (type_ if type_.kind == "model" else ANY), None, ()
        fields = {field.wire: field for field in self._fields(model, set())}
        secrets = tuple(name for name, field in fields.items() if field.secret)
        list_key = node.get("x-list")
        if list_key is None:
            return type_, None, secrets
        field = fields.get(list_key)
        if field is None or field.type.kind != "list" or field.type.inner[0].kind != "model":
            place = f"{endpoint.method.upper()} {endpoint.path.get_untrusted_value()}"
            raise DocumentError(f"{place}: x-list names no list of objects: {list_key}")
        return field.type.inner[0], list_key, secrets

    # --- types

    def _type(self, prop: PropertyProtocol) -> Type:
        match prop:
            case ModelProperty():
                return self._model_type(prop)
            case EnumProperty():
                self._note_enum(prop)
                return Type("enum", prop.class_info.name)
            case ListProperty():
                return Type("list", inner=(self._type(prop.inner_property),))
            case UnionProperty():
                return Type("union", inner=tuple(self._type(inner) for inner in prop.inner_properties))
            case _:
                return Type(_SIMPLE.get(type(prop).__name__, "any"))

    def _model_type(self, prop: ModelProperty) -> Type:
        """A class; or a mapping, where the schema has no fields of its own."""
        model = self._classes.get(prop.class_info.name, prop)
        if model.required_properties or model.optional_properties:
            return Type("model", model.class_info.name)
        additional = model.additional_properties
        return Type("map", inner=(self._type(additional) if additional is not None else ANY,))

    def _note_enum(self, prop: EnumProperty) -> None:
        info = prop.class_info
        if info.name not in self.enums:
            members = tuple((str(key), value) for key, value in prop.values.items())
            description = prop.description.get_untrusted_value() if prop.description else ""
            self.enums[info.name] = Enum(info.name, info.module_name, description, members)

    # --- classes

    def models(self, operations: list[Operation]) -> list[Model]:
        """Every class that an operation needs, and what these need in turn."""
        arguments = self._reachable(
            [field.type for operation in operations for field in (*operation.path, *operation.query, *operation.body)]
        )
        answers = self._reachable([operation.result for operation in operations if operation.result])
        return [self._model(name, is_argument=name in arguments) for name in sorted(arguments | answers)]

    def _reachable(self, roots: list[Type]) -> set[str]:
        found: set[str] = set()
        queue = list(roots)
        while queue:
            for type_ in queue.pop().walk():
                if type_.kind == "model" and type_.class_name not in found:
                    found.add(type_.class_name)
                    queue += [field.type for field in self._fields(self._classes[type_.class_name], set())]
        return found

    def _model(self, name: str, *, is_argument: bool) -> Model:
        prop = self._classes[name]
        fields = self._fields(prop, set(TAKEN_ATTRIBUTES))
        description = prop.description.get_untrusted_value() if prop.description else ""
        return Model(name, prop.class_info.module_name, description, fields, is_argument)


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


def _operation_id(node: Json, endpoint: Endpoint) -> str:
    """`group.method`: from the overlay's `operationId`, else from the tag and the summary."""
    stated = node.get("operationId")
    if isinstance(stated, str) and stated.count(".") == 1 and all(part.isidentifier() for part in stated.split(".")):
        return stated
    tags = node.get("tags")
    tag = tags[0] if isinstance(tags, list) and tags and isinstance(tags[0], str) else "default"
    path = endpoint.path.get_untrusted_value()
    name = snake_case(str(node.get("summary") or "")) or snake_case(f"{endpoint.method} {path}")
    return f"{identifier(tag, fallback='group').lower()}.{identifier(name, fallback=endpoint.method)}"


def _safety(node: Json, method: str, path: str) -> Safety:
    stated = node.get("x-safety", "safe" if method == "get" else "unsafe")
    if stated not in SAFETY:
        raise DocumentError(f"{method.upper()} {path}: x-safety is {stated!r}; it is one of {', '.join(SAFETY)}")
    return SAFETY[SAFETY.index(stated)]


def _route(node: Json | None) -> Route | None:
    return Route(node["method"].upper(), node["path"], tuple(node.get("query", ()))) if node else None


def _is_success(status: HTTPStatusPattern) -> bool:
    return status.range is not None and 200 <= status.range[0] < 300


def _has_content(response: Response) -> bool:
    content = getattr(response.data, "content", None)
    return bool(content)


def _format(node: Any) -> str | None:
    found: UntrustedString | None = getattr(node, "schema_format", None)
    return found.get_untrusted_value() if found else None


def _refuse_equal_names(operations: list[Operation], document: Json) -> None:
    first: dict[str, Operation] = {}
    for operation in operations:
        if operation.id in first:
            places = [_place(first[operation.id]), _place(operation)]
            raise DocumentError(f"{' and '.join(places)} would both be named {operation.id}; name one in the overlay")
        first[operation.id] = operation


def _place(operation: Operation) -> str:
    route = operation.new or operation.old
    return f"{route.method} {route.path}" if route else operation.id
