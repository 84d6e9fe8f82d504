"""A component behind a `$ref` is compared where an operation uses it: once, under the field that callers know."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import pytest

from codegen.diff.command import render
from codegen.diff.compare import Report
from tests.diff.documents import report
from tests.support.small_documents import Json, answer, body, document, operation, parameter

TEXT: Json = {"type": "string"}
REF: Json = {"$ref": "#/components/schemas/XQ"}
OBJECT: Json = {"type": "object", "properties": {"size": {"type": "integer", "maximum": 9}, "name": TEXT}}


def smaller(schema: Json) -> None:
    schema["properties"]["size"]["maximum"] = 8


def version(nodes: dict[str, Json], edit: Callable[[Json], object] | None = None, **schemas: Json) -> dict[str, Json]:
    found = copy.deepcopy({"XQ": OBJECT, **schemas})
    if edit:
        edit(found["XQ"])
    paths = {path: {"post": node} for path, node in nodes.items()}
    return {"openapi": copy.deepcopy(document(paths, components={"schemas": found}))}


def whole(schema: Json) -> Json:
    return {"content": {"application/json": {"schema": schema}}}


# Uses of a component, with the name of its field there.
USES: dict[str, tuple[Json, str, str]] = {
    "the body": ({"requestBody": whole(REF)}, "request-property", "size"),
    "a field": ({"requestBody": body({"x": REF})}, "request-property", "x.size"),
    "a field or null": ({"requestBody": body({"x": {"anyOf": [REF, {"type": "null"}]}})}, "request-property", "x.size"),
    "one of two": ({"requestBody": body({"x": {"anyOf": [REF, TEXT]}})}, "request-property", "x.size"),
    "with a text": ({"requestBody": body({"x": {**REF, "description": "It"}})}, "request-property", "x.size"),
    "all of": ({"requestBody": body({"x": {"allOf": [REF, {"required": ["name"]}]}})}, "request-property", "x.size"),
    "a list": ({"requestBody": body({"x": {"type": "array", "items": REF}})}, "request-property", "x[].size"),
    "a map": ({"responses": answer({"type": "object", "additionalProperties": REF})}, "response-property", "{}.size"),
    "the answer": ({"responses": answer(REF)}, "response-property", "size"),
    "a field of the answer": (
        {"responses": answer({"type": "object", "properties": {"x": REF}})},
        "response-property",
        "x.size",
    ),
    "another component": (
        {"responses": answer({"$ref": "#/components/schemas/YQ"})},
        "response-property",
        "deep[].size",
    ),
    "a parameter": (
        {"parameters": [{**parameter("x"), "schema": REF}]},
        "request-property",
        "x.size",
    ),
}  # fmt: skip
DEEP: Json = {"type": "object", "properties": {"deep": {"type": "array", "items": REF}}}


def said(found: Report) -> str:
    return render(found, "markdown") + render(found, "json")


@pytest.mark.parametrize(("node", "name", "field"), USES.values(), ids=USES)
def test_a_change_behind_a_reference_is_one_finding_with_the_callers_field(node: Json, name: str, field: str) -> None:
    nodes = {path: operation(f"Do {path[1:]}", **node) for path in ("/a", "/b")}
    found = report(version(nodes, YQ=DEEP), version(nodes, smaller, YQ=DEEP), with_python=False)
    assert [(each.id, each.operation, each.also, each.field) for each in found.findings] == [
        (f"{name}-bounds-tightened", "POST /a", (("POST /b", ""),), field)
    ]
    assert "XQ" not in said(found) and "components" not in said(found)


def test_where_the_field_has_another_name_the_finding_says_it() -> None:
    nodes = {
        "/a": operation(responses=answer(REF)),
        "/b": operation(responses=answer({"type": "object", "properties": {"it": REF}})),
    }
    (finding,) = report(version(nodes), version(nodes, smaller), with_python=False).findings
    assert (finding.field, finding.also) == ("size", (("POST /b", "it.size"),))


def test_what_is_sent_and_received_is_a_finding_for_each() -> None:
    nodes = {"/a": operation(requestBody=body({"x": REF}), responses=answer(REF))}
    found = report(version(nodes), version(nodes, smaller), with_python=False)
    assert {each.id for each in found.findings} == {
        "request-property-bounds-tightened",
        "response-property-bounds-tightened",
    }


def test_an_answer_that_operations_share_is_one_finding() -> None:
    shared = {"200": {"$ref": "#/components/responses/Fine"}}
    sides = []
    for maximum in (9, 8):
        fine = {"description": "Fine", "content": whole({"type": "integer", "maximum": maximum})["content"]}
        paths = {path: {"get": operation(responses=shared)} for path in ("/a", "/b")}
        sides.append({"openapi": document(paths, components={"responses": {"Fine": fine}})})
    (finding,) = report(*sides, with_python=False).findings
    assert (finding.id, finding.also) == ("response-property-bounds-tightened", (("GET /b", ""),))


def test_a_schema_is_not_taken_for_the_answer_of_its_name() -> None:
    sides = []
    for maximum in (9, 8):
        components = {
            "schemas": {"Fine": {"type": "integer", "maximum": maximum}},
            "responses": {"Fine": {"description": "Fine"}},
        }
        paths = {"/a": {"get": operation(responses=answer({"$ref": "#/components/schemas/Fine"}))}}
        sides.append({"openapi": document(paths, components=components)})
    (finding,) = report(*sides, with_python=False).findings
    assert finding.id == "response-property-bounds-tightened"


def test_a_component_that_refers_to_itself_is_compared_once() -> None:
    def tree(schema: Json) -> None:
        schema["properties"] |= {
            "next": REF,
            "or": {"anyOf": [REF, {"type": "null"}]},
            "all": {"type": "array", "items": REF},
        }

    def smaller_tree(schema: Json) -> None:
        tree(schema)
        smaller(schema)

    for node in ({"requestBody": whole(REF)}, {"responses": answer(REF)}, {"requestBody": body({"x": REF})}):
        nodes = {"/a": operation(**node)}
        assert len(report(version(nodes, tree), version(nodes, smaller_tree), with_python=False).findings) == 1


def test_many_ways_to_one_component_are_not_all_walked() -> None:
    levels = 30
    targets = [*(f"L{level}" for level in range(1, levels)), "XQ"]
    references = [{"$ref": f"#/components/schemas/{name}"} for name in targets]
    more: dict[str, Json] = {
        f"L{level}": {"type": "object", "properties": dict.fromkeys("abc", reference)}
        for level, reference in enumerate(references)
    }
    nodes = {"/a": operation(responses=answer({"$ref": "#/components/schemas/L0"}))}
    (finding,) = report(version(nodes, None, **more), version(nodes, smaller, **more), with_python=False).findings
    assert finding.field.endswith(".size")


def test_what_no_operation_uses_is_named_by_no_name() -> None:
    (finding,) = report(version({"/a": operation()}), version({"/a": operation()}, smaller), with_python=False).findings
    assert (finding.id, finding.severity) == ("unused-schema-changed", "safe")
    assert "XQ" not in said(report(version({"/a": operation()}), version({"/a": operation()}, smaller)))


# --- moved, and the same ---------------------------------------------------------------------------------------------


def inlined(node: Any) -> Any:
    """The node with each reference replaced by its component."""
    if isinstance(node, dict) and "$ref" in node:
        rest = {key: value for key, value in node.items() if key != "$ref"}
        return {**inlined({"XQ": OBJECT, "YQ": DEEP}[node["$ref"].rpartition("/")[2]]), **rest}
    if isinstance(node, dict):
        return {key: inlined(value) for key, value in node.items()}
    return [inlined(each) for each in node] if isinstance(node, list) else node


@pytest.mark.parametrize("node", [use[0] for use in USES.values()], ids=USES)
def test_to_move_what_is_inline_behind_a_reference_or_back_is_no_change_of_the_wire(node: Json) -> None:
    by_reference = version({"/a": operation(**node)}, YQ=DEEP)
    inline = version({"/a": inlined(operation(**node))}, YQ=DEEP)
    for sides in ((inline, by_reference), (by_reference, inline)):
        found = report(*sides)
        assert [each.id for each in found.findings if not each.id.startswith("python-")] == []


def test_to_rename_a_component_is_no_change_of_the_wire() -> None:
    other: Json = {"$ref": "#/components/schemas/ZQ"}
    for old, new in ((REF, other), ({"anyOf": [REF, TEXT]}, {"anyOf": [TEXT, other]})):
        nodes = [{"/a": operation(requestBody=body({"x": schema}))} for schema in (old, new)]
        sides = [version(each, XQ=OBJECT, ZQ=OBJECT) for each in nodes]
        assert report(*sides, with_python=False).findings == ()


def test_a_field_that_refers_to_another_component_now_is_a_finding_in_each_place() -> None:
    other: Json = {"$ref": "#/components/schemas/ZQ"}
    fields = [{"x": schema, "y": schema} for schema in (REF, other)]
    sides = [version({"/a": operation(requestBody=body(each))}, ZQ=TEXT) for each in fields]
    found = report(*sides, with_python=False).findings
    assert sorted((each.id, each.field) for each in found) == [
        ("request-property-type-changed", "x"),
        ("request-property-type-changed", "y"),
    ]


def test_a_variant_that_comes_is_told_without_the_name_of_its_component() -> None:
    more: Json = {"$ref": "#/components/schemas/ZQ"}
    nodes = [{"/a": operation(requestBody=body({"x": {"anyOf": each}}))} for each in ([REF, TEXT], [REF, TEXT, more])]
    found = report(
        *(version(each, ZQ={"type": "object", "properties": {"z": TEXT}}) for each in nodes), with_python=False
    )
    assert [(each.id, each.field) for each in found.findings] == [("request-property-type-widened", "x")]
    assert "ZQ" not in said(found)


@pytest.mark.parametrize(
    "union",
    [
        {"anyOf": [REF, TEXT]},
        {"anyOf": [REF]},
        {"anyOf": [{"allOf": [REF, {"description": "It"}]}, TEXT]},
        {"oneOf": [{"anyOf": [REF, {"type": "null"}]}]},
    ],
    ids=["of itself", "of itself alone", "through all of", "or null"],
)
def test_a_union_that_leads_back_to_itself_is_compared(union: Json) -> None:
    nodes = {"/a": operation(requestBody=body({"x": REF}))}
    looped = [version(nodes, lambda schema, more=more: schema.update(union, **more)) for more in ({}, {"maxLength": 3})]  # type: ignore[misc]
    for side in looped:
        side["openapi"]["components"]["schemas"]["XQ"].pop("type")
        side["openapi"]["components"]["schemas"]["XQ"].pop("properties")
    assert len(report(*looped, with_python=False).findings) == 1


def test_no_value_in_a_report_has_the_name_of_a_component() -> None:
    nodes = [
        {"/a": operation(requestBody=body(fields), responses=answer({"type": "object", "properties": fields}))}
        for fields in ({}, {"x": REF, "y": {"type": "array", "items": REF}, "z": {"not": REF}})
    ]
    for sides in (nodes, nodes[::-1]):
        found = report(*(version(each) for each in sides), with_python=False)
        assert len(found.findings) == 6
        assert "XQ" not in said(found) and "components" not in said(found) and "x-narrowed" not in said(found)
