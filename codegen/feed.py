"""What openapi-python-client gets to see of a document, and what it makes of it.

It gets no more than it needs: no texts of operations, no examples, no defaults. In their places stand tokens that lead
back: a summary is the number of its operation, a value of an enum the number of that value, a name that is no
identifier (or would be another's) a readable one with a number. So nothing that a document says can fail there, or come
back changed, but types and names. An operation that the parser can't read even so is read without its types.
"""

from __future__ import annotations

import contextlib
import io
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import attrs
from openapi_python_client.config import Config, ConfigFile, MetaType
from openapi_python_client.parser import GeneratorData
from openapi_python_client.parser.errors import GeneratorError
from openapi_python_client.parser.openapi import Endpoint

from . import bodies, names
from .arguments import is_argument
from .documents import DocumentError, clipped
from .shape import Json, Keys, Operation, operations, pointer

_REFERENCE = re.compile(r"#/components/(schemas|responses)/([A-Za-z0-9._-]{1,100})")
_COMPONENT = re.compile(r"[A-Za-z0-9._-]{1,100}")
_PLAIN = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,60}")
_TOKEN = re.compile(r"_n[0-9]+$")
_SYNTHETIC = re.compile(r"[A-Z]+ /op([0-9]+)[^ ]*")
_MEANINGLESS = frozenset({"default", "example", "examples", "title", "x-enum-varnames"})


@attrs.frozen
class Read:
    """What the parser read, and where its tokens lead."""

    data: GeneratorData
    operations: tuple[Operation, ...]
    values: tuple[str, ...]
    wires: dict[str, str]
    unreadable: tuple[str, ...] = ()

    def wire(self, token: str) -> str:
        """The name of the document that a name of the parser stands for."""
        return self.wires.get(token, token)

    @property
    def endpoints(self) -> Iterator[tuple[Endpoint, Operation]]:
        """What the parser made of an operation, and the operation."""
        for collection in self.data.endpoint_collections_by_tag.values():
            for endpoint in collection.endpoints:
                yield endpoint, self.operations[int(endpoint.summary.get_untrusted_value())]

    def enum_value(self, token: str | int) -> str | int:
        """The value of the document that a member of an enum stands for."""
        return self.values[int(token.removeprefix("v"))] if isinstance(token, str) else token

    @property
    def warnings(self) -> tuple[str, ...]:
        """What the parser could not read, one line each."""
        collections = self.data.endpoint_collections_by_tag.values()
        errors = [*self.data.errors, *(error for collection in collections for error in collection.parse_errors)]
        return (*self.unreadable, *(self._placed(_line(error)) for error in errors))

    def _placed(self, line: str) -> str:
        """The line with the operation's own path, where the parser knows it by another."""
        match = _SYNTHETIC.search(line)
        return f"{line[: match.start()]}{self.operations[int(match[1])].place}{line[match.end() :]}" if match else line


def read(document: Json, ids: dict[str, str]) -> Read:
    """Read the paired and overlaid document; `ids` has the `group.method` of each operation, by its place.

    Raises `DocumentError`, with the place, for what the parser can't read at all and for a reference that leads out of
    the document, to nothing, or in a circle.
    """
    _check_references(document)
    found = tuple(operations(document))
    feed = _Feed()
    components = feed.schema({key: document.get("components", {}).get(key, {}) for key in ("schemas", "responses")})
    schemas = document.get("components", {}).get("schemas", {})
    called: set[str] = set()
    nodes: dict[int, Json] = {}
    for index, operation in enumerate(found):
        node = feed.schema(_kept(operation.node, schemas))
        feed.name_parameters(node)
        name = ids[operation.place]
        # The parser makes the names of classes of it, and two that differ by punctuation would be one.
        is_taken = _bare(name) in called
        called.add(_bare(name))
        nodes[index] = {**node, "summary": str(index), "operationId": f"{name}_{index}" if is_taken else name}
    data, unreadable = _read_what_can_be(components, nodes, found)
    wires = {token: wire for wire, token in feed.tokens.items()}
    return Read(data, found, tuple(feed.values), wires, unreadable)


def _read_what_can_be(
    components: Json, nodes: dict[int, Json], found: tuple[Operation, ...]
) -> tuple[GeneratorData, tuple[str, ...]]:
    """What the parser makes of the operations that it can read, and a line for each at which it fails."""
    try:
        return _parsed(components, _paths(found, nodes)), ()
    except DocumentError:
        _parsed(components, {})
    lines: dict[int, str] = {}
    for index, node in nodes.items():
        try:
            _parsed(components, _paths(found, {index: node}))
        except DocumentError as error:
            lines[index] = f"{found[index].place}: {error}"
    fine = {index: node for index, node in nodes.items() if index not in lines}
    return _parsed(components, _paths(found, fine)), tuple(lines.values())


def _paths(found: tuple[Operation, ...], nodes: dict[int, Json]) -> Json:
    """Each operation on a path of its own, with a place for each of its path parameters."""
    paths: Json = {}
    for index, node in nodes.items():
        placed = [each["name"] for each in node.get("parameters", ()) if each["in"] == "path"]
        path = "".join([f"/op{index}", *(f"/{{{name}}}" for name in placed)])
        paths[path] = {found[index].method: node}
    return paths


def _kept(node: Json, schemas: Json) -> Json:
    """The parts of an operation that have types: of several bodies the one that is read, of the answers successes."""
    given = filter(is_argument, node.get("parameters", ()))
    parameters = [{**each, "schema": _sendable(each, schemas)} for each in given]
    kept: Json = {"parameters": parameters} if parameters else {}
    schema = bodies.schema(node)
    if schema:
        body = {key: value for key, value in node["requestBody"].items() if key in {"required", "description"}}
        kept["requestBody"] = {**body, "content": {"application/json": {"schema": schema}}}
    responses = {
        status: _readable(response) for status, response in node["responses"].items() if status.startswith("2")
    }
    return {**kept, "responses": responses or {"default": {"description": ""}}}


def _sendable(parameter: Json, schemas: Json) -> Json:
    """What is pasted into a path is text. A structure in a query may be any, since what is in it is seldom said."""
    schema: Json = parameter.get("schema", {})
    if parameter["in"] == "path" or "x-pasted" in parameter:
        values = schema.get("enum", [None])
        is_enum = all(isinstance(value, str) for value in values)
        return {**schema, "type": "string"} if is_enum else _text(schema)
    return {} if _has_structure(schema, schemas) else schema


def _text(schema: Json) -> Json:
    return {"type": "string", **({"description": schema["description"]} if "description" in schema else {})}


def _has_structure(schema: Json, schemas: Json, met: frozenset[str] = frozenset()) -> bool:
    types = schema.get("type")
    is_object = types == "object" or (isinstance(types, list) and "object" in types) or "properties" in schema
    inner = [schema.get("items"), *(each for key in ("allOf", "anyOf", "oneOf") for each in schema.get(key, ()))]
    name = str(schema.get("$ref")).rpartition("/")[2]
    if name in schemas and name not in met:
        inner.append(schemas[name])
        met |= {name}
    return is_object or any(_has_structure(each, schemas, met) for each in inner if isinstance(each, dict))


def _readable(response: Json) -> Json:
    """An answer as JSON, where it is; anything else may be anything."""
    content = response.get("content")
    if not content:
        return response
    schema: Json = next(
        (media.get("schema", {}) for name, media in content.items() if "json" in name or name == "*/*"), {}
    )
    return {"description": "", "content": {"application/json": {"schema": schema}}}


def _bare(name: str) -> str:
    return re.sub(r"[^a-z0-9]", "", name.lower())


class _Feed:
    """A copy without what means nothing to the parser, and with tokens for the values of enums."""

    def __init__(self) -> None:
        self.values: dict[str, int] = {}
        self.tokens: dict[str, str] = {}

    def name_parameters(self, node: Json) -> None:
        """Give the parameters of a copied operation the names that the parser can keep apart."""
        parameters = node.get("parameters", [])
        tokens = self._named([parameter["name"] for parameter in parameters])
        for parameter in parameters:
            parameter["name"] = tokens[parameter["name"]]

    def _named(self, wires: Iterable[str]) -> dict[str, str]:
        met: set[str] = set()
        named = {}
        for wire in dict.fromkeys(wires):
            is_fine = _PLAIN.fullmatch(wire) and not _TOKEN.search(wire) and _bare(wire) not in met
            named[wire] = wire if is_fine else self._token(wire)
            met.add(_bare(named[wire]))
        return named

    def _token(self, wire: str) -> str:
        if wire not in self.tokens:
            token = f"{names.identifier(names.snake_case(wire))[:40].strip('_')}_n{len(self.tokens)}"
            self.tokens[wire] = token
        return self.tokens[wire]

    def schema(self, node: Any, *, is_map: bool = False) -> Any:
        """`is_map`: the keys of this object are names of the document, not words of OpenAPI."""
        if isinstance(node, list):
            return [self.schema(item) for item in node]
        if not isinstance(node, dict):
            return node
        kept = {key: value for key, value in node.items() if is_map or key not in _MEANINGLESS}
        if not is_map and "enum" in kept and isinstance(kept.get("type"), list):
            # The parser reads an enum of several types by its values, and only where no types are said.
            del kept["type"]
        if not is_map and isinstance(kept.get("properties"), dict):
            tokens = self._named(kept["properties"])
            kept["properties"] = {tokens[name]: value for name, value in kept["properties"].items()}
            if isinstance(kept.get("required"), list):
                kept["required"] = [tokens.get(name) or self._named([name])[name] for name in kept["required"]]
        return {
            key: self._enum(value)
            if key == "enum" and not is_map
            else self.schema(value, is_map=not is_map and key in {"properties", "schemas", "responses", "content"})
            for key, value in kept.items()
        }

    def _enum(self, values: Any) -> Any:
        if not isinstance(values, list):
            return values
        tokens = [
            f"v{self.values.setdefault(value, len(self.values))}" if isinstance(value, str) else value
            for value in values
        ]
        return list({repr(token): token for token in tokens}.values())


def _parsed(components: Json, paths: Json) -> GeneratorData:
    document = {
        "openapi": "3.1.0",
        "info": {"title": "document", "version": "0"},
        "components": components,
        "paths": paths,
    }
    config = Config.from_sources(ConfigFile(), MetaType.NONE, Path("document.json"), "utf-8", False, None)
    try:
        # The parser prints what pydantic says of a bad document; our caller prints one line instead.
        with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
            data = GeneratorData.from_dict(document, config=config)
    except Exception as error:
        # Another's code on a stranger's document: whatever it raises, the document is what can be mended.
        raise DocumentError(f"the parser fails ({type(error).__name__}: {clipped(str(error))})") from None
    if isinstance(data, GeneratorError):
        raise DocumentError(_line(data))
    return data


def _line(error: GeneratorError) -> str:
    return " ".join(f"{error.header} {error.detail or ''}".split())[:400]


# --- references ------------------------------------------------------------------------------------------------------


def _check_references(document: Json) -> None:
    """What the documents refer to is there, by `repair`; what the overlay refers to may not be."""
    components = document.get("components", {})
    for kind in ("schemas", "responses"):
        for name in components.get(kind, {}):
            if not _COMPONENT.fullmatch(name):
                raise DocumentError(
                    f"{pointer(('components', kind, name))}: a name of other letters than A-Z a-z 0-9 . _ -"
                )
    for place, target in _references(document, ()):
        match = _REFERENCE.fullmatch(target) if isinstance(target, str) else None
        if match is None or match[2] not in components.get(match[1], {}):
            raise DocumentError(f"{pointer(place)}: refers to {clipped(repr(target))}, which is not there")
    for name in components.get("schemas", {}):
        _refuse_circle(components["schemas"], name)


def _references(node: Any, keys: Keys, *, is_map: bool = False) -> Iterator[tuple[Keys, Any]]:
    items = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    for key, value in items:
        if key == "$ref" and not is_map:
            yield keys, value
        elif is_map or not (key in _MEANINGLESS or str(key).startswith("x-")):
            yield from _references(value, (*keys, key), is_map=not is_map and key == "properties")


def _refuse_circle(schemas: Json, name: str) -> None:
    """A schema that is nothing but a reference to another, and so on, and at last to one that was met before."""
    met = [name]
    while match := _REFERENCE.fullmatch(schemas.get(met[-1], {}).get("$ref", "")):
        following = match[2]
        if following in met:
            raise DocumentError(f"{pointer(('components', 'schemas', name))}: a reference that leads in a circle")
        met.append(following)
