"""A component behind a `$ref` is compared where an operation uses it: once, under the field that callers know."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from codegen.diff.command import render
from codegen.diff.compare import Report
from codegen.diff.finding import Finding
from codegen.document.shape import copied
from tests.diff.documents import report
from tests.support.small_documents import Json, answer, body, document, operation, parameter

TEXT: Json = {"type": "string"}
REF: Json = {"$ref": "#/components/schemas/XQ"}
OTHER: Json = {"$ref": "#/components/schemas/ZQ"}
DEEP: Json = {"type": "object", "properties": {"deep": {"type": "array", "items": REF}}}


def of(maximum: int) -> Json:
    return {"type": "object", "properties": {"size": {"type": "integer", "maximum": maximum}, "name": TEXT}}


def version(nodes: dict[str, Json], xq: Json | None = None, **schemas: Json) -> dict[str, Json]:
    """Operations and components: XQ, and YQ that refers to it."""
    paths = {path: {"post": node} for path, node in nodes.items()}
    components = {"XQ": xq or of(9), "YQ": DEEP, **schemas}
    return {"openapi": copied(document(paths, components={"schemas": components}))}


def found(old: dict[str, Json], new: dict[str, Json]) -> tuple[Finding, ...]:
    return report(old, new, with_python=False).findings


def whole(schema: Json) -> Json:
    return {"content": {"application/json": {"schema": schema}}}


def of_object(**fields: Json) -> Json:
    return {"type": "object", "properties": fields}


# Uses of a component, with the name of its field there.
USES: dict[str, tuple[Json, str]] = {
    "the body": ({"requestBody": whole(REF)}, "size"),
    "a field": ({"requestBody": body({"x": REF})}, "x.size"),
    "a field or null": ({"requestBody": body({"x": {"anyOf": [REF, {"type": "null"}]}})}, "x.size"),
    "one of two": ({"requestBody": body({"x": {"anyOf": [REF, TEXT]}})}, "x.size"),
    "with a text": ({"requestBody": body({"x": {**REF, "description": "It"}})}, "x.size"),
    "all of": ({"requestBody": body({"x": {"allOf": [REF, {"required": ["name"]}]}})}, "x.size"),
    "a list": ({"requestBody": body({"x": {"type": "array", "items": REF}})}, "x[].size"),
    "a parameter": ({"parameters": [{**parameter("x"), "schema": REF}]}, "x.size"),
    "a map": ({"responses": answer({"type": "object", "additionalProperties": REF})}, "{}.size"),
    "the answer": ({"responses": answer(REF)}, "size"),
    "a field of the answer": ({"responses": answer(of_object(x=REF))}, "x.size"),
    "another component": ({"responses": answer({"$ref": "#/components/schemas/YQ"})}, "deep[].size"),
}


def said(found: Report) -> str:
    return render(found, "markdown") + render(found, "json")


@pytest.mark.parametrize(("node", "field"), USES.values(), ids=USES)
def test_a_change_behind_a_reference_is_one_finding_with_the_callers_field(node: Json, field: str) -> None:
    nodes = {path: operation(f"Do {path[1:]}", **node) for path in ("/a", "/b")}
    told = report(version(nodes), version(nodes, of(8)), with_python=False)
    what = "response-property" if "responses" in node else "request-property"
    assert [(each.id, each.operation, each.also, each.field) for each in told.findings] == [
        (f"{what}-bounds-tightened", "POST /a", (("POST /b", ""),), field)
    ]
    assert "XQ" not in said(told) and "components" not in said(told)


def test_where_the_field_has_another_name_the_finding_says_it() -> None:
    nodes = {"/a": operation(responses=answer(REF)), "/b": operation(responses=answer(of_object(it=REF)))}
    (finding,) = found(version(nodes), version(nodes, of(8)))
    assert (finding.field, finding.also) == ("size", (("POST /b", "it.size"),))


def test_what_is_sent_and_received_is_a_finding_for_each() -> None:
    nodes = {"/a": operation(requestBody=body({"x": REF}), responses=answer(REF))}
    ids = sorted(each.id for each in found(version(nodes), version(nodes, of(8))))
    assert ids == ["request-property-bounds-tightened", "response-property-bounds-tightened"]


def of_answer(maximum: int) -> dict[str, Json]:
    fine = {"description": "Fine", **whole({"type": "integer", "maximum": maximum})}
    paths = {
        path: {"get": operation(responses={"200": {"$ref": "#/components/responses/Fine"}})} for path in ("/a", "/b")
    }
    return {"openapi": document(paths, components={"responses": {"Fine": fine}})}


def of_its_namesake(maximum: int) -> dict[str, Json]:
    components = {
        "schemas": {"Fine": {"type": "integer", "maximum": maximum}},
        "responses": {"Fine": {"description": "F"}},
    }
    node = operation(responses=answer({"$ref": "#/components/schemas/Fine"}))
    return {"openapi": document({"/a": {"get": node}}, components=components)}


@pytest.mark.parametrize(("make", "also"), [(of_answer, (("GET /b", ""),)), (of_its_namesake, ())])
def test_an_answer_that_operations_share_is_one_finding_and_no_schema_of_its_name(
    make: Callable[[int], dict[str, Json]], also: Any
) -> None:
    (finding,) = found(make(9), make(8))
    assert (finding.id, finding.also) == ("response-property-bounds-tightened", also)


@pytest.mark.parametrize(
    "node", [{"requestBody": whole(REF)}, {"responses": answer(REF)}, {"requestBody": body({"x": REF})}]
)
def test_a_component_that_refers_to_itself_is_compared_once(node: Json) -> None:
    again = {"next": REF, "or": {"anyOf": [REF, {"type": "null"}]}, "all": {"type": "array", "items": REF}}
    sides = [of_object(**of(maximum)["properties"], **again) for maximum in (9, 8)]
    assert len(found(*(version({"/a": operation(**node)}, side) for side in sides))) == 1


def test_documents_that_disagree_behind_one_reference_are_a_finding() -> None:
    nodes = {"/a": operation(responses=answer(REF))}
    one, other = version(nodes)["openapi"], version(nodes, of(8))["openapi"]
    told = found({"openapi": one, "definition": one}, {"openapi": one, "definition": other})
    assert ("documents-disagree", "POST /a") in [(each.id, each.operation) for each in told]


def test_many_ways_to_one_component_are_not_all_walked() -> None:
    targets = [*(f"L{level}" for level in range(1, 30)), "XQ"]
    levels = {
        f"L{level}": of_object(**{key: {"$ref": f"#/components/schemas/{name}"} for key in "abc"})
        for level, name in enumerate(targets)
    }
    nodes = {"/a": operation(responses=answer({"$ref": "#/components/schemas/L0"}))}
    (finding,) = found(version(nodes, **levels), version(nodes, of(8), **levels))
    assert finding.field.endswith(".size")


def test_what_no_operation_uses_is_named_by_no_name() -> None:
    told = report(version({"/a": operation()}), version({"/a": operation()}, of(8)))
    assert [(each.id, each.severity) for each in told.findings] == [("unused-schema-changed", "safe")]
    assert "XQ" not in said(told)


# --- moved, and the same ---------------------------------------------------------------------------------------------


def inlined(node: Any) -> Any:
    """The node with each reference replaced by its component."""
    if isinstance(node, list):
        return [inlined(each) for each in node]
    if not isinstance(node, dict):
        return node
    known = {REF["$ref"]: of(9), "#/components/schemas/YQ": DEEP}
    component = inlined(known[node["$ref"]]) if "$ref" in node else {}
    return component | {key: inlined(value) for key, value in node.items() if key != "$ref"}


@pytest.mark.parametrize("node", [use[0] for use in USES.values()], ids=USES)
def test_to_move_what_is_inline_behind_a_reference_or_back_is_no_change_of_the_wire(node: Json) -> None:
    by_reference, inline = (version({"/a": each}) for each in (operation(**node), inlined(operation(**node))))
    for sides in ((inline, by_reference), (by_reference, inline)):
        assert [each.id for each in report(*sides).findings if not each.id.startswith("python-")] == []


MORE: Json = {"type": "object", "properties": {"z": TEXT}}


@pytest.mark.parametrize(
    ("fields", "zq", "expected"),
    [
        (({"x": REF}, {"x": OTHER}), of(9), []),
        (({"x": {"anyOf": [REF, TEXT]}}, {"x": {"anyOf": [TEXT, OTHER]}}), of(9), []),
        (({"x": REF, "y": REF}, {"x": OTHER, "y": OTHER}), TEXT, [("type-changed", "x"), ("type-changed", "y")]),
        (({"x": {"anyOf": [REF, TEXT]}}, {"x": {"anyOf": [REF, TEXT, OTHER]}}), MORE, [("type-widened", "x")]),
    ],
    ids=["another name", "another name in a union", "another component in each place", "a variant comes"],
)
def test_only_what_is_behind_the_name_counts(
    fields: tuple[Json, Json], zq: Json, expected: list[tuple[str, str]]
) -> None:
    nodes = [{"/a": operation(requestBody=body(each))} for each in fields]
    told = report(*(version(each, ZQ=zq) for each in nodes), with_python=False)
    assert sorted((each.id.removeprefix("request-property-"), each.field) for each in told.findings) == expected
    assert "ZQ" not in said(told)


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
    assert len(found(version(nodes, union), version(nodes, {**union, "maxLength": 3}))) == 1


def test_no_value_in_a_report_has_the_name_of_a_component() -> None:
    fields = {"x": REF, "y": {"type": "array", "items": REF}, "z": {"not": REF}}
    without, with_them = (
        version({"/a": operation(requestBody=body(each), responses=answer(of_object(**each)))}) for each in ({}, fields)
    )
    for sides in ((without, with_them), (with_them, without)):
        told = report(*sides, with_python=False)
        assert len(told.findings) == 6
        assert "XQ" not in said(told) and "components" not in said(told) and "x-narrowed" not in said(told)
