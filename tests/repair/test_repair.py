"""LowCodeAPI's dialect → valid OpenAPI: each rule alone, and all of them together."""

from __future__ import annotations

import copy
import operator
from typing import Any

import pytest
from hypothesis import given

from codegen.document import shape
from codegen.repair.repair import RULES, repair
from tests.pipeline.dialect_documents import Made, documents
from tests.support.profiles import examples
from tests.support.small_documents import TEXT, Json, body, document, operation, parameter, ref
from tests.support.valid_openapi import validate

COUNT = {"type": "integer"}
FLAG = {"type": "boolean"}
NULL = {"type": "null"}
LIST = {"type": "array", "items": TEXT}
A = TEXT | {"enum": ["a"]}
KINDS = TEXT | {"enum": ["a", "b"]}
THING = ref("Thing")
THINGS = {"schemas": {"Thing": {"type": "object", "properties": {"id": TEXT}}}}
SCHEME = {"type": "http", "scheme": "basic"}
LISTED = [parameter("b", description="own")]


def of_operation(node: Json, path: str = "/things") -> Json:
    return document({path: {"post": node}}, components=copy.deepcopy(THINGS))


def of_schema(schema: Any) -> Json:
    return of_operation(operation(requestBody=body({"field": schema})))


def read_operation(found: Json) -> Any:
    ((node,),) = (item.values() for item in found["paths"].values())
    return node


def read_schema(found: Json) -> Any:
    return read_operation(found)["requestBody"]["content"]["application/json"]["schema"]["properties"]["field"]


def content(schema: Json, media_type: str = "application/json", **more: Any) -> Json:
    return {"content": {media_type: {"schema": schema, **more}}}


# Each row: a rule, what it repairs, what that becomes, and the count if it is not 1.
SCHEMAS: list[tuple[Any, ...]] = [
    ("says-nothing", LIST | {"anyOf": None}, LIST),
    ("text-as-schema", {"type": "array", "items": "string"}, LIST),
    ("empty-example", COUNT | {"example": ""}, COUNT),
    (
        "property-required",
        {"type": "object", "properties": {"a": TEXT | {"required": True}, "b": TEXT | {"required": False}}},
        {"type": "object", "properties": {"a": TEXT, "b": TEXT}, "required": ["a"]},
        2,
    ),
    ("property-required", {"properties": {"a": TEXT}, "required": []}, {"properties": {"a": TEXT}}),
    (
        "property-required",
        {"properties": {"ab": TEXT, "b": TEXT | {"required": "True"}}, "required": "ab"},
        {"properties": {"ab": TEXT, "b": TEXT}, "required": ["ab", "b"]},
    ),
    (
        "required-without-property",
        {"properties": {"a": TEXT}, "required": ["a", "b"]},
        {"properties": {"a": TEXT, "b": {}}, "required": ["a", "b"]},
    ),
    ("odd-enum", TEXT | {"enum": ["a", 1]}, TEXT | {"enum": ["a", "1"]}),
    ("odd-enum", {"enum": ["a", 1]}, {"anyOf": [A, COUNT]}),
    ("odd-enum", COUNT | {"enum": [1, "a"]}, {"anyOf": [A, COUNT]}),
    ("odd-enum", {"type": ["string", "integer", "null"], "enum": ["a", 1]}, {"anyOf": [A, COUNT, NULL]}),
    ("odd-enum", FLAG | {"enum": ["a", "b"]}, {"anyOf": [FLAG, KINDS]}),
    ("odd-enum", FLAG | {"enum": ["a", None]}, {"anyOf": [FLAG, A, NULL]}),
    ("odd-enum", FLAG | {"enum": ["True", "false"]}, FLAG),
    ("odd-enum", FLAG | {"enum": [True, False]}, FLAG),
    ("odd-enum", {"type": "number", "enum": [0.5]}, {"type": "number"}),
    ("odd-enum", COUNT | {"enum": ["1", "2"]}, COUNT | {"enum": [1, 2]}),
    ("odd-enum", TEXT | {"enum": [1, 2]}, TEXT | {"enum": ["1", "2"]}),
    ("odd-enum", {"type": "object", "enum": ["a"]}, A),
    ("odd-enum", NULL | {"enum": ["a"]}, A),
    ("items-enum", TEXT | {"items": {"enum": ["a", "b"]}}, KINDS),
    ("items-enum", LIST | {"enum": ["a", "b"]}, {"type": "array", "items": KINDS}),
    ("array-without-items", {"type": "array"}, {"type": "array", "items": {}}),
    ("odd-keyword", COUNT | {"minimum": "1", "maximum": 3}, COUNT | {"maximum": 3}),
    ("odd-keyword", TEXT | {"default": {"a": 1}}, TEXT),
    ("odd-keyword", TEXT | {"pattern": "("}, TEXT),
    (
        "odd-keyword",
        TEXT | {"const": {"$ref": "#/gone"}, "values": [{"$ref": "#/gone"}], "about": "It", "x-values": [1]},
        TEXT | {"about": "It", "x-values": [1]},
        2,
    ),
    ("default", COUNT | {"default": "two"}, COUNT | {"x-default": "two"}),
    ("reference-to-nothing", ref("Gone"), {}),
    ("nullable", TEXT | {"nullable": True}, {"type": ["string", "null"]}),
    ("nullable", TEXT | {"nullable": "true"}, {"type": ["string", "null"]}),
    ("nullable", TEXT | {"nullable": False}, TEXT),
    ("nullable", TEXT | {"nullable": "often"}, TEXT),
    ("nullable", {"type": ["integer", "null"], "nullable": True}, {"type": ["integer", "null"]}),
    (
        "nullable",
        {"properties": {"a": TEXT}, "nullable": True},
        {"type": ["object", "null"], "properties": {"a": TEXT}},
    ),
    ("nullable", {"description": "It", "nullable": True}, {"description": "It"}),
    ("nullable", THING | {"nullable": True}, {"anyOf": [THING, NULL]}),
    (
        "nullable",
        {"allOf": [THING], "title": "It", "nullable": True},
        {"title": "It", "anyOf": [{"allOf": [THING]}, NULL]},
    ),
    ("nullable", {"oneOf": [TEXT, COUNT], "nullable": True}, {"oneOf": [TEXT, COUNT, NULL]}),
    ("nullable", {"anyOf": [TEXT, NULL], "nullable": True}, {"anyOf": [TEXT, NULL]}),
    ("nullable", KINDS | {"nullable": True}, {"anyOf": [KINDS, NULL]}),
    (
        "nullable",
        {"type": ["string", "null"], "enum": ["a", "b", None], "nullable": True},
        {"anyOf": [KINDS | {"type": ["string"]}, NULL]},
    ),
    ("nullable", {"const": "a", "nullable": True}, {"anyOf": [{"const": "a"}, NULL]}),
]
MEANT: dict[str, Json] = {
    "strign": TEXT,
    "booleam": FLAG,
    "Integer": COUNT,
    "objcet": {"type": "object"},
    "true/false": FLAG,
    "string|number": {"type": ["string", "number"]},
    "string, or null": {"type": ["string", "null"]},
    "dateTime": TEXT | {"format": "date-time"},
    "URL": TEXT | {"format": "uri"},
    "array  of\tobject": {"type": "array", "items": {"type": "object"}},
    "[string]": LIST,
    "string" + " " * 90_000 + "or  null": {"type": ["string", "null"]},
}
# Types without a meaning.
NONE_MEANT = ["json", "JSON", "file", "", "enum", "undefined", '["string"', "1\ntype", None, 3, [], ["x"]]
NONE_MEANT += ["string or " * 9_000, "a" + " " * 90_000 + "b"]
SCHEMAS += [("unknown-type", {"type": type_}, meant) for type_, meant in MEANT.items()]
SCHEMAS += [("unknown-type", {"type": ["string", "string"]}, TEXT)]
SCHEMAS += [("unknown-type", {"type": type_, "description": "It"}, {"description": "It"}) for type_ in NONE_MEANT]

OPERATIONS: list[tuple[Any, ...]] = [
    ("says-nothing", {"parameters": None, "description": None}, {}, 2),
    ("number-as-text", {"summary": 404}, {"summary": "404"}),
    ("text-as-list", {"tags": "things"}, {}),
    (
        "status-spelling",
        {"responses": {"2xx": {"description": "Fine"}, "Default": {"description": "No"}}},
        {"responses": {"2XX": {"description": "Fine"}, "default": {"description": "No"}}},
        2,
    ),
    ("reserved", {"x-safety": "safe", "x-alias": {"a": "b"}, "x-mine": 1}, {"x-mine": 1}, 2),
    (
        "external-docs",
        {"externalDocs": {"api_ref": "https://ref", "api_endpoint": "https://up/{id}"}},
        {"externalDocs": {"url": "https://ref"}, "x-api-endpoint": "https://up/{id}"},
    ),
    ("external-docs", {"externalDocs": "a text"}, {}),
    ("external-docs", {"externalDocs": {"api_ref": ""}}, {}),
    ("responses", {"responses": {}}, {"responses": {"default": {"description": "Not described."}}}),
    ("unknown-key", {"response_type": "json", "deprecated": "no"}, {"x-response_type": "json"}, 2),
    ("unknown-key", {"security": [{"$ref": []}]}, {}),
    ("empty-body", {"requestBody": body({})}, {}),
    ("empty-body", {"requestBody": {}}, {}),
    ("nullable-body", {"requestBody": body({"a": TEXT}, nullable=True)}, {"requestBody": body({"a": TEXT})}),
    ("body-example", {"requestBody": content(A, "text/json", example={})}, {"requestBody": content(A, "text/json")}),
    ("media-type", {"requestBody": content(A, "")}, {"requestBody": content(A)}),
    (
        "upload",
        {"requestBody": content({"properties": {"a": {"type": "file"}}}, "multipart/form-data")},
        {"requestBody": content({"properties": {"a": TEXT | {"format": "binary"}}}, "multipart/form-data")},
    ),
]
PARAMETERS: list[tuple[Any, ...]] = [
    ("place-spelling", [parameter("id", "Query ", required=False)], [parameter("id")]),
    ("reserved", [parameter("id", **{"x-path-parameter": True})], [parameter("id")]),
    ("parameter-required", [{"name": "id", "in": "query", "schema": TEXT}], [parameter("id")]),
    (
        "path-parameter-without-place",
        [parameter("thing_id", "path")],
        [parameter("thing_id", required=True, **{"x-path-parameter": True})],
    ),
    (
        "parameter-twice",
        [parameter("id"), parameter("id"), parameter("id", "header")],
        [parameter("id"), parameter("id", "header")],
    ),
    (
        "parameter-items-enum",
        [parameter("a", schema=TEXT | {"items": {"enum": ["a", "b"]}})],
        [parameter("a", schema=KINDS)],
    ),
    ("parameter-schema", [{"name": "a", "in": "query", "required": False, **KINDS}], [parameter("a", schema=KINDS)]),
]


def gets(*spelled: str, **more: Any) -> Json:
    """Paths with one operation each."""
    return {path: {"get": operation(**copy.deepcopy(more))} for path in spelled}


IN_PATH = [parameter("id", "path")]
IDS = [parameter(name, "path") for name in ("id", "id_2", "id_3", "id_4")]
FULL = document(
    {
        "/things/{thing_id}": {
            "post": operation(
                externalDocs={"url": "https://docs.example"},
                parameters=[
                    parameter("thing_id", "path"),
                    parameter("count", schema=COUNT),
                    parameter("kinds", schema={"type": ["array", "null"], "items": KINDS}),
                ],
                requestBody=body(
                    {"kind": KINDS, "tags": LIST, "note": {"type": ["string", "null"]}}, required=["kind"]
                ),
            )
        }
    },
    components=THINGS,
)
# A document, and the part of it that is repaired.
DOCUMENTS: list[tuple[Any, ...]] = [
    ("version", {**FULL, "openapi": "3.0.0"}, "openapi", "3.1.0"),
    (
        "info",
        {**FULL, "info": {"description": "All about it"}},
        "info",
        {"title": "LowCodeAPI", "version": "0", "description": "All about it"},
    ),
    ("info", {**FULL, "info": {"title": "It"}}, "info", {"title": "It", "version": "0"}),
    ("number-as-text", {**FULL, "info": {"title": "It", "version": 1.5}}, "info", {"title": "It", "version": "1.5"}),
    (
        "misshapen",
        {**FULL, "servers": [{}, {"url": "https://a"}, {"url": "/here"}, 3]},
        "servers",
        [{"url": "https://a"}],
        3,
    ),
    (
        "method-spelling",
        document(
            {"/a": {"POST": operation("b"), "get ": operation("c"), "Get": operation("d"), "get": operation("a")}}
        ),
        "paths",
        {
            "/a": {"post": operation("b"), "get": operation("a")},
            "/a#2": {"get": operation("c")},
            "/a#3": {"get": operation("d")},
        },
        3,
    ),
    (
        "shared-parameters",
        document({"/a": {"parameters": [parameter("id"), parameter("b")], **gets("", parameters=LISTED)[""]}}),
        "paths",
        gets("/a", parameters=[*LISTED, parameter("id")]),
        2,
    ),
    (
        "parameter-required",
        document(gets("/a/{id}", parameters=[{**IN_PATH[0], "required": "yes"}])),
        "paths",
        gets("/a/{id}", parameters=IN_PATH),
    ),
    (
        "undeclared-placeholder",
        document(gets("/a/{id}/{b}", parameters=[parameter("id", description="It")])),
        "paths",
        gets("/a/{id}/{b}", parameters=[parameter("id", "path", description="It"), parameter("b", "path")]),
        2,
    ),
    *(("odd-path", document(gets(odd)), "paths", gets(f"/{odd.strip(' /')}")) for odd in (" /a", "a", "https//a")),
    (
        "odd-path",
        document(gets("/a/:id", "/a/<id>", parameters=IN_PATH)),
        "paths",
        gets("/a/{id}", "/a/{id}#2", parameters=IN_PATH),
        2,
    ),
    (
        "odd-path",
        document(gets("/a/{ id }/{id}/{id_2}/{id}", parameters=IDS)),
        "paths",
        gets("/a/{id}/{id_3}/{id_2}/{id_4}", parameters=IDS),
    ),
    ("operation-id-twice", document(gets("/a", "/b", operationId="a.b")), "paths", gets("/a", "/b"), 2),
    (
        "reference",
        document({"/a": {"$ref": "#/components/x-paths/A"}}, components={"x-paths": {"A": {"get": operation()}}}),
        "paths",
        gets("/a"),
    ),
    (
        "reference",
        document(
            gets("/a", parameters=[{"$ref": "#/components/x-a/id"}], requestBody={"$ref": "#/x-body"}),
            components={"x-a": {"id": parameter("id")}},
            **{"x-body": body({"a": TEXT})},
        ),
        "paths",
        gets("/a", parameters=[parameter("id")], requestBody=body({"a": TEXT})),
        2,
    ),
    (
        "component-name",
        document(
            gets("/a", requestBody=content(ref("A%20~1%20b"))),
            components={"schemas": {"A / b": TEXT}},
        ),
        "paths",
        gets("/a", requestBody=content(ref("A_b"))),
    ),
    (
        "component-name",
        document({}, components={"schemas": {"A b": TEXT, "A/b": COUNT, "A_b_2": LIST}}),
        "components",
        {"schemas": {"A_b": TEXT, "A_b_3": COUNT, "A_b_2": LIST}},
        2,
    ),
    (
        "unknown-type",
        document({}, components={"schemas": {"A": {"allOf": [{"type": "strign"}]}}}),
        "components",
        {"schemas": {"A": {"allOf": [TEXT]}}},
    ),
    ("unknown-key", document({}, components={"securitySchemes": {"a b": SCHEME}}), "components", {}),
    (
        "unknown-key",
        document({}, components={"securitySchemes": {"a": SCHEME | {"description": []}}}),
        "components",
        {},
    ),
]
CASES: list[tuple[Any, ...]] = [
    *((rule, of_schema(given), read_schema, *rest) for rule, given, *rest in SCHEMAS),
    *(
        (rule, of_operation(operation(**given)), read_operation, operation(**left), *count)
        for rule, given, left, *count in OPERATIONS
    ),
    *(
        (rule, of_operation(operation(parameters=given)), read_operation, operation(parameters=left), *count)
        for rule, given, left, *count in PARAMETERS
    ),
    *((rule, given, operator.itemgetter(key), *rest) for rule, given, key, *rest in DOCUMENTS),
]


@pytest.mark.parametrize("case", CASES, ids=[f"{case[0]}-{i}" for i, case in enumerate(CASES)])
def test_a_rule_repairs_what_needs_it_and_says_how_often(case: tuple[Any, ...]) -> None:
    rule, given_document, read, expected, *count = case
    before = copy.deepcopy(given_document)
    result = repair(given_document)
    assert read(result.document) == expected
    assert dict(result.counts) == {rule: count[0] if count else 1}
    assert given_document == before, "the document that was given stays as it is"
    again = repair(result.document)
    left = {"reserved"} if rule in {"external-docs", "path-parameter-without-place"} else set()
    assert set(again.counts) <= left, "what is repaired needs no repair"


def test_every_rule_has_a_case() -> None:
    assert {case[0] for case in CASES} == set(RULES)


def test_a_method_in_several_spellings_stays_on_its_path_however_that_is_spelled() -> None:
    item = {method: operation(parameters=IN_PATH) for method in ("get", "GET", "Get")}
    assert list(repair(document({"/a/<id>\t": item})).document["paths"]) == ["/a/{id}", "/a/{id}#2", "/a/{id}#3"]


def test_a_valid_document_needs_nothing() -> None:
    result = repair(FULL)
    assert not result.counts
    assert result.document == FULL
    assert result.document is not FULL


@pytest.mark.parametrize(
    "node",
    [
        content(LIST),
        content(THING),
        content(TEXT),
        content({"type": "object"}),
        content({"type": "object", "description": "Whatever you like"}),
        content({"type": "object", "required": ["a"]}),
        body({}, additionalProperties=True),
        body({"a": {}}, required=["a"]),
    ],
)
def test_a_body_that_is_no_empty_object_stays(node: Json) -> None:
    assert read_operation(repair(of_operation(operation(requestBody=node))).document) == operation(requestBody=node)


def test_a_body_whose_only_field_must_be_sent_stays() -> None:
    found = repair(of_operation(operation(requestBody=body({}, required=["a"])))).document
    assert read_operation(found) == operation(requestBody=body({"a": {}}, required=["a"]))


# --- what is reported ------------------------------------------------------------------------------------------------

REQUIRED = [{"required": ["a"]}, {"required": ["b"]}]
IS_LEFT_OUT = "the enum [{}] is {}; it is left out"
UNREAD: list[tuple[Json, str, Json | None]] = [
    (LIST | {"properties": {"a": TEXT}}, "properties beside the type array; they are left out", None),
    (TEXT | {"properties": {"a": TEXT}}, "properties beside the type string; they are left out", None),
    (
        {"properties": {"a": TEXT}, "anyOf": [{"properties": {"b": TEXT}}]},
        "properties beside anyOf; they may be left out",
        None,
    ),
    (
        {"type": "object", "properties": {"a": TEXT}, "oneOf": REQUIRED},
        "oneOf of required properties; which of them go together is not known",
        {"type": "object", "properties": {"a": TEXT}},
    ),
    (
        {"type": "array", "items": [TEXT, COUNT]},
        "a list of schemas under items; any values are taken",
        {"type": "array", "items": {}},
    ),
    (TEXT | {"items": TEXT | {"enum": ["1-9"]}}, IS_LEFT_OUT.format('"1-9"', "a range"), TEXT | {"items": TEXT}),
    ({"type": "array", "items": TEXT | {"enum": ["1-9"]}}, IS_LEFT_OUT.format('"1-9"', "a range"), LIST),
    ({"type": "array", "enum": ["1-9"]}, IS_LEFT_OUT.format('"1-9"', "a range"), {"type": "array", "items": {}}),
    ({"enum": ["string"]}, IS_LEFT_OUT.format('"string"', "the name of a type"), TEXT),
    (COUNT | {"enum": ["integer"]}, IS_LEFT_OUT.format('"integer"', "the name of a type"), COUNT),
]


@pytest.mark.parametrize(("schema", "line", "left"), UNREAD)
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
    result = repair(of_operation(operation(parameters=[{"name": "q", "in": "query", **content(TEXT)}])))
    assert result.unread == ("POST /things, parameter q: what it takes is under content; any value is taken",)


DOCUMENTATION: dict[str, list[list[Any]]] = {
    "the name of a type": [["string"], ["integer", None]],
    "a list in one text": [["mp3, mp4, mpeg"], ["asc|desc"]],
    "a range": [["1-100"], ["0 to 1"], [">= 1"]],
    "a regular expression": [["^[0-9a-fA-F]{24}$"], ["^[a-z]+", "auto"], [r"\d{4}"]],
    "an empty text, beside an example": [["", "www"]],
    "an empty text": [[""]],
    "a placeholder": [["<id>"], ["{account}", "me"], ["YOUR_API_KEY"], ["a", "b", "..."]],
    "a sentence, cut at its commas": [
        ["One of mp3", " mp4", " or mpeg"],
        ["The format of the file. Default is mp3"],
        ["the id of the thing that you want to get"],
    ],
    "a long text": [["x" * 1000]],
}


@pytest.mark.parametrize("what", DOCUMENTATION)
def test_an_enum_of_documentation_is_no_enumeration(what: str) -> None:
    for values in DOCUMENTATION[what]:
        (line,) = repair(of_schema({"enum": values})).unread
        assert line.endswith(f" is {what}; it is left out")


ENUMERATIONS: list[Any] = [
    *(["usd", "eur"], ["string", "integer", "boolean"], ["www"], ["", "auto", "never"], ["Not started", "In progress"]),
    *(["Eastern Time (US & Canada)", "Central Time (US & Canada)"], ["1-10", "11-50", "51-200"], ["$", "€"]),
    *(["^GSPC", "^DJI"], ["2022-11-28"], [">", ">=", "<"], ["a.b", "a/b", "A_B", "application/json"]),
    *([1, 2], ["a", 1], [True], [], None),
]


@pytest.mark.parametrize("values", ENUMERATIONS, ids=repr)
def test_an_odd_enumeration_stays_one(values: Any) -> None:
    assert repair(of_schema({"enum": values})).unread == ()


# --- media types, references -----------------------------------------------------------------------------------------


def in_each(content: Json) -> Json:
    """A document with this content as a body, as an answer and as an answer of its components."""
    answers = {"200": {"description": "Fine", "content": copy.deepcopy(content)}}
    node = operation(responses=answers, requestBody={"content": content})
    return document({"/a": {"post": node}}, components={"responses": copy.deepcopy(answers)})


A_FIELD = {"schema": {"properties": {"a": TEXT}}}
OTHER = {"schema": {"properties": {"b": {"type": "strign"}}, "required": "b"}}
BOTH = {"schema": {"type": "object", "properties": {"a": TEXT, "b": TEXT}}}


@pytest.mark.parametrize(
    ("content", "merged"),
    [
        ({"application/json": A_FIELD, "Application/JSON": OTHER}, {"application/json": BOTH}),
        ({"text/json; a=b": OTHER, "text/json;c": {}, "TEXT/JSON": A_FIELD}, {"text/json": BOTH}),
        ({"": {}, "application/json": {"schema": TEXT}}, {"application/json": {"schema": TEXT}}),
        ({"": {}, "Application/JSON": {}}, {"application/json": {}}),
    ],
)
def test_the_spellings_of_one_media_type_are_one_that_has_what_each_says(content: Json, merged: Json) -> None:
    found = repair(in_each(content)).document
    assert found == in_each(merged)
    assert set(repair(found).counts) == set()


def test_many_spellings_of_one_media_type_are_one() -> None:
    spelled = {f"text/json; a={number}": {"schema": {"properties": {f"f{number}": TEXT}}} for number in range(200)}
    found = repair(in_each(spelled)).document
    schema = read_operation(found)["requestBody"]["content"]["text/json"]["schema"]
    assert set(schema["properties"]) == {f"f{number}" for number in range(200)}


GONE: list[tuple[Json, str, Json]] = [
    ({"$ref": "#/x", "get": operation()}, "/a: the path refers to '#/x'", {"get": operation()}),
    ({"$ref": "#/paths/~1a"}, "/a: the path refers to '#/paths/~1a'", {}),
    ({"$ref": "a.yaml"}, "/a: the path refers to 'a.yaml'", {}),
    ({"$ref": 3}, "/a: the path refers to 3", {}),
    (
        {"get": operation(parameters=[{"$ref": "#/x"}])},
        "GET /a: a parameter refers to '#/x'",
        {"get": operation(parameters=[])},
    ),
    (
        {"put": operation(requestBody={"$ref": "#/x"})},
        "PUT /a: the body refers to '#/x'",
        {"put": operation(requestBody={"content": {"application/json": {}}})},
    ),
    (
        {"get": operation(responses={"200": {"$ref": "#/components/responses/Gone"}})},
        "GET /a, answer 200: refers to '#/components/responses/Gone'",
        {"get": operation(responses={"200": {"description": "Not described."}})},
    ),
]


@pytest.mark.parametrize(("item", "line", "left"), GONE, ids=[case[1] for case in GONE])
def test_what_refers_to_nothing_takes_nothing_else_with_it(item: Json, line: str, left: Json) -> None:
    result = repair(document({"/a": item}))
    assert result.document["paths"]["/a"] == left
    assert [found[: len(line)] for found in result.unread] == [line]
    validate(result.document)


# --- all together ----------------------------------------------------------------------------------------------------


@examples(25)
@given(documents(5))
def test_no_operation_is_ever_lost_and_a_second_repair_finds_nothing(made: Made) -> None:
    for given_document in filter(None, (made.openapi, made.definition)):
        before = copy.deepcopy(given_document)
        once = repair(given_document)
        assert given_document == before
        assert len(list(shape.operations(once.document))) >= len(made.operations)
        assert set(once.counts) <= set(RULES)
        assert set(repair(once.document).counts) <= {"reserved"}, "only what codegen itself wrote"
