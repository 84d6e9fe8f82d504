"""The paired, overlaid document → a `tree.Package`, through openapi-python-client's parser.

The parser wraps every string of the document so that it can't reach code unnoticed. Here names become identifiers
(`names`), texts stay texts, and the templates escape them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import islice
from typing import Any

import attrs
from openapi_python_client.parser.openapi import Endpoint
from openapi_python_client.parser.properties import ModelProperty
from openapi_python_client.parser.responses import HTTPStatusPattern, Response

from ..document import shape
from ..document.reading import DocumentError, clipped
from ..document.shape import Json
from ..document.unforeseen import during
from ..pair import arguments
from ..repair import repair
from ..repair.paths import placeholders
from . import bodies, effects, feed, names, servers
from .classes import Classes, bytes_as, fields_as
from .names import TAKEN_ARGUMENTS, identifier
from .operation_names import operation_ids
from .tree import ANY, Field, Media, Operation, Package, Route, Type

_LONGEST = 7 * 24 * 60 * 60  # limit of a timeout, in seconds


@attrs.frozen
class Parsed:
    """The package, and lines on the parser's warnings, shared names, and parameters that are not arguments.

    Also lines on bodies that are not sent as the document says, and servers that are not called as it says.
    """

    package: Package
    warnings: tuple[str, ...]
    shared_names: tuple[str, ...] = ()
    not_sent: tuple[str, ...] = ()
    bodies: tuple[str, ...] = ()
    servers: tuple[str, ...] = ()
    ids: Mapping[str, str] = attrs.field(factory=dict)
    """The operations' names by their places."""
    any_values: tuple[str, ...] = ()
    """Types that are known and not used: structures in a query, and unions that nothing tells apart."""


def parse(document: Json, *, provider: str, is_vouched_for: bool = False) -> Parsed:
    """Read the paired and overlaid document.

    `is_vouched_for`: an overlay says that somebody checked it. Otherwise an enum may have other values, too.

    Raises `DocumentError`, with the place, if two operations would share a name, if an extension of the overlay is
    invalid, and if the parser can't read the document at all.
    """
    for check in (repair.check, repair.check_references):
        check(document, where="the documents with their overlay")
    ids, shared_names = operation_ids(document)
    read = feed.read(document, ids)
    groups = names.resource_classes({id_.partition(".")[0] for id_ in ids.values()})
    families = {name for group in groups.values() for name in names.resource_family(group)}
    classes = Classes(read, families, has_open_enums=not is_vouched_for)
    reader = _Reader(classes)
    endpoints = {source.place: endpoint for endpoint, source in read.endpoints}
    operations = []
    for each in read.operations:
        with during(each.place):
            operations.append(reader.operation(endpoints.get(each.place), each, ids[each.place]))
    operations.sort(key=lambda operation: (operation.group, operation.id))
    sent = [field.type for each in operations for field in each.arguments]
    answers = [operation.result for operation in operations if operation.result]
    models = classes.models(sent, answers)
    base_url, odd_servers = servers.base_url(document, provider)
    package = Package(
        provider=provider,
        name=f"lowcodeapi_{identifier(provider, fallback='provider')}_api",
        title=str(document["info"].get("description") or document["info"]["title"]),
        base_url=base_url,
        operations=tuple(operations),
        models=tuple(sorted(models, key=lambda model: model.module)),
        enums=tuple(sorted(classes.enums.values(), key=lambda enum: enum.module)),
    )
    not_sent = arguments.others(read.operations)
    uploads = (line for operation in operations for line in bodies.fatal_uploads(operation))
    sent_otherwise = (*bodies.sent_otherwise(read.operations), *uploads)
    return Parsed(
        package,
        read.warnings,
        shared_names,
        not_sent,
        sent_otherwise,
        odd_servers,
        ids,
        (*read.structures, *classes.lines),
    )


# --- operations ------------------------------------------------------------------------------------------------------


class _Reader:
    """Turns a parser's endpoint and its source operation into an operation of the package."""

    def __init__(self, classes: Classes) -> None:
        self._classes = classes

    def operation(self, endpoint: Endpoint | None, source: shape.Operation, id_: str) -> Operation:
        node = source.node
        _check_extensions(source)
        any_body = node.get("x-any-body") or False
        path, query, body, whole, media = self._arguments(endpoint, source, any_body=any_body)
        result, list_key, secrets = self._result(source, endpoint)
        group, _, name = id_.partition(".")
        return Operation(
            id=id_,
            group=group,
            name=name,
            summary=node.get("summary", ""),
            description=node.get("description", ""),
            safety=effects.safety(source),
            is_destructive=effects.has(source, "x-destructive"),
            is_removal=effects.has(source, "x-removal"),
            is_asynchronous=effects.has(source, "x-asynchronous"),
            timeout=node.get("x-timeout"),
            path=path,
            query=query,
            body=body,
            any_body=any_body,
            whole_body=whole,
            media=media,
            path_characters=_path_characters(source),
            aliases=_aliases(source, body, {field.name for field in (*path, *query, *body)}),
            result=result,
            list_key=list_key,
            secrets=tuple(sorted({*secrets, *(field.wire for field in body if field.secret)})),
            new=_route(node["x-routes"].get("new")),
            old=_route(node["x-routes"].get("old")),
        )

    def _arguments(
        self, endpoint: Endpoint | None, source: shape.Operation, *, any_body: bool
    ) -> tuple[tuple[Field, ...], tuple[Field, ...], tuple[Field, ...], Field | None, Media]:
        """The arguments of the method: path parameters, the query, the fields of the body or the body as one.

        The last is the form of the body.
        """
        path, query = self._parameters(endpoint, source)
        body, whole, media = self._body(endpoint, source.node)
        wholes = [whole] if whole and not any_body else []
        taken = TAKEN_ARGUMENTS | ({"body"} if any_body else set())
        told = iter(self._classes.told_apart((*path, *query, *body, *wholes), taken))
        path, query, body = (tuple(islice(told, len(fields))) for fields in (path, query, body))
        return path, query, body, next(told, None), media

    def _parameters(
        self, endpoint: Endpoint | None, source: shape.Operation
    ) -> tuple[tuple[Field, ...], tuple[Field, ...]]:
        """The arguments of the method besides the body: path parameters, wherever they travel, and the query."""
        declared = filter(arguments.is_argument, source.node.get("parameters", ()))
        nodes = {(each["in"], each["name"]): each for each in declared}
        fields: dict[tuple[str, str], Field] = {}
        if endpoint is None:
            fields = {key: _untyped(each["name"], each["required"]) for key, each in nodes.items()}
        else:
            for place, properties in (("path", endpoint.path_parameters), ("query", endpoint.query_parameters)):
                fields |= {(place, field.wire): field for field in self._classes.arguments(properties)}
        # The parser drops the descriptions of parameters.
        fields = {
            key: attrs.evolve(field, description=nodes[key].get("description") or field.description)
            for key, field in fields.items()
        }
        path = [
            attrs.evolve(fields["path", name], required=True)
            for name in placeholders(source.path)
            if ("path", name) in fields
        ]
        query = []
        for key, field in fields.items():
            if "x-pasted" in nodes[key]:
                path.append(attrs.evolve(field, required="x-inferred" not in nodes[key]))
            elif key[0] == "query":
                query.append(field)
        return tuple(sorted(path, key=lambda field: not field.required)), tuple(query)

    def _body(self, endpoint: Endpoint | None, node: Json) -> tuple[tuple[Field, ...], Field | None, Media]:
        """The fields of the body, or the body as one argument, unless it is an object of known fields; and its form."""
        if not bodies.has_one(node):
            return (), None, "json"
        schema = bodies.schema(node)
        fields: tuple[Field, ...] = ()
        type_ = ANY
        if endpoint is None:
            listed = schema.get("required", ())
            fields = tuple(_untyped(name, name in listed) for name in schema.get("properties", ()))
        elif (prop := next((body.prop for body in endpoint.bodies), None)) is not None:
            fields = self._classes.fields(prop) if isinstance(prop, ModelProperty) else ()
            type_ = bytes_as("str", self._classes.type_of(prop))
        has_files = any(inner.kind == "bytes" for field in fields for inner in field.type.walk())
        media = bodies.media(node, has_files=has_files)
        if fields:
            return fields_as("file" if media == "multipart" else "str", fields), None, media
        is_required = bool(schema) and node["requestBody"].get("required", False)
        text = node["requestBody"].get("description", "") or "The whole body."
        return (), Field("body", "body", type_, is_required, text), media

    def _result(
        self, source: shape.Operation, endpoint: Endpoint | None
    ) -> tuple[Type | None, str | None, tuple[str, ...]]:
        """The operation's result: its type, the key of its list, the names of its secret fields."""
        patterns = endpoint.responses.patterns if endpoint else ()
        success = [pattern for pattern in patterns if _is_success(pattern.status_code)]
        if not success:
            return ANY, None, ()
        if not _has_content(success[0]):
            return None, None, ()
        type_ = bytes_as("str", self._classes.type_of(success[0].prop))
        models = [found for inner in type_.walk() if (found := self._classes.model(inner)) is not None]
        fields = {field.wire: field for model in models for field in self._classes.fields(model)}
        secrets = tuple(name for name, field in fields.items() if field.secret)
        list_key = source.node.get("x-list")
        if list_key is None:
            return type_, None, secrets
        field = fields.get(list_key)
        if field is None or field.type.kind != "list" or field.type.inner[0].kind != "model":
            raise DocumentError(f"{source.place}: x-list names no list of objects: {clipped(list_key)}")
        return field.type.inner[0], list_key, secrets


def _untyped(wire: str, required: bool) -> Field:
    """A field that the parser can't read: of any type, before names are made unique."""
    return Field(wire, identifier(wire), ANY, required, "")


def _is_duration(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 < value <= _LONGEST


_EXTENSIONS: dict[str, Callable[[Any], bool]] = {
    "x-alias": lambda value: isinstance(value, dict),
    "x-list": lambda value: isinstance(value, str),
    "x-path-characters": lambda value: isinstance(value, str),
    "x-safety": lambda value: value in effects.SAFETY,
    "x-timeout": _is_duration,
    **dict.fromkeys(("x-any-body", *effects.MARKS), lambda value: isinstance(value, bool)),
}


def _check_extensions(source: shape.Operation) -> None:
    for key, is_right in _EXTENSIONS.items():
        value = source.node.get(key)
        if value is not None and not is_right(value):
            raise DocumentError(f"{source.place}: {key} can't be {clipped(repr(value))}; look into the overlay")


def _path_characters(source: shape.Operation) -> str:
    """The characters allowed in path parameters besides those of IDs, never one that ends or changes a path."""
    stated = source.node.get("x-path-characters") or ""
    if wrong := [char for char in stated if char in "/?#%$\\{}" or not "!" <= char <= "~"]:
        raise DocumentError(
            f"{source.place}: x-path-characters can't have {wrong[0]!r}: the gateway pastes it into a URL"
        )
    return "".join(sorted(set(stated)))


def _aliases(source: shape.Operation, body: tuple[Field, ...], taken: set[str]) -> tuple[tuple[str, str], ...]:
    """Other names of body fields: each a plain name, of an existing field."""
    aliases = source.node.get("x-alias") or {}
    wires = [field.wire for field in body]
    for alias, wire in aliases.items():
        if identifier(alias) != alias or alias in taken | TAKEN_ARGUMENTS:
            raise DocumentError(f"{source.place}: x-alias {clipped(alias)!r} is no new name; look into the overlay")
        if wire not in wires:
            raise DocumentError(f"{source.place}: x-alias {alias} stands for no field of the body")
    return tuple(sorted(aliases.items()))


def _route(node: Json | None) -> Route | None:
    return Route(node["method"].upper(), node["path"], tuple(node.get("query", ()))) if node else None


def _is_success(status: HTTPStatusPattern) -> bool:
    return status.range is not None and 200 <= status.range[0] < 300


def _has_content(response: Response) -> bool:
    content = getattr(response.data, "content", None)
    return bool(content)
