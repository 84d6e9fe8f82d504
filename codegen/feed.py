"""What openapi-python-client gets to see of a document, and what it makes of it.

It gets no more than it needs: no texts of operations, no examples, no defaults. In their places stand tokens that lead
back: a summary is the number of its operation, a value of an enum the number of that value, a name that is no
identifier (or would be another's) a readable one with a number. So nothing that a document says can fail there, or come
back changed, but types and names. An operation that the parser can't read even so is read without its types.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import attrs
from openapi_python_client.parser import GeneratorData
from openapi_python_client.parser.openapi import Endpoint

from . import bodies, parser
from .arguments import is_argument
from .documents import DocumentError, clipped
from .numbered import Numbers
from .shape import Json, Keys, Operation, operations, pointer
from .sizes import Sizes
from .tokens import Tokens
from .unforeseen import at

_REFERENCE = re.compile(r"#/components/(schemas|responses)/([A-Za-z0-9._-]{1,100})")
_COMPONENT = re.compile(r"[A-Za-z0-9._-]{1,100}")
_SYNTHETIC = re.compile(r"(?<![A-Z])[A-Z]+ /op([0-9]+)[^ ]*")
_MEANINGLESS = frozenset({"default", "example", "examples", "title"})


@attrs.frozen
class Read:
    """What the parser read, and where its tokens lead."""

    data: GeneratorData
    operations: tuple[Operation, ...]
    values: tuple[str, ...]
    wires: dict[str, str]
    numbers: Numbers
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
        return (*self.unreadable, *(self._placed(self.numbers.cut(parser.line(error))) for error in errors))

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
    schemas = document.get("components", {}).get("schemas", {})
    tokens = Tokens()
    components = tokens.components(document.get("components", {}))
    sizes = Sizes(components["schemas"])
    paths: dict[int, Json] = {}
    for index, operation in enumerate(found):
        with at(document, operation.node):
            node = tokens.operation(_kept(operation.node, schemas))
            sizes.cut_operation(node, operation.place)
            node |= {"summary": str(index), "operationId": tokens.operation_id(ids[operation.place], operation.place)}
            paths[index] = {_path(index, node): {operation.method: node}}
    data, unreadable = parser.parsed_where_possible(components, paths)
    wires = {token: wire for wire, token in tokens.names.items()}
    numbers = Numbers.of({**wires, **{token: place for place, token in tokens.operations.items()}})
    lines = (*sizes.lines, *(f"{found[index].place}: {numbers.cut(said)}" for index, said in unreadable.items()))
    return Read(data, found, tuple(tokens.values), wires, numbers, lines)


def _path(index: int, node: Json) -> str:
    """A path of its own for each operation, with a place for each of its path parameters."""
    placed = [each["name"] for each in node.get("parameters", ()) if each["in"] == "path"]
    return "".join([f"/op{index}", *(f"/{{{name}}}" for name in placed)])


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


def _has_structure(schema: Json, schemas: Json) -> bool:
    """Whether an object is anywhere in it. Each component is looked at once, however many ways lead to it."""
    met: set[str] = set()
    queue: list[Any] = [schema]
    while queue:
        node = queue.pop()
        if not isinstance(node, dict):
            continue
        types = node.get("type")
        if types == "object" or (isinstance(types, list) and "object" in types) or "properties" in node:
            return True
        queue += [node.get("items"), *(each for key in ("allOf", "anyOf", "oneOf") for each in node.get(key, ()))]
        name = str(node.get("$ref")).rpartition("/")[2]
        if name in schemas and name not in met:
            met.add(name)
            queue.append(schemas[name])
    return False


def _readable(response: Json) -> Json:
    """An answer as JSON, where it is; anything else may be anything."""
    content = response.get("content")
    if not content:
        return response
    schema: Json = next(
        (media.get("schema", {}) for name, media in content.items() if "json" in name or name == "*/*"), {}
    )
    return {"description": "", "content": {"application/json": {"schema": schema}}}


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
    _refuse_circles(components.get("schemas", {}))


def _references(node: Any, keys: Keys, *, is_map: bool = False) -> Iterator[tuple[Keys, Any]]:
    items = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    for key, value in items:
        if key == "$ref" and not is_map:
            yield keys, value
        elif is_map or not (key in _MEANINGLESS or str(key).startswith("x-")):
            yield from _references(value, (*keys, key), is_map=not is_map and key == "properties")


def _refuse_circles(schemas: Json) -> None:
    """A schema that is nothing but a reference to another, and so on, and at last to one that was met before."""
    ending: set[str] = set()
    for name in schemas:
        met, following = {name}, _next(schemas, name)
        while following is not None and following not in ending:
            if following in met:
                raise DocumentError(f"{pointer(('components', 'schemas', name))}: a reference that leads in a circle")
            met.add(following)
            following = _next(schemas, following)
        ending |= met


def _next(schemas: Json, name: str) -> str | None:
    match = _REFERENCE.fullmatch(schemas.get(name, {}).get("$ref", ""))
    return match[2] if match else None
