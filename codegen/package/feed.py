"""The view of a document that openapi-python-client gets, and its results.

The parser gets no more than it needs: no texts of operations, no examples, no defaults. Tokens take their places and
lead back: a summary is the number of its operation, an enum's value the number of that value, and a name that is not an
identifier (or would clash) becomes a readable one with a number. So only types and names of the document can fail there
or come back changed. An operation that the parser still can't read is read without its types.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import attrs
from openapi_python_client.parser import GeneratorData
from openapi_python_client.parser.openapi import Endpoint
from openapi_python_client.parser.properties import ModelProperty
from openapi_python_client.parser.properties.protocol import PropertyProtocol

from ..document.shape import Json, Operation, component_of, operations, types_of
from ..document.unforeseen import during
from ..pair.arguments import is_argument
from . import bodies, parser
from .sizes import Sizes, needed_first
from .tokens import Numbers, Tokens

_SYNTHETIC = re.compile(r"(?<![A-Z])[A-Z]+ /op([0-9]+)[^ ]*")


@attrs.frozen
class Read:
    """The parser's results, and the meanings of its tokens."""

    data: GeneratorData
    operations: tuple[Operation, ...]
    values: tuple[str, ...]
    wires: dict[str, str]
    numbers: Numbers
    schemas: Json
    """The document's own components."""
    unreadable: tuple[str, ...] = ()
    structures: tuple[str, ...] = ()
    """A line for each structure in a query."""

    def wire(self, token: str) -> str:
        """The document's name for a name of the parser."""
        return self.wires.get(token, token)

    @property
    def endpoints(self) -> Iterator[tuple[Endpoint, Operation]]:
        """Yield the parser's endpoint of each operation, and the operation."""
        for collection in self.data.endpoint_collections_by_tag.values():
            for endpoint in collection.endpoints:
                yield endpoint, self.operations[int(endpoint.summary.get_untrusted_value())]

    def fields(self, model: ModelProperty) -> dict[str, PropertyProtocol]:
        """The parser's properties of a class by their names in the document, in its order."""
        properties = [*(model.required_properties or []), *(model.optional_properties or [])]
        found = {self.wire(each.name.get_untrusted_value()): each for each in properties}
        order = [self.wire(each.get_untrusted_value()) for each in model.data.properties or ()]
        return {wire: found[wire] for wire in dict.fromkeys([*order, *found]) if wire in found}

    def enum_value(self, token: str | int) -> str | int:
        """The document's value for a member of an enum."""
        return self.values[int(token.removeprefix("v"))] if isinstance(token, str) else token

    @property
    def warnings(self) -> tuple[str, ...]:
        """The parser's warnings, one line each."""
        collections = self.data.endpoint_collections_by_tag.values()
        errors = [*self.data.errors, *(error for collection in collections for error in collection.parse_errors)]
        return (*self.unreadable, *(self._placed(self.numbers.cut(parser.line(error))) for error in errors))

    def _placed(self, line: str) -> str:
        """The line with the operation's own path in place of the parser's."""
        match = _SYNTHETIC.search(line)
        return f"{line[: match.start()]}{self.operations[int(match[1])].place}{line[match.end() :]}" if match else line


def read(document: Json, ids: dict[str, str]) -> Read:
    """Read the paired and overlaid document; `ids` has the `group.method` of each operation, by its place.

    Raises `DocumentError`, with the place, if the parser can't read the document at all.
    """
    found = tuple(operations(document))
    schemas = document.get("components", {}).get("schemas", {})
    tokens = Tokens(document.get("components", {}))
    components = tokens.components()
    sizes = Sizes(components["schemas"])
    # The parser reads a component again and again until all that it needs has been read.
    components["schemas"] = needed_first(components["schemas"])
    paths: dict[int, Json] = {}
    structures: list[str] = []
    for index, operation in enumerate(found):
        with during(operation.place):
            kept, lines = _kept(operation, schemas)
            structures += lines
            node = tokens.operation(kept, operation.place)
            sizes.cut_operation(node, operation.place)
            node |= {"summary": str(index), "operationId": tokens.operation_id(ids[operation.place], operation.place)}
            paths[index] = {_path(index, node): {operation.method: node}}
    data, unreadable = parser.parsed_where_possible(components, paths)
    wires = {token: wire for wire, token in tokens.names.items()}
    numbers = Numbers.of({**wires, **{token: place for place, token in tokens.operations.items()}})
    said = (f"{found[index].place}: {numbers.cut(line)}" for index, line in unreadable.items())
    unread = (*tokens.lines, *sizes.lines, *said)
    return Read(data, found, tuple(tokens.values), wires, numbers, schemas, unread, tuple(structures))


def _path(index: int, node: Json) -> str:
    """A unique path for each operation, with a placeholder for each of its path parameters."""
    placed = [each["name"] for each in node.get("parameters", ()) if each["in"] == "path"]
    return "".join([f"/op{index}", *(f"/{{{name}}}" for name in placed)])


def _kept(operation: Operation, schemas: Json) -> tuple[Json, list[str]]:
    """The typed parts of an operation: parameters, the body that is read, and successful answers.

    Also a line for each structure in a query: it may be anything, since it is seldom described.
    """
    node, kept, lines = operation.node, Json(), []
    for each in filter(is_argument, node.get("parameters", ())):
        schema: Json = each.get("schema", {})
        if each["in"] == "path" or "x-pasted" in each:
            schema = _of_path(schema)
        elif _has_structure(schema, schemas):
            lines.append(f"{operation.place}, parameter {each['name']}: a structure in a query; any value is taken")
            schema = {}
        kept.setdefault("parameters", []).append({**each, "schema": schema})
    if schema := bodies.schema(node):
        body = {key: value for key, value in node["requestBody"].items() if key in {"required", "description"}}
        kept["requestBody"] = {**body, "content": {"application/json": {"schema": schema}}}
    responses = {
        status: _readable(response) for status, response in node["responses"].items() if status.startswith("2")
    }
    return {**kept, "responses": responses or {"default": {"description": ""}}}, lines


def _of_path(schema: Json) -> Json:
    """The schema of a path value: text, or integers as well where the document wants numbers."""
    if {"integer", "number"}.intersection(types_of(schema)):
        return {**_text(schema), "type": ["integer", "string"]}
    is_enum = all(isinstance(value, str) for value in schema.get("enum", [None]))
    return {**schema, "type": "string"} if is_enum else _text(schema)


def _text(schema: Json) -> Json:
    return {"type": "string", **({"description": schema["description"]} if "description" in schema else {})}


def _has_structure(schema: Json, schemas: Json) -> bool:
    """True if it contains an object anywhere. Each component is visited once, however many ways lead to it."""
    met: set[str] = set()
    queue: list[Any] = [schema]
    while queue:
        node = queue.pop()
        if not isinstance(node, dict):
            continue
        if "object" in types_of(node) or "properties" in node:
            return True
        queue += [node.get("items"), *(each for key in ("allOf", "anyOf", "oneOf") for each in node.get(key, ()))]
        name = component_of(node)
        if name in schemas and name not in met:
            met.add(name)
            queue.append(schemas[name])
    return False


def _readable(response: Json) -> Json:
    """An answer as JSON, if it is; otherwise it may be anything."""
    content = response.get("content")
    if not content:
        return response
    schema: Json = next(
        (media.get("schema", {}) for name, media in content.items() if "json" in name or name == "*/*"), {}
    )
    return {"description": "", "content": {"application/json": {"schema": schema}}}
