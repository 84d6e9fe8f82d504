"""LowCodeAPI's dialect → valid OpenAPI: each rule alone, and all of them together."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openapi_spec_validator import validate

from codegen.document import shape
from codegen.overlay import overlay
from codegen.repair.repair import RULES, repair
from tests.support.profiles import examples
from tests.support.small_documents import ACTIONS, Json, baseten, body, document, operation, paired, parameter, split

WITH_PATH = "/things/{thing_id}"
FULL = document(
    {
        WITH_PATH: {
            "post": operation(
                externalDocs={"url": "https://docs.example"},
                parameters=[parameter("thing_id", "path"), parameter("count", schema={"type": "integer"})],
                requestBody=body(
                    {
                        "kind": {"type": "string", "enum": ["a", "b"]},
                        "tags": {"type": "array", "items": {"type": "string"}},
                        "note": {"type": ["string", "null"]},
                    },
                    required=["kind"],
                ),
            )
        }
    },
    components={"schemas": {"Thing": {"type": "object", "properties": {"id": {"type": "string"}}}}},
)


def of_operation(node: Json) -> Json:
    return document({"/things": {"post": node}})


def of_parameter(node: Json, path: str = "/things") -> Json:
    return document({path: {"get": operation(parameters=[node])}})


def of_schema(schema: Json) -> Json:
    return of_operation(operation(requestBody=body({"field": schema})))


def read_operation(found: Json, path: str = "/things") -> Any:
    (node,) = found["paths"][path].values()
    return node


def read_parameter(found: Json) -> Any:
    return read_operation(found)["parameters"][0]


def read_schema(found: Json) -> Any:
    return read_operation(found)["requestBody"]["content"]["application/json"]["schema"]["properties"]["field"]


TEXT: Json = {"type": "string"}
COUNT = {"type": "integer"}
LIST = {"type": "array", "items": TEXT}
NULL = {"type": "null"}
FLAG = {"type": "boolean"}
A = {"type": "string", "enum": ["a"]}
KINDS = {"type": "string", "enum": ["a", "b"]}
THING = {"$ref": "#/components/schemas/Thing"}
IDS = [parameter(name, "path") for name in ("id", "id_2", "id_3", "id_4")]
SCHEME = {"type": "http", "scheme": "basic"}
UPLOAD = "multipart/form-data"
LISTED = [
    parameter("id", description="the first"),
    parameter("id", description="the second"),
    parameter("id", "header"),
]
CASES = [
    ("version", {**FULL, "openapi": "3.0.0"}, lambda found: found["openapi"], "3.1.0", 1),
    (
        "info",
        {**FULL, "info": {"description": "All about it"}},
        lambda found: found["info"],
        {"title": "LowCodeAPI", "version": "0", "description": "All about it"},
        1,
    ),
    ("info", {**FULL, "info": {"title": "It"}}, lambda found: found["info"], {"title": "It", "version": "0"}, 1),
    (
        "misshapen",
        {**FULL, "servers": [{}, {"url": "https://a"}, {"url": "/here"}, 3]},
        lambda found: found["servers"],
        [{"url": "https://a"}],
        3,
    ),
    ("says-nothing", of_operation(operation(parameters=None, description=None)), read_operation, operation(), 2),
    ("says-nothing", of_schema({"type": "array", "items": TEXT, "anyOf": None}), read_schema, LIST, 1),
    ("number-as-text", of_operation(operation(404)), read_operation, operation("404"), 1),  # type: ignore[arg-type]
    (
        "number-as-text",
        {**FULL, "info": {"title": "It", "version": 1.5}},
        lambda found: found["info"]["version"],
        "1.5",
        1,
    ),
    ("text-as-list", of_operation({**operation(), "tags": "things"}), read_operation, operation(), 1),
    ("text-as-schema", of_schema({"type": "array", "items": "string"}), read_schema, LIST, 1),
    (
        "method-spelling",
        document(
            {"/a": {"POST": operation("b"), "get ": operation("c"), "Get": operation("d"), "get": operation("a")}}
        ),
        lambda found: [(each.place, each.node["summary"]) for each in shape.operations(found)],
        [("POST /a", "b"), ("GET /a", "a"), ("GET /a#2", "c"), ("GET /a#3", "d")],
        3,
    ),
    ("place-spelling", of_parameter(parameter("id", "Query ", required=False)), read_parameter, parameter("id"), 1),
    (
        "status-spelling",
        of_operation({**operation(), "responses": {"2xx": {"description": "Fine"}, "Default": {"description": "No"}}}),
        lambda found: read_operation(found)["responses"],
        {"2XX": {"description": "Fine"}, "default": {"description": "No"}},
        2,
    ),
    (
        "shared-parameters",
        document(
            {
                "/things": {
                    "parameters": [parameter("id"), parameter("page")],
                    "get": operation(parameters=[parameter("page", description="own")]),
                }
            }
        ),
        lambda found: found["paths"]["/things"]["get"]["parameters"],
        [parameter("page", description="own"), parameter("id")],
        2,
    ),
    (
        "reserved",
        of_operation(operation(**{"x-safety": "safe", "x-alias": {"a": "b"}, "x-mine": 1})),
        read_operation,
        operation(**{"x-mine": 1}),
        2,
    ),
    (
        "reserved",
        of_parameter(parameter("id", **{"x-path-parameter": True})),
        read_parameter,
        parameter("id"),
        1,
    ),
    (
        "external-docs",
        of_operation(operation(externalDocs={"api_ref": "https://ref", "api_endpoint": "https://up/{id}"})),
        read_operation,
        operation(**{"externalDocs": {"url": "https://ref"}, "x-api-endpoint": "https://up/{id}"}),
        1,
    ),
    ("external-docs", of_operation(operation(externalDocs="a text")), read_operation, operation(), 1),
    ("external-docs", of_operation(operation(externalDocs={"api_ref": ""})), read_operation, operation(), 1),
    (
        "parameter-required",
        of_parameter({"name": "id", "in": "query", "schema": TEXT}),
        read_parameter,
        parameter("id", required=False),
        1,
    ),
    (
        "parameter-required",
        of_parameter({"name": "id", "in": "path", "schema": TEXT, "required": "yes"}, "/things/{id}"),
        lambda found: read_operation(found, "/things/{id}")["parameters"],
        [parameter("id", "path")],
        1,
    ),
    (
        "path-parameter-without-place",
        of_parameter(parameter("thing_id", "path")),
        read_parameter,
        parameter("thing_id", required=True, **{"x-path-parameter": True}),
        1,
    ),
    (
        "parameter-twice",
        document({"/things": {"get": operation(parameters=LISTED)}}),
        lambda found: read_operation(found)["parameters"],
        [LISTED[0], LISTED[2]],
        1,
    ),
    (
        "parameter-items-enum",
        of_parameter(parameter("kind", schema={"type": "string", "items": {"enum": ["a", "b"]}})),
        read_parameter,
        parameter("kind", schema={"type": "string", "enum": ["a", "b"]}),
        1,
    ),
    (
        "empty-body",
        of_operation(operation(requestBody=body({}))),
        read_operation,
        operation(),
        1,
    ),
    ("empty-body", of_operation(operation(requestBody={})), read_operation, operation(), 1),
    (
        "body-example",
        of_operation(
            operation(
                requestBody={"content": {"text/json": {"example": {"a": ""}, "schema": {"properties": {"a": TEXT}}}}}
            )
        ),
        read_operation,
        operation(requestBody={"content": {"text/json": {"schema": {"properties": {"a": TEXT}}}}}),
        1,
    ),
    (
        "responses",
        document({"/things": {"get": {"summary": "Do it"}}}),
        read_operation,
        {"summary": "Do it", "responses": {"default": {"description": "Not described."}}},
        1,
    ),
    ("empty-example", of_schema({"type": "integer", "example": ""}), read_schema, {"type": "integer"}, 1),
    (
        "property-required",
        of_schema(
            {"type": "object", "properties": {"a": {**TEXT, "required": True}, "b": {**TEXT, "required": False}}}
        ),
        read_schema,
        {"type": "object", "properties": {"a": TEXT, "b": TEXT}, "required": ["a"]},
        2,
    ),
    (
        "property-required",
        of_schema({"type": "object", "properties": {"a": TEXT}, "required": []}),
        read_schema,
        {"type": "object", "properties": {"a": TEXT}},
        1,
    ),
    (
        "property-required",
        of_schema({"type": "object", "properties": {"a": TEXT, "b": {**TEXT, "required": "True"}}, "required": "a"}),
        read_schema,
        {"type": "object", "properties": {"a": TEXT, "b": TEXT}, "required": ["a", "b"]},
        1,
    ),
    (
        "property-required",
        of_schema({"type": "object", "properties": {"ab": TEXT}, "required": "ab"}),
        read_schema,
        {"type": "object", "properties": {"ab": TEXT}, "required": ["ab"]},
        1,
    ),
    ("odd-enum", of_schema(TEXT | {"enum": ["a", 1]}), read_schema, TEXT | {"enum": ["a", "1"]}, 1),
    *(
        ("odd-enum", of_schema({**types, "enum": values}), read_schema, {"anyOf": members}, 1)
        for types, values, members in (
            ({}, ["a", 1], [A, COUNT]),
            ({"type": "integer"}, [1, "a"], [A, COUNT]),
            ({"type": ["string", "integer", "null"]}, ["a", 1], [A, COUNT, NULL]),
            ({"type": "boolean"}, ["yes", "no"], [FLAG, TEXT | {"enum": ["yes", "no"]}]),
            ({"type": "boolean"}, ["a", None], [FLAG, A, NULL]),
        )
    ),
    ("odd-enum", of_schema({"type": "boolean", "enum": ["True", "false"]}), read_schema, {"type": "boolean"}, 1),
    ("odd-enum", of_schema({"type": "number", "enum": [0.5]}), read_schema, {"type": "number"}, 1),
    ("odd-enum", of_schema({"type": "boolean", "enum": [True, False]}), read_schema, {"type": "boolean"}, 1),
    ("array-without-items", of_schema({"type": "array"}), read_schema, {"type": "array", "items": {}}, 1),
    *(
        ("unknown-type", of_schema({"type": type_, "description": "It"}), read_schema, {"description": "It"}, 1)
        for type_ in (
            "json",
            "JSON",
            "file",
            "",
            "enum",
            "string or " * 9_000,
            "a" + " " * 90_000 + "b",
            "undefined",
            '["string"',
            "1\ntype",
            None,
            3,
            [],
            ["x"],
        )
    ),
    *(
        ("unknown-type", of_schema({"type": type_}), read_schema, meant, 1)
        for type_, meant in (
            ("strign", TEXT),
            ("booleam", {"type": "boolean"}),
            ("Integer", {"type": "integer"}),
            ("objcet", {"type": "object"}),
            ("true/false", {"type": "boolean"}),
            ("string|number", {"type": ["string", "number"]}),
            ("string, or null", {"type": ["string", "null"]}),
            ("dateTime", {"type": "string", "format": "date-time"}),
            ("URL", {"type": "string", "format": "uri"}),
            ("array of object", {"type": "array", "items": {"type": "object"}}),
            ("string" + " " * 90_000 + "or  null", {"type": ["string", "null"]}),
            ("array  of\tobject", {"type": "array", "items": {"type": "object"}}),
            ("[string]", {"type": "array", "items": TEXT}),
            (["string", "string"], TEXT),
        )
    ),
    ("odd-enum", of_schema(COUNT | {"enum": ["1", "2"]}), read_schema, COUNT | {"enum": [1, 2]}, 1),
    ("odd-enum", of_schema({"type": "string", "enum": [1, 2]}), read_schema, {"type": "string", "enum": ["1", "2"]}, 1),
    ("odd-enum", of_schema({"type": "object", "enum": ["a"]}), read_schema, {"type": "string", "enum": ["a"]}, 1),
    (
        "items-enum",
        of_schema({"type": "string", "items": {"enum": ["a", "b"]}}),
        read_schema,
        {"type": "string", "enum": ["a", "b"]},
        1,
    ),
    (
        "items-enum",
        of_schema({"type": "array", "items": TEXT, "enum": ["a", "b"]}),
        read_schema,
        {"type": "array", "items": {"type": "string", "enum": ["a", "b"]}},
        1,
    ),
    (
        "odd-keyword",
        of_schema({"type": "integer", "minimum": "1", "maximum": 3}),
        read_schema,
        {"type": "integer", "maximum": 3},
        1,
    ),
    ("odd-keyword", of_schema({**TEXT, "default": {"a": 1}}), read_schema, TEXT, 1),
    (
        "default",
        of_schema({"type": "integer", "default": "two"}),
        read_schema,
        {"type": "integer", "x-default": "two"},
        1,
    ),
    (
        "odd-keyword",
        of_schema(
            {
                "type": "string",
                "const": {"$ref": "#/gone"},
                "values": [{"$ref": "#/gone"}],
                "about": "It",
                "x-values": [1],
            }
        ),
        read_schema,
        {"type": "string", "about": "It", "x-values": [1]},
        2,
    ),
    (
        "required-without-property",
        of_schema({"type": "object", "properties": {"a": TEXT}, "required": ["a", "b"]}),
        read_schema,
        {"type": "object", "properties": {"a": TEXT, "b": {}}, "required": ["a", "b"]},
        1,
    ),
    *(
        ("odd-path", document({odd: {"get": operation()}}), lambda found: list(found["paths"]), [path], 1)
        for odd, path in ((" /a", "/a"), ("a", "/a"), ("https//a", "/https//a"))
    ),
    (
        "odd-path",
        document({odd: {"get": operation(parameters=[parameter("id", "path")])} for odd in ("/a/:id", "/a/<id>")}),
        lambda found: list(found["paths"]),
        ["/a/{id}", "/a/{id}#2"],
        2,
    ),
    (
        "operation-id-twice",
        document({path: {"get": operation(operationId="a.b")} for path in ("/a", "/b")}),
        lambda found: [each.node for each in shape.operations(found)],
        [operation(), operation()],
        2,
    ),
    (
        "unknown-key",
        of_operation(operation(response_type="json", deprecated="no")),
        read_operation,
        operation(**{"x-response_type": "json"}),
        2,
    ),
    (
        "undeclared-placeholder",
        document({"/a/{id}/{b}": {"get": operation(parameters=[parameter("id", description="It")])}}),
        lambda found: read_operation(found, "/a/{id}/{b}")["parameters"],
        [parameter("id", "path", description="It"), parameter("b", "path")],
        2,
    ),
    (
        "parameter-schema",
        of_parameter({"name": "id", "in": "query", "required": False, "type": "string", "enum": ["a", "b"]}),
        read_parameter,
        parameter("id", schema={"type": "string", "enum": ["a", "b"]}),
        1,
    ),
    (
        "media-type",
        of_operation(operation(requestBody={"content": {"": {"schema": {"properties": {"a": TEXT}}}}})),
        read_operation,
        operation(requestBody={"content": {"application/json": {"schema": {"properties": {"a": TEXT}}}}}),
        1,
    ),
    (
        "reference",
        document({"/a": {"$ref": "#/components/x-paths/A"}}, components={"x-paths": {"A": {"get": operation()}}}),
        lambda found: found["paths"],
        {"/a": {"get": operation()}},
        1,
    ),
    (
        "reference",
        document(
            {"/a": {"post": operation(parameters=[{"$ref": "#/components/x-a/id"}], requestBody={"$ref": "#/x-body"})}},
            components={"x-a": {"id": parameter("id")}},
            **{"x-body": body({"a": TEXT})},
        ),
        lambda found: read_operation(found, "/a"),
        operation(parameters=[parameter("id")], requestBody=body({"a": TEXT})),
        2,
    ),
    (
        "reference-to-nothing",
        of_schema({"$ref": "#/components/schemas/Gone"}),
        lambda found: read_operation(found)["requestBody"]["content"]["application/json"]["schema"]["properties"],
        {"field": {}},
        1,
    ),
    (
        "component-name",
        document(
            {"/things": {"post": operation(requestBody=body({"field": {"$ref": "#/components/schemas/A%20~1%20b"}}))}},
            components={"schemas": {"A / b": TEXT}},
        ),
        lambda found: (found["components"], read_operation(found)["requestBody"]),
        ({"schemas": {"A_b": TEXT}}, body({"field": {"$ref": "#/components/schemas/A_b"}})),
        1,
    ),
    *(
        (
            "nullable",
            {**of_schema({**schema, "nullable": stated}), "components": FULL["components"]},
            read_schema,
            meant,
            1,
        )
        for schema, stated, meant in (
            (TEXT, True, {"type": ["string", "null"]}),
            (TEXT, "true", {"type": ["string", "null"]}),
            (TEXT, False, TEXT),
            (TEXT, "often", TEXT),
            ({"type": ["integer", "null"]}, True, {"type": ["integer", "null"]}),
            ({**LIST, "title": "It"}, True, {**LIST, "type": ["array", "null"], "title": "It"}),
            ({"properties": {"a": TEXT}}, True, {"type": ["object", "null"], "properties": {"a": TEXT}}),
            ({"description": "It"}, True, {"description": "It"}),
            (THING, True, {"anyOf": [THING, NULL]}),
            ({"allOf": [THING], "title": "It"}, True, {"title": "It", "anyOf": [{"allOf": [THING]}, NULL]}),
            ({"oneOf": [TEXT, COUNT]}, True, {"oneOf": [TEXT, COUNT, NULL]}),
            ({"anyOf": [TEXT, NULL]}, True, {"anyOf": [TEXT, NULL]}),
            (KINDS, True, {"anyOf": [KINDS, NULL]}),
            (
                {"type": ["string", "null"], "enum": ["a", "b", None]},
                True,
                {"anyOf": [{**KINDS, "type": ["string"]}, NULL]},
            ),
            ({"const": "a"}, True, {"anyOf": [{"const": "a"}, NULL]}),
        )
    ),
    (
        "nullable-body",
        of_operation(operation(requestBody=body({"a": TEXT}, nullable=True))),
        read_operation,
        operation(requestBody=body({"a": TEXT})),
        1,
    ),
    (
        "component-name",
        document({}, components={"schemas": {"A b": TEXT, "A/b": COUNT, "A_b_2": LIST}}),
        lambda found: found["components"]["schemas"],
        {"A_b": TEXT, "A_b_3": COUNT, "A_b_2": LIST},
        2,
    ),
    (
        "odd-path",
        document({"/a/{ id }/{id}/{id_2}/{id}": {"get": operation(parameters=IDS)}}),
        lambda found: list(found["paths"]),
        ["/a/{id}/{id_3}/{id_2}/{id_4}"],
        1,
    ),
    (
        "unknown-key",
        of_operation(operation(security=[{"$ref": []}])),
        read_operation,
        operation(),
        1,
    ),
    *(
        (
            "unknown-key",
            document({}, components={"securitySchemes": {name: scheme}}),
            lambda found: found["components"],
            {},
            1,
        )
        for name, scheme in (("a b", SCHEME), ("a", {**SCHEME, "description": []}))
    ),
    (
        "upload",
        of_operation(operation(requestBody={"content": {UPLOAD: {"schema": {"properties": {"a": {"type": "file"}}}}}})),
        lambda found: read_operation(found)["requestBody"]["content"][UPLOAD]["schema"]["properties"],
        {"a": {"type": "string", "format": "binary"}},
        1,
    ),
]


def test_a_method_in_several_spellings_stays_on_its_path_however_that_is_spelled() -> None:
    item = {method: operation(parameters=[parameter("id", "path")]) for method in ("get", "GET", "Get")}
    found = repair(document({"/a/<id>\t": item})).document
    assert [each.place for each in shape.operations(found)] == ["GET /a/{id}", "GET /a/{id}#2", "GET /a/{id}#3"]


@pytest.mark.parametrize(
    ("rule", "given_document", "read", "expected", "count"),
    CASES,
    ids=[f"{i}-{case[0]}" for i, case in enumerate(CASES)],
)
def test_a_rule_repairs_what_needs_it_and_says_how_often(
    rule: str, given_document: Json, read: Any, expected: Any, count: int
) -> None:
    before = copy.deepcopy(given_document)
    result = repair(given_document)
    assert read(result.document) == expected
    assert dict(result.counts) == {rule: count}
    assert given_document == before, "the document that was given stays as it is"
    again = repair({**result.document, "openapi": "3.1.0"})
    left = {"reserved"} if rule in {"external-docs", "path-parameter-without-place"} else set()
    assert set(again.counts) <= left, "what is repaired needs no repair"


def test_every_rule_has_a_case() -> None:
    assert {case[0] for case in CASES} == set(RULES)


def test_a_valid_document_needs_nothing() -> None:
    result = repair(FULL)
    assert not result.counts
    assert result.document == FULL
    assert result.document is not FULL


@pytest.mark.parametrize(
    "schema",
    [
        {"type": "array", "items": TEXT},
        {"$ref": "#/components/schemas/Thing"},
        TEXT,
        {"type": "object"},
        {"type": "object", "description": "Whatever you like"},
        {"type": "object", "required": ["a"]},
        {"type": "object", "properties": {}, "additionalProperties": True},
        {"type": "object", "properties": {"a": {}}, "required": ["a"]},
    ],
)
def test_a_body_that_is_no_empty_object_stays(schema: Json) -> None:
    node = operation(requestBody={"content": {"application/json": {"schema": schema}}})
    given_document = {**of_operation(node), "components": FULL["components"]}
    assert read_operation(repair(given_document).document) == node


@pytest.mark.parametrize(
    ("schema", "line", "left"),
    [
        (LIST | {"properties": {"a": TEXT}}, "properties beside the type array; they are left out", None),
        (TEXT | {"properties": {"a": TEXT}}, "properties beside the type string; they are left out", None),
        (
            {"properties": {"a": TEXT}, "anyOf": [{"properties": {"b": TEXT}}]},
            "properties beside anyOf; they may be left out",
            None,
        ),
        (
            {"type": "object", "properties": {"a": TEXT}, "oneOf": [{"required": ["a"]}, {"required": ["b"]}]},
            "oneOf of required properties; which of them go together is not known",
            {"type": "object", "properties": {"a": TEXT}},
        ),
        (
            {"type": "array", "items": [TEXT, COUNT]},
            "a list of schemas under items; any values are taken",
            {"type": "array", "items": {}},
        ),
    ],
)
def test_what_a_type_does_not_say_is_reported(schema: Json, line: str, left: Json | None) -> None:
    result = repair(of_schema(schema))
    assert result.unread == (f"POST /things, body, properties/field: {line}",)
    assert read_schema(result.document) == (schema if left is None else left)


@pytest.mark.parametrize(
    "schema",
    [
        {"type": ["object", "null"], "properties": {"a": TEXT}},
        {"properties": {"a": TEXT}, "allOf": [{"properties": {"b": TEXT}}]},
        {"anyOf": [TEXT, COUNT]},
    ],
)
def test_what_a_type_says_is_not_reported(schema: Json) -> None:
    assert repair(of_schema(schema)).unread == ()


def test_a_parameter_whose_type_is_under_content_is_reported() -> None:
    content = {"application/json": {"schema": TEXT}}
    result = repair(of_parameter({"name": "q", "in": "query", "required": False, "content": content}))
    assert result.unread == ("GET /things, parameter q: what it takes is under content; any value is taken",)


def test_a_body_whose_only_field_must_be_sent_stays() -> None:
    found = repair(of_operation(operation(requestBody=body({}, required=["a"])))).document
    assert read_operation(found) == operation(requestBody=body({"a": {}}, required=["a"]))


def in_each(content: Json) -> Json:
    """A document with this content as a body, as an answer and as an answer of its components."""
    given_body = {"requestBody": {"content": content}} if content else {}
    node = operation(responses={"200": {"description": "Fine", "content": copy.deepcopy(content)}}, **given_body)
    answers = {"R": {"description": "Fine", "content": copy.deepcopy(content)}}
    return document({"/a": {"post": node}}, components={"responses": answers})


OTHER = {"properties": {"b": {"type": "strign"}}, "required": "b"}


@pytest.mark.parametrize(
    ("content", "merged"),
    [
        (
            {
                "application/json": body({"a": TEXT})["content"]["application/json"],
                "Application/JSON": {"schema": OTHER},
            },
            {"application/json": {"schema": {"type": "object", "properties": {"a": TEXT, "b": TEXT}}}},
        ),
        (
            {
                "text/json; a=b": {"schema": OTHER},
                "text/json;c": {},
                "TEXT/JSON": {"schema": {"properties": {"a": TEXT}}},
            },
            {"text/json": {"schema": {"type": "object", "properties": {"b": TEXT, "a": TEXT}}}},
        ),
        ({"": {}, "application/json": {"schema": TEXT}}, {"application/json": {"schema": TEXT}}),
        ({"": {}, "Application/JSON": {}}, {"application/json": {}}),
        (
            {
                "multipart/form-data": {"schema": {"properties": {"a": TEXT}}},
                "multipart/form-data; boundary=x": {"schema": {"properties": {"b": TEXT}}},
            },
            {"multipart/form-data": {"schema": {"type": "object", "properties": {"a": TEXT, "b": TEXT}}}},
        ),
    ],
)
def test_the_spellings_of_one_media_type_are_one_that_has_what_each_says(content: Json, merged: Json) -> None:
    found = repair(in_each(content)).document
    assert found == in_each(merged)
    assert set(repair(found).counts) == set()


def test_many_spellings_of_one_media_type_are_one() -> None:
    spelled = {f"text/json; a={number}": {"schema": {"properties": {f"f{number}": TEXT}}} for number in range(500)}
    content = read_operation(repair(of_operation(operation(requestBody={"content": spelled}))).document)["requestBody"]
    assert set(content["content"]["text/json"]["schema"]["properties"]) == {f"f{number}" for number in range(500)}


@pytest.mark.parametrize(
    ("given_document", "line", "left"),
    [
        (document({"/a": {"$ref": "#/x", "get": operation()}}), "/a: the path refers to '#/x'", {"get": operation()}),
        (document({"/a": {"$ref": "#/paths/~1a"}}), "/a: the path refers to '#/paths/~1a'", {}),
        (document({"/a": {"$ref": "a.yaml"}}), "/a: the path refers to 'a.yaml'", {}),
        (document({"/a": {"$ref": 3}}), "/a: the path refers to 3", {}),
        (
            document({"/a": {"get": operation(parameters=[{"$ref": "#/x"}])}}),
            "GET /a: a parameter refers to '#/x'",
            {"get": operation(parameters=[])},
        ),
        (
            document({"/a": {"put": operation(requestBody={"$ref": "#/x"})}}),
            "PUT /a: the body refers to '#/x'",
            {"put": operation(requestBody={"content": {"application/json": {}}})},
        ),
        (
            document({"/a": {"get": operation(responses={"200": {"$ref": "#/components/responses/Gone"}})}}),
            "GET /a, answer 200: refers to '#/components/responses/Gone'",
            {"get": operation(responses={"200": {"description": "Not described."}})},
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_refers_to_nothing_takes_nothing_else_with_it(given_document: Json, line: str, left: Json) -> None:
    result = repair(given_document)
    assert result.document["paths"]["/a"] == left
    assert [found[: len(line)] for found in result.unread] == [line]
    validate(result.document)


def test_the_schemas_of_components_are_repaired_too() -> None:
    components = {"schemas": {"Thing": {"allOf": [{"properties": {"a": {"type": "strign"}}}]}}}
    result = repair(document({}, components=components))
    assert result.document["components"]["schemas"]["Thing"] == {"allOf": [{"properties": {"a": TEXT}}]}
    assert result.counts == {"unknown-type": 1}


# --- all together ----------------------------------------------------------------------------------------------------

types = st.sampled_from(["string", "integer", "array", "object", "json", "", "strign", "string|number", None])
schemas = st.recursive(
    st.fixed_dictionaries(
        {"type": types},
        optional={
            "example": st.just(""),
            "required": st.booleans(),
            "items": st.fixed_dictionaries({}, optional={"enum": st.lists(st.sampled_from(["a", "b", 1]), max_size=3)}),
            "enum": st.lists(st.sampled_from(["a", "b", 1, None, 0.5]), max_size=3),
        },
    ),
    lambda inner: st.fixed_dictionaries(
        {"type": types, "properties": st.dictionaries(st.sampled_from(["a", "b c", "class"]), inner, max_size=3)},
        optional={"required": st.lists(st.sampled_from(["a", "b c"]), max_size=2)},
    ),
    max_leaves=4,
)
parameters = st.fixed_dictionaries(
    {"name": st.sampled_from(["model_id", "in hours from GMT", "class"]), "in": st.sampled_from(["path", "query"])},
    optional={"required": st.booleans(), "schema": schemas, "description": st.text(max_size=5)},
)
dialect_operations = st.fixed_dictionaries(
    {"externalDocs": st.fixed_dictionaries({"api_ref": st.text(max_size=5)}, optional={"api_endpoint": st.just("x")})},
    optional={
        "parameters": st.lists(parameters, max_size=4),
        "requestBody": st.builds(
            lambda schema: {"content": {"application/json": {"schema": schema, "example": {}}}}, schemas
        ),
        "responses": st.sampled_from([{}, None, {"401": {"description": "No", "content": {"": {}}}}]),
        "summary": st.text(max_size=5),
    },
)
paths = st.sampled_from(["/a", "/a/{model_id}", "/v1/models/modelid", " /b", "https//c", "/d/{model_id}:resolve"])
methods = st.sampled_from(["get", "post", "delete", "x-other"])
dialect_documents = st.fixed_dictionaries(
    {"openapi": st.just("3.0.0"), "paths": st.dictionaries(paths, st.dictionaries(methods, dialect_operations))},
    optional={"info": st.just({"description": "x"}), "servers": st.just([{"url": "https://a"}])},
)


@examples(35)
@given(dialect_documents)
def test_no_operation_is_ever_lost_and_a_second_repair_finds_nothing(given_document: Json) -> None:
    before = copy.deepcopy(given_document)
    once = repair(given_document)
    assert given_document == before
    methods = [each.method for each in shape.operations(once.document)]
    assert methods == [each.method for each in shape.operations(before)]
    assert set(once.counts) <= set(RULES)
    assert set(repair(once.document).counts) <= {"reserved"}, "only what codegen itself wrote"


@pytest.mark.parametrize("format_name", ["new", "old"])
def test_both_documents_of_baseten_are_valid_openapi_once_repaired_and_overlaid(format_name: str) -> None:
    found, misfits = overlay.apply(paired(*baseten()).document, ACTIONS)
    assert not misfits
    document_of_format = split(found, format_name)
    assert len(list(shape.operations(document_of_format))) == 56
    validate(document_of_format)
