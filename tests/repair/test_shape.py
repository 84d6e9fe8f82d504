"""A document whose parts lack OpenAPI's shape: the parts kept, and the report."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from openapi_spec_validator import validate

from codegen.repair.repair import Repaired, repair
from tests.support.small_documents import Json, answer, body, document, operation, parameter, parsed

TEXT = {"type": "string"}
ANY: Json = {"application/json": {}}
ANY_BODY = {"content": ANY}
ANY_ANSWER = {"200": {"description": "Not described.", "content": ANY}}
AT = "/paths/~1a/post"
IN_FIELD = f"{AT}/requestBody/content/application~1json/schema/properties/field"


def of_operation(node: Any) -> Json:
    return document({"/a": {"post": node}})


def of_field(schema: Any) -> Json:
    return of_operation(operation(requestBody=body({"field": schema})))


def with_field(schema: Json) -> Json:
    return operation(requestBody=body({"field": schema}))


NOTHING_KNOWN = {"responses": {"default": {"description": "Not described."}}}
LEFT_OUT: list[tuple[Json, str, Json]] = [
    (of_operation(None), f"{AT}: no object; the operation is kept, and nothing is known of it", NOTHING_KNOWN),
    (of_operation("later"), f"{AT}: no object; the operation is kept, and nothing is known of it", NOTHING_KNOWN),
    (
        of_operation({**operation(), "summary": []}),
        f"{AT}/summary: a list instead of a text; left out",
        {**operation(), "summary": None},
    ),
    (
        of_operation(operation(description=True)),
        f"{AT}/description: true or false instead of a text; left out",
        operation(),
    ),
    (of_operation(operation(operationId={})), f"{AT}/operationId: an object instead of a text; left out", operation()),
    (
        of_operation({**operation(), "tags": {}}),
        f"{AT}/tags: an object instead of a list; left out",
        {**operation(), "tags": None},
    ),
    (
        of_operation({**operation(), "tags": ["things", {}]}),
        f"{AT}/tags: tags that are no texts; left out",
        operation(),
    ),
    (of_operation(operation(parameters="id")), f"{AT}/parameters: a text instead of a list; left out", operation()),
    (
        of_operation(operation(parameters=["id"])),
        f"{AT}/parameters/0: a text instead of a parameter; left out",
        operation(parameters=[]),
    ),
    (
        of_operation(operation(parameters=[{"in": "query"}, parameter("b")])),
        f"{AT}/parameters/0: a parameter without a name; left out",
        operation(parameters=[parameter("b")]),
    ),
    (
        of_operation(operation(parameters=[parameter("")])),
        f"{AT}/parameters/0: a parameter without a name; left out",
        operation(parameters=[]),
    ),
    (
        of_operation(operation(parameters=[parameter("id", "body")])),
        f"{AT}/parameters/0: a parameter that is in none of path, query, header, cookie; left out",
        operation(parameters=[]),
    ),
    (
        of_operation(operation(parameters=[parameter("id", schema=3)])),
        f"{AT}/parameters/0/schema: a number instead of a schema; any value is taken",
        operation(parameters=[parameter("id", schema={})]),
    ),
    (
        of_operation(operation(requestBody=[])),
        f"{AT}/requestBody: a list instead of an object; any body is taken",
        operation(requestBody=ANY_BODY),
    ),
    (
        of_operation(operation(requestBody={"content": [1]})),
        f"{AT}/requestBody/content: a list instead of an object; any value is taken",
        operation(requestBody=ANY_BODY),
    ),
    (
        of_operation(operation(requestBody={"content": {"application/json": "a"}})),
        f"{AT}/requestBody/content/application~1json: a text instead of an object; any value is taken",
        operation(requestBody=ANY_BODY),
    ),
    (
        of_operation(operation(requestBody=body([]))),  # type: ignore[arg-type]
        f"{IN_FIELD.removesuffix('/field')}: a list instead of an object; any properties are taken",
        operation(
            requestBody={"content": {"application/json": {"schema": {"type": "object", "additionalProperties": True}}}}
        ),
    ),
    (
        of_operation({**operation(), "responses": []}),
        f"{AT}/responses: a list instead of an object; left out",
        {**operation(), **NOTHING_KNOWN},
    ),
    (
        of_operation({**operation(), "responses": {"200": 1}}),
        f"{AT}/responses/200: a number instead of an answer; any value may be in it",
        {**operation(), "responses": ANY_ANSWER},
    ),
    (
        of_operation({**operation(), "responses": {"200": {"content": "json", "description": "Fine"}}}),
        f"{AT}/responses/200/content: a text instead of an object; any value is taken",
        {**operation(), "responses": {"200": {"description": "Fine", "content": ANY}}},
    ),
    (
        of_operation({**operation(), "responses": {"default": {"description": "Any"}, "Default": {}, "fine": {}}}),
        f"{AT}/responses/Default: no status of its own; the answer is left out",
        operation(),
    ),
    (of_field(3), f"{IN_FIELD}: a number instead of a schema; any value is taken", with_field({})),
    (of_field(False), f"{IN_FIELD}: true or false instead of a schema; any value is taken", with_field({})),
    (of_field({**TEXT, "enum": "a"}), f"{IN_FIELD}/enum: a text instead of a list; left out", with_field(TEXT)),
    (
        of_field({**TEXT, "enum": ["a", {}]}),
        f"{IN_FIELD}/enum: values that are no plain ones; any value of the type is taken",
        with_field(TEXT),
    ),
    (of_field({"anyOf": {}}), f"{IN_FIELD}/anyOf: an object instead of a list; left out", with_field({})),
    (
        of_field({"oneOf": [TEXT, 1]}),
        f"{IN_FIELD}/oneOf/1: a number instead of a schema; any value is taken",
        with_field({"oneOf": [TEXT, {}]}),
    ),
    (of_field({**TEXT, "title": []}), f"{IN_FIELD}/title: a list instead of a text; left out", with_field(TEXT)),
]


@pytest.mark.parametrize(
    ("misshapen", "line", "left"), LEFT_OUT, ids=[f"{i}-{case[1]}" for i, case in enumerate(LEFT_OUT)]
)
def test_what_has_another_shape_is_left_out_with_its_place_and_the_operation_is_kept(
    misshapen: Json, line: str, left: Json
) -> None:
    before = copy.deepcopy(misshapen)
    result = repair(misshapen)
    assert misshapen == before
    assert result.unread[0] == line
    assert result.counts["misshapen"] == len(result.unread)
    assert result.document["paths"]["/a"]["post"] == {key: value for key, value in left.items() if value is not None}
    assert_right(result)
    assert len(parsed(misshapen).package.operations) == 1


def assert_right(result: Repaired) -> None:
    validate(result.document)
    assert not repair(result.document).counts, "what is repaired needs no repair"


@pytest.mark.parametrize(
    ("misshapen", "line"),
    [
        ({**of_operation(operation()), "info": "It"}, "/info: a text instead of an object; left out"),
        ({**of_operation(operation()), "info": {"title": []}}, "/info/title: a list instead of a text; left out"),
        ({**of_operation(operation()), "servers": "here"}, "/servers: a text instead of a list; left out"),
        (
            {**of_operation(operation()), "servers": [{"url": "/here"}]},
            "/servers/0: a server without a whole URL; left out",
        ),
        ({**of_operation(operation()), "components": []}, "/components: a list instead of an object; left out"),
        (document({"/a": {"post": operation()}, "/b": []}), "/paths/~1b: a list instead of an object; left out"),
        (
            document({"/a": {"post": operation(), "fetch": {}}}),
            "/paths/~1a/fetch: no method that OpenAPI knows; it can't be called",
        ),
        (
            document({"/a": {"parameters": {}, "post": operation()}}),
            "/paths/~1a/parameters: an object instead of a list; left out",
        ),
        (
            of_operation({**operation(), "responses": {"x-note": 1, "default": {"description": "Any"}, "none": {}}}),
            f"{AT}/responses/none: no status of its own; the answer is left out",
        ),
        (
            document({"/a": {"post": operation()}}, components={"schemas": []}),
            "/components/schemas: a list instead of an object; left out",
        ),
        (
            document({"/a": {"post": operation()}}, components={"schemas": {"A": 1}}),
            "/components/schemas/A: a number instead of a schema; any value is taken",
        ),
        (
            document({"/a": {"post": operation()}}, components={"responses": {"A": "b"}}),
            "/components/responses/A: a text instead of an answer; any value may be in it",
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_has_another_shape_beside_the_operations_takes_none_with_it(misshapen: Json, line: str) -> None:
    result = repair(misshapen)
    assert result.unread == (line,)
    assert_right(result)
    (made,) = parsed(misshapen).package.operations
    assert made.new is not None
    assert (made.new.method, made.new.path) == ("POST", "/a")


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
    thing = {"type": "object", "properties": {"id": TEXT}}
    fields: Json = {
        "count": {"type": "integer", "nullable": True},
        "kind": {**TEXT, "enum": ["a", "b"], "nullable": True},
        "thing": {"$ref": "#/components/schemas/Thing", "nullable": True},
        "things": {"type": "array", "items": {**TEXT, "nullable": True}},
    }
    shown = {"count": ["int"], "kind": ["enum", "str"], "thing": ["model"], "things": ["list", "str"]}
    node = operation(
        requestBody=body(fields), responses=answer({"type": "object", "properties": copy.deepcopy(fields)})
    )
    given = document({"/a": {"post": node}}, components={"schemas": {"Thing": thing}})
    assert not repair(given).unread
    package = parsed(given).package
    (made,) = package.operations
    assert made.result is not None
    (model,) = [each for each in package.models if each.name == made.result.class_name]
    for found in (made.body, model.fields):
        kinds = {field.wire: [type_.kind for type_ in field.type.walk() if type_.kind != "union"] for field in found}
        assert kinds == {name: [*types, "none"] for name, types in shown.items()}
