"""A document whose parts lack OpenAPI's shape: the parts kept, and the report."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import Any

import pytest

from codegen.diff.prepare import prepare
from codegen.diff.source import Source
from codegen.document import shape
from codegen.document.reading import DocumentError
from codegen.overlay import overlay
from codegen.repair.repair import Repaired, check, repair
from tests.support.small_documents import TEXT, Json, answer, body, document, operation, parameter, parsed, ref
from tests.support.tables import check_each
from tests.support.valid_openapi import validate

ANY: Json = {"application/json": {}}
ANY_BODY = {"requestBody": {"content": ANY}}
NOTHING_KNOWN = {"responses": {"default": {"description": "Not described."}}}
NO_OBJECT = "no object; the operation is kept, and nothing is known of it"
AT = "/paths/~1a/post"
FIELD = "/requestBody/content/application~1json/schema/properties/field"


def of_operation(node: Any) -> Json:
    return document({"/a": {"post": node}})


def with_field(schema: Any) -> Json:
    return {"requestBody": body({"field": schema})}


# What an operation says, the place and the line of the report, and what is left of it: without what is None.
LEFT_OUT: list[tuple[Json, str, str, Json]] = [
    ({"summary": []}, "/summary", "a list instead of a text; left out", {"summary": None}),
    ({"description": True}, "/description", "true or false instead of a text; left out", {}),
    ({"operationId": {}}, "/operationId", "an object instead of a text; left out", {}),
    ({"tags": {}}, "/tags", "an object instead of a list; left out", {"tags": None}),
    ({"tags": ["things", {}]}, "/tags", "tags that are no texts; left out", {}),
    ({"parameters": "id"}, "/parameters", "a text instead of a list; left out", {}),
    ({"parameters": ["id"]}, "/parameters/0", "a text instead of a parameter; left out", {"parameters": []}),
    (
        {"parameters": [{"in": "query"}, parameter("b")]},
        "/parameters/0",
        "a parameter without a name; left out",
        {"parameters": [parameter("b")]},
    ),
    (
        {"parameters": [parameter("id", "body")]},
        "/parameters/0",
        "a parameter that is in none of path, query, header, cookie; left out",
        {"parameters": []},
    ),
    (
        {"parameters": [parameter("id", schema=3)]},
        "/parameters/0/schema",
        "a number instead of a schema; any value is taken",
        {"parameters": [parameter("id", schema={})]},
    ),
    ({"requestBody": []}, "/requestBody", "a list instead of an object; any body is taken", ANY_BODY),
    (
        {"requestBody": {"content": [1]}},
        "/requestBody/content",
        "a list instead of an object; any value is taken",
        ANY_BODY,
    ),
    (
        {"requestBody": {"content": {"application/json": "a"}}},
        "/requestBody/content/application~1json",
        "a text instead of an object; any value is taken",
        ANY_BODY,
    ),
    (
        {"requestBody": {"content": {"application/json": {"schema": {"properties": []}}}}},
        FIELD.removesuffix("/field"),
        "a list instead of an object; any properties are taken",
        {"requestBody": {"content": {"application/json": {"schema": {"additionalProperties": True}}}}},
    ),
    ({"responses": []}, "/responses", "a list instead of an object; left out", NOTHING_KNOWN),
    (
        {"responses": {"200": 1}},
        "/responses/200",
        "a number instead of an answer; any value may be in it",
        {"responses": {"200": {"description": "Not described.", "content": ANY}}},
    ),
    (
        {"responses": {"200": {"content": "json", "description": "Fine"}}},
        "/responses/200/content",
        "a text instead of an object; any value is taken",
        {"responses": {"200": {"description": "Fine", "content": ANY}}},
    ),
    (
        {"responses": {"x-note": 1, "default": {"description": "Any"}, "Default": {}, "fine": {}}},
        "/responses/Default",
        "no status of its own; the answer is left out",
        {},
    ),
    (with_field(3), FIELD, "a number instead of a schema; any value is taken", with_field({})),
    (with_field(False), FIELD, "true or false instead of a schema; any value is taken", with_field({})),
    (with_field(TEXT | {"enum": "a"}), f"{FIELD}/enum", "a text instead of a list; left out", with_field(TEXT)),
    (
        with_field(TEXT | {"enum": ["a", {}]}),
        f"{FIELD}/enum",
        "values that are no plain ones; any value of the type is taken",
        with_field(TEXT),
    ),
    (with_field({"anyOf": {}}), f"{FIELD}/anyOf", "an object instead of a list; left out", with_field({})),
    (
        with_field({"oneOf": [TEXT, 1]}),
        f"{FIELD}/oneOf/1",
        "a number instead of a schema; any value is taken",
        with_field({"oneOf": [TEXT, {}]}),
    ),
    (with_field(TEXT | {"title": []}), f"{FIELD}/title", "a list instead of a text; left out", with_field(TEXT)),
]
OPERATIONS: list[tuple[Any, str, Json]] = [
    *(
        (operation(**said), f"{place}: {line}", {**operation(), **left})
        for said, place, line, left in copy.deepcopy(LEFT_OUT)
    ),
    (None, f": {NO_OBJECT}", NOTHING_KNOWN),
    ("later", f": {NO_OBJECT}", NOTHING_KNOWN),
]


@pytest.mark.parametrize(
    ("node", "line", "left"), OPERATIONS, ids=[f"{i}{case[1]}" for i, case in enumerate(OPERATIONS)]
)
def test_what_has_another_shape_is_left_out_with_its_place_and_the_operation_is_kept(
    node: Any, line: str, left: Json
) -> None:
    given = of_operation(node)
    before = copy.deepcopy(given)
    result = repair(given)
    assert given == before
    assert result.unread[0] == f"{AT}{line}"
    assert result.counts["misshapen"] == len(result.unread)
    assert result.document["paths"]["/a"]["post"] == {key: value for key, value in left.items() if value is not None}
    assert_right(result)


def assert_right(result: Repaired) -> None:
    validate(result.document)
    assert not repair(result.document).counts, "what is repaired needs no repair"


def test_every_operation_of_another_shape_becomes_a_method() -> None:
    given = document({f"/{index}": {"post": node} for index, (node, _, _) in enumerate(OPERATIONS)})
    assert len(parsed(given).package.operations) == len(OPERATIONS)


BESIDE: list[tuple[Json, str]] = [
    ({"info": "It"}, "/info: a text instead of an object; left out"),
    ({"info": {"title": []}}, "/info/title: a list instead of a text; left out"),
    ({"servers": "here"}, "/servers: a text instead of a list; left out"),
    ({"servers": [{"url": "/here"}]}, "/servers/0: a server without a whole URL; left out"),
    ({"components": []}, "/components: a list instead of an object; left out"),
    ({"components": {"schemas": []}}, "/components/schemas: a list instead of an object; left out"),
    ({"components": {"schemas": {"A": 1}}}, "/components/schemas/A: a number instead of a schema; any value is taken"),
    (
        {"components": {"responses": {"A": "b"}}},
        "/components/responses/A: a text instead of an answer; any value may be in it",
    ),
    (document({"/a": {"post": operation()}, "/b": []}), "/paths/~1b: a list instead of an object; left out"),
    (
        document({"/a": {"post": operation(), "fetch": {}}}),
        "/paths/~1a/fetch: no method that OpenAPI knows; it can't be called",
    ),
    (
        document({"/a": {"parameters": {}, "post": operation()}}),
        "/paths/~1a/parameters: an object instead of a list; left out",
    ),
]


@pytest.mark.parametrize(("said", "line"), BESIDE, ids=[case[1] for case in BESIDE])
def test_what_has_another_shape_beside_the_operations_takes_none_with_it(said: Json, line: str) -> None:
    result = repair({**of_operation(operation()), **said})
    assert result.unread == (line,)
    assert [each.place for each in shape.operations(result.document)] == ["POST /a"]
    assert_right(result)


# --- refused with the place ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("given", [{}, {"paths": []}, {"paths": None}])
def test_what_has_no_paths_is_refused(given: Json) -> None:
    with pytest.raises(DocumentError, match=r"^openapi\.json: /paths: not an object"):
        repair(given, where="openapi.json")


@pytest.mark.parametrize(
    ("misshapen", "says"),
    [
        (document({"/a": {"GET": {}}}), "needs the repair method-spelling"),
        (of_operation(operation(requestBody={"$ref": "#/x"})), "POST /a: the body refers to '#/x'"),
        (of_operation(operation(summary=[])), f"{AT}/summary: a list instead of a text"),
    ],
)
def test_a_shape_that_nobody_mends_any_more_is_refused_with_its_place(misshapen: Json, says: str) -> None:
    with pytest.raises(DocumentError, match=f"^openapi.json: {says}"):
        check(misshapen, where="openapi.json")


def test_an_overlay_that_spoils_the_shape_is_refused_with_the_place() -> None:
    action = overlay.action({"target": "$.paths['/a'].post", "update": {"summary": []}}, "small.yaml, action 1")
    node = operation()
    del node["summary"]
    says = f"{AT}/summary: a list instead of a text"
    with pytest.raises(DocumentError, match=f"^the documents with their overlay: {says}"):
        parsed(of_operation(node), actions=(action,))
    with pytest.raises(DocumentError, match=f"^new, overlay: the documents with it: {says}"):
        prepare(Source("new", {"openapi": of_operation(node), "definition": None}, (action,), {}))


# --- what becomes of it ----------------------------------------------------------------------------------------------


def test_a_type_that_stands_where_a_schema_should_be_is_read_or_reported() -> None:
    given = of_operation(operation(requestBody=body({"a": "strign", "b": "whatever", "c": None, "d": True})))
    (made,) = parsed(given).package.operations
    assert {field.wire: field.type.kind for field in made.body} == {"a": "str", "b": "any", "c": "any", "d": "any"}
    assert repair(given).unread == (
        "POST /a, body, properties/b: the type 'whatever' says nothing; any value is taken",
    )


def test_the_type_of_a_parameter_counts_where_its_schema_is_null() -> None:
    given = of_operation(operation(parameters=[{"name": "n", "in": "query", "schema": None, "type": "integer"}]))
    (made,) = parsed(given).package.operations
    assert [field.type.kind for field in made.query] == ["int"]


def test_a_second_operation_of_one_method_has_the_parameters_of_its_path_too() -> None:
    item = {"parameters": [parameter("page")], "GET": operation("Get it"), "get": operation("See it")}
    made = parsed(document({"/a": item, "/a#2": {"get": operation("Look at it")}})).package.operations
    assert {each.name: [field.wire for field in each.query] for each in made} == {
        "get_it": ["page"],
        "see_it": ["page"],
        "look_at_it": [],
    }
    assert {each.new.path for each in made if each.new} == {"/a"}


def test_references_of_a_method_in_any_spelling_are_read() -> None:
    given = {
        **document({"/a": {"POST": operation(parameters=[{"$ref": "#/x/id"}], requestBody={"$ref": "#/x/body"})}}),
        "x": {"id": {"name": "id", "in": "Query"}, "body": body({"a": TEXT})},
    }
    (made,) = parsed(given).package.operations
    assert [field.wire for field in made.arguments] == ["id", "a"]


def test_a_value_that_may_be_null_is_none_or_its_type() -> None:
    fields: Json = {
        "count": {"type": "integer", "nullable": True},
        "kind": {**TEXT, "enum": ["a", "b"], "nullable": True},
        "thing": ref("Thing", nullable=True),
        "things": {"type": "array", "items": {**TEXT, "nullable": True}},
    }
    shown = {"count": ["int"], "kind": ["enum", "str"], "thing": ["model"], "things": ["list", "str"]}
    answers = answer({"type": "object", "properties": copy.deepcopy(fields)})
    thing = {"type": "object", "properties": {"id": TEXT}}
    paths = {"/a": {"post": operation(requestBody=body(fields), responses=answers)}}
    package = parsed(document(paths, components={"schemas": {"Thing": thing}})).package
    (made,) = package.operations
    assert made.result is not None
    (model,) = [each for each in package.models if each.name == made.result.class_name]
    for found in (made.body, model.fields):
        kinds = {field.wire: [type_.kind for type_ in field.type.walk() if type_.kind != "union"] for field in found}
        assert kinds == {name: [*types, "none"] for name, types in shown.items()}


def test_a_schema_may_not_be_an_answer() -> None:
    given = document({"/a": {"get": operation(responses=answer({"$ref": "#/components/responses/R"}))}})
    (only,) = parsed({**given, "components": {"responses": {"R": {"description": "Fine"}}}}).package.operations
    assert only.result is not None and only.result.kind == "any"


# --- a reference where nobody reads one ------------------------------------------------------------------------------

DOCS = {"url": "https://docs.example"}
THING: Json = {
    "type": "object",
    "properties": {"a": TEXT, "b": {"type": "array", "items": TEXT}},
    "additionalProperties": TEXT,
    "externalDocs": DOCS,
    "discriminator": {"propertyName": "a", "mapping": {"x": "#/components/schemas/Thing"}},
    "xml": {"name": "thing"},
    "patternProperties": {"^x-": TEXT},
    "default": {"a": ""},
    "example": {"a": ""},
}
MEDIA = {
    "schema": ref("Thing"),
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
EVERYTHING = document(
    {
        "/a/{id}": {
            "servers": [{"url": "https://a.example", "variables": {}}],
            "post": operation(
                externalDocs=DOCS,
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
    tags=[{"name": "things", "externalDocs": DOCS}],
    externalDocs=DOCS,
    webhooks={"a": {"post": operation()}},
)


def objects(node: Any, keys: shape.Keys = ()) -> Iterator[shape.Keys]:
    """The place of every object of a document, except references."""
    if isinstance(node, dict) and "$ref" not in node:
        yield keys
    items = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    for key, value in items:
        yield from objects(value, (*keys, key))


def test_a_reference_to_nothing_stops_nothing_wherever_it_stands() -> None:
    known: list[Json] = []

    def check(keys: shape.Keys) -> None:
        given = copy.deepcopy(EVERYTHING)
        node: Any = given
        for key in keys:
            node = node[key]
        node["$ref"] = "zz"
        found = repair(given).document
        if found not in known:
            known.append(found)
            validate(found)
        assert [each.method for each in shape.operations(found)][:1] == ["post"] or keys[:1] == ("paths",)

    check_each(objects(EVERYTHING), check)
