"""Small documents that expand to something large, and input that the parser can't read: neither stops anything."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator

import pytest
from openapi_python_client.parser.errors import ParseError

from codegen.document import reading
from codegen.document.reading import DocumentError
from codegen.package import parser
from codegen.package.parse import Parsed
from tests.support.generated_package import compiled
from tests.support.small_documents import Json, answer, body, document, operation, parameter, parsed, ref

MOMENT = {"type": "string", "format": "date-time"}
CAT = {"type": "object", "properties": {"claws": {"type": "integer"}}}
LONG = 60
STACK = 400  # frames, in place of Python's 1,000: that chains need not be as long as these
DEEPER_THAN_PYTHONS_STACK = 440
Step = Callable[[Json], Json]


def chain(step: Step, length: int = LONG, last: Json = MOMENT) -> Json:
    """Components that each contain the next one."""
    return {**{f"A{index}": step(ref(f"A{index + 1}")) for index in range(length)}, f"A{length}": last}


def many(inner: Json) -> Json:
    return {"type": "array", "items": inner}


def twice(inner: Json) -> Json:
    return {"anyOf": [inner, many(inner)]}


def mapping(inner: Json) -> Json:
    return {"type": "object", "additionalProperties": inner}


def read(schemas: Json) -> Parsed:
    """The package of a document that has the first component wherever a schema may be; its modules compile."""
    node = operation(
        parameters=[parameter("q", schema=ref("A0"))],
        requestBody=body({"field": ref("A0")}),
        responses=answer(ref("A0")),
    )
    found = parsed(document({"/a": {"post": node}}, components={"schemas": schemas}))
    compiled(found.package, longest=100_000)
    return found


TOO_LARGE: dict[str, Json] = {
    "unions": chain(lambda inner: {"anyOf": [inner, inner]}, 70),
    "lists": chain(lambda inner: many(twice(inner)), 70),
    "a union and a list": chain(lambda inner: {"oneOf": [{"type": "integer"}, many(inner)]}, 70),
    "mappings": chain(lambda inner: mapping(twice(inner)), 70),
    "lists of lists": chain(many, 70),
    "mappings of themselves, by many ways": chain(lambda inner: mapping(twice(inner)), last=mapping(ref("A0"))),
}


@pytest.mark.parametrize("schemas", TOO_LARGE.values(), ids=TOO_LARGE)
def test_a_type_that_would_be_too_large_is_any_value_and_is_reported(schemas: Json) -> None:
    found = read(schemas)
    assert any("more than 60 types in one" in line for line in found.warnings)
    assert len(found.package.operations) == 1


def test_classes_and_mappings_that_are_made_of_themselves_stay_what_they_are() -> None:
    """A class ends a type, however many ways lead back to it."""
    item = {"type": "object", "properties": {"next": ref("A0"), "all": ref("All")}}
    found = read({"A0": item, "All": many(ref("A0"))})
    assert not found.warnings
    (model,) = found.package.models
    assert [(field.wire, field.type.kind) for field in model.fields] == [("next", "model"), ("all", "list")]
    assert read({"A0": mapping(ref("A0"))}).package.operations[0].body[0].type.kind == "map"


LONG_CHAINS: dict[str, Json] = {
    "lists": chain(many, DEEPER_THAN_PYTHONS_STACK),
    "allOf, each of two of the next": chain(
        lambda inner: {"allOf": [inner, inner]}, DEEPER_THAN_PYTHONS_STACK, last=CAT
    ),
    "unions of many, with a discriminator": chain(
        lambda inner: {"oneOf": [inner] * 50, "discriminator": {"propertyName": "kind"}}, 8, last=CAT
    ),
}


@pytest.fixture
def small_stack() -> Iterator[None]:
    before = sys.getrecursionlimit()
    sys.setrecursionlimit(STACK)
    yield
    sys.setrecursionlimit(before)


@pytest.mark.usefixtures("small_stack")
@pytest.mark.parametrize("schemas", LONG_CHAINS.values(), ids=LONG_CHAINS)
def test_a_long_chain_of_references_is_followed_once_and_without_pythons_stack(schemas: Json) -> None:
    node = operation(parameters=[parameter("q", schema=ref("A0"))], responses=answer(ref("A0")))
    assert len(parsed(document({"/a": {"get": node}}, components={"schemas": schemas})).package.operations) == 1


DEEP: dict[str, Step] = {
    "lists": many,
    "mappings": mapping,
    "unions": lambda inner: {"anyOf": [inner, {"type": "integer"}]},
    "fields": lambda inner: {"type": "object", "properties": {"a": inner}, "description": "It"},
    "what may be null": lambda inner: {"allOf": [inner], "nullable": True},
}


@pytest.mark.parametrize("step", DEEP.values(), ids=DEEP)
def test_the_deepest_schema_that_a_document_may_have_stops_no_stage(step: Step) -> None:
    deep: Json = {"type": "string"}
    given: Json = {}
    for _ in range(100):
        node = operation(requestBody=body({"field": step(deep)}), responses=answer(deep))
        try:
            given = reading.parse(json.dumps(document({"/a": {"post": node}})).encode(), where="here")
        except DocumentError:
            break
        deep = step(deep)
    # In two documents that differ, it is in a union as well.
    other = document({"/a": {"post": operation(requestBody=body({"field": {"type": "string"}}))}})
    found = parsed(given, other)
    assert [field.wire for field in found.package.operations[0].body] == ["field"]
    compiled(found.package, longest=100_000)


@pytest.mark.parametrize(
    "words",
    [
        {"discriminator": {"propertyName": "t", "mapping": {"a": 5}}},
        {"discriminator": {"propertyName": "t", "mapping": []}},
        {"externalDocs": {"url": "x", "description": 5}},
        {"schema_format": 5, "schema_not": "x", "x-enum-varnames": 5},
    ],
    ids=str,
)
def test_a_word_that_says_no_type_never_stops_the_parser(words: Json) -> None:
    found = read({"A0": {"type": "object", "properties": {"a": {"type": "string", **words}}, **words}})
    assert not found.warnings
    (made,) = found.package.operations
    assert [field.type.kind for field in made.body] == ["model"]


def test_an_operation_that_the_parser_can_not_read_takes_no_other_with_it() -> None:
    paths: dict[int, Json] = {index: {f"/{index}": {"get": {"responses": answer({})}}} for index in range(4)}
    paths[2] = {"/2": {"get": {"parameters": [{"name": "q", "in": "nowhere"}], "responses": {}}}}
    data, said = parser.parsed_where_possible({"schemas": {}, "responses": {}}, paths)
    assert list(said) == [2]
    assert sum(len(each.endpoints) for each in data.endpoint_collections_by_tag.values()) == 3


def test_what_the_parser_says_is_the_same_at_every_run() -> None:
    header = "WARNING parsing GET /op0 within a. Endpoint will not be generated."
    error = ParseError(header=header, detail=f"can't read {object()!r}\nof it")
    said = "WARNING parsing GET /op0 within a. It is called without types. can't read … of it"
    assert parser.line(error) == said
