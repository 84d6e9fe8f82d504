"""A reference in a position that nobody reads stops nothing: a dangling one is ignored there."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import Any

import pytest
from openapi_spec_validator import validate

from codegen.document import reading, shape
from codegen.repair.repair import repair
from tests.support.small_documents import Json, answer, document, operation, parameter, parsed

TEXT = {"type": "string"}
THING: Json = {
    "type": "object",
    "properties": {"a": TEXT, "b": {"type": "array", "items": TEXT}},
    "additionalProperties": TEXT,
    "externalDocs": {"url": "https://docs.example"},
    "discriminator": {"propertyName": "a", "mapping": {"x": "#/components/schemas/Thing"}},
    "xml": {"name": "thing"},
    "patternProperties": {"^x-": TEXT},
    "default": {"a": ""},
    "example": {"a": ""},
}
MEDIA = {
    "schema": {"$ref": "#/components/schemas/Thing"},
    "example": {},
    "examples": {"one": {"value": {}}},
    "encoding": {"a": {"headers": {"X": {}}}},
}
ANSWER = {
    "description": "Fine",
    "headers": {"X": {"$ref": "#/components/headers/X"}},
    "links": {"next": {"$ref": "#/components/links/N"}},
    "content": {"application/json": MEDIA},
}
FULL = document(
    {
        "/a/{id}": {
            "servers": [{"url": "https://a.example", "variables": {}}],
            "post": operation(
                externalDocs={"url": "https://docs.example"},
                parameters=[
                    {**parameter("id", "path"), "examples": {"one": {}}},
                    {"name": "q", "in": "query", "content": {"application/json": {}}},
                ],
                requestBody={"content": {"application/json": {"schema": THING}}},
                responses={"200": {"$ref": "#/components/responses/Fine"}, "201": ANSWER},
                callbacks={"done": {"/x": {"post": operation()}}},
                security=[{"key": []}],
            ),
        }
    },
    components={
        "schemas": {"Thing": {"type": "object", "properties": {"a": TEXT}}},
        "responses": {"Fine": ANSWER},
        "headers": {"X": {"schema": TEXT}},
        "links": {"N": {"operationId": "a"}},
        "securitySchemes": {"key": {"type": "http", "scheme": "basic"}},
    },
    tags=[{"name": "things", "externalDocs": {"url": "https://docs.example"}}],
    externalDocs={"url": "https://docs.example"},
    webhooks={"a": {"post": operation()}},
)


def objects(node: Any, keys: shape.Keys = ()) -> Iterator[shape.Keys]:
    """The place of every object of a document, except references."""
    if isinstance(node, dict) and "$ref" not in node:
        yield keys
    items = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    for key, value in items:
        yield from objects(value, (*keys, key))


@pytest.mark.parametrize("keys", list(objects(FULL)), ids=reading.pointer)
def test_a_reference_stops_nothing_wherever_it_stands(keys: shape.Keys) -> None:
    given = copy.deepcopy(FULL)
    node: Any = given
    for key in keys:
        node = node[key]
    node["$ref"] = "zz"
    found = parsed(given).package.operations
    assert [each.new and each.new.method for each in found][:1] == ["POST"] or keys[:1] == ("paths",)


def test_what_is_left_of_it_is_valid() -> None:
    validate(repair(FULL).document)


def test_a_schema_may_not_be_an_answer() -> None:
    given = document({"/a": {"get": operation(responses=answer({"$ref": "#/components/responses/R"}))}})
    (only,) = parsed({**given, "components": {"responses": {"R": {"description": "Fine"}}}}).package.operations
    assert only.result is not None and only.result.kind == "any"
