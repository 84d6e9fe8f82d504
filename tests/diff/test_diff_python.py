"""Changes of the Python interface belong to the change on the wire that causes them, once, and only what changed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pytest

from codegen.diff.finding import Change, Finding
from tests.diff.documents import GONE, edited, report
from tests.support.small_documents import Json, answer, body, document, operation, parameter

PART: Json = {"type": "object", "required": ["id"], "properties": {"id": {"type": "string"}}}
TEXT: Json = {"type": "string"}
WHOLE: Json = {
    "type": "object",
    "required": ["part"],
    "properties": {"part": {"$ref": "#/components/schemas/Part"}, "size": {"type": "integer"}},
}
MANY = 160


def version(edits: Mapping[str, Any], more: int) -> dict[str, Json]:
    """Operations that share two classes, one nested in the other, and `more` unrelated operations."""
    whole, part = ({"$ref": f"#/components/schemas/{name}"} for name in ("Whole", "Part"))
    paths = {
        "/whole": {"get": operation("Get whole", responses=answer(whole))},
        "/whole/copy": {"post": operation("Copy whole", responses=answer(whole))},
        "/part": {"get": operation("Get part", responses=answer(part))},
        "/join": {"post": operation("Join parts", requestBody=body({"part": part}))},
        "/split": {"post": operation("Split parts", requestBody=body({"part": part}))},
        **{f"/other/{number}": {"get": operation(f"Get other {number}")} for number in range(more)},
    }
    found = document(paths, components={"schemas": {"Whole": WHOLE, "Part": PART}})
    return edited(edits, ["openapi"], {"openapi": found})


def interface(finding: Finding) -> list[tuple[str, str]]:
    return [(change.id, change.symbol) for change in finding.interface]


IN_WHOLE, IN_PART = (f"/components/schemas/{name}" for name in ("Whole", "Part"))


@pytest.mark.parametrize("more", [0, MANY], ids=["few operations", "many operations"])
@pytest.mark.parametrize(
    ("edits", "expected"),
    [
        (
            {"/paths/~1whole": GONE},
            ("operation-removed", "things.get_whole", [("python-method-removed", "things.get_whole")]),
        ),
        (
            {"/paths/~1join": GONE},
            ("operation-removed", "things.join_parts", [("python-method-removed", "things.join_parts")]),
        ),
        ({"/paths/~1whole/get/deprecated": True}, ("operation-deprecated", "things.get_whole", [])),
        (
            {f"{IN_WHOLE}/properties/part": GONE, f"{IN_WHOLE}/required": []},
            ("response-property-removed", "things.get_whole", [("python-attribute-removed", "Whole.part")]),
        ),
    ],
    ids=["a class has another user", "an argument has another user", "no interface", "a class within has another user"],
)
def test_a_class_that_something_else_needs_is_not_gone_and_a_name_stays(
    edits: Mapping[str, Any], expected: tuple[str, str, list[tuple[str, str]]], more: int
) -> None:
    (finding,) = report(version({}, more), version(edits, more)).findings
    assert (finding.id, finding.operation, interface(finding)) == expected


def test_an_argument_of_several_methods_that_goes_with_a_component_is_one_finding() -> None:
    body_of_part = {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/Part"}}}}
    bodies = {f"/paths/~1{path}/post/requestBody": body_of_part for path in ("join", "split")}
    more = {f"{IN_PART}/properties/size": {"type": "integer"}}
    other, finding = report(version({**bodies, **more}, 0), version(bodies, 0)).findings
    assert (finding.id, finding.also) == ("request-property-removed", (("things.split_parts", ""),))
    assert other.id == "response-property-removed"
    removed = [f"things.{name}(size)" for name in ("join_parts", "split_parts")]
    assert interface(finding) == [("python-argument-removed", symbol) for symbol in removed]


def found(old: Json, new: Json) -> tuple[Finding, ...]:
    versions = ({"openapi": document({"/a": {"post": node}})} for node in (old, new))
    return report(*versions).findings


def sent(schema: Json) -> Json:
    return operation(requestBody=body({"in": schema}))


def test_a_field_that_has_to_be_given_is_one_whatever_the_others_are_called() -> None:
    fields = {"type": "object", "properties": {"b-c": TEXT, "d": TEXT}}
    (finding,) = found(sent(fields), sent({**fields, "required": ["d"]}))
    assert [change.id for change in finding.interface] == ["python-attribute-became-required"]


def test_an_enum_that_is_an_object_now_is_one_finding() -> None:
    (finding,) = found(sent({"enum": ["x"], **TEXT}), sent({"type": "object", "properties": {"y": TEXT}}))
    changes = [change.id for change in finding.interface]
    assert changes == ["python-argument-type-changed", "python-model-kind-changed"]


# --- names that change their fields: no call fails, and each does something else -------------------------------------


def fields(wires: list[str]) -> Json:
    return {"type": "object", "properties": dict.fromkeys(wires, TEXT)}


PLACES: dict[str, Callable[[list[str]], Json]] = {
    "query": lambda wires: operation(parameters=[parameter(wire) for wire in wires]),
    "body": lambda wires: operation(requestBody=body(fields(wires)["properties"])),
    "object": lambda wires: sent(fields(wires)),
    "answer": lambda wires: operation(responses=answer(fields(wires))),
}
MEANINGS: dict[str, tuple[list[str], list[str], list[tuple[str, str]]]] = {
    "one comes before": (["b-c"], ["b c", "b-c"], [("b_c", "b_c_")]),
    "one before goes": (["b c", "b-c"], ["b-c"], [("b_c_", "b_c")]),
    "two change places": (["b-c", "b c"], ["b c", "b-c"], [("b_c", "b_c_"), ("b_c_", "b_c")]),
    "a plain one comes": (["b-c"], ["b-c", "b_c"], [("b_c", "b_c_")]),
    "plain and odd": (["b-c", "b_c"], ["b_c", "b-c"], []),
    "after it": (["b-c"], ["b-c", "b c"], []),
}


@pytest.mark.parametrize("make", PLACES.values(), ids=PLACES)
@pytest.mark.parametrize(("old", "new", "expected"), MEANINGS.values(), ids=MEANINGS)
def test_a_name_that_stands_for_another_field_is_breaking(
    make: Callable[[list[str]], Json], old: list[str], new: list[str], expected: list[tuple[str, str]]
) -> None:
    breaking = [each for each in found(make(old), make(new)) if each.severity == "breaking"]
    every: list[Finding | Change] = [*breaking, *(change for each in breaking for change in each.interface)]
    renamed = {"python-argument-renamed", "python-attribute-renamed"}
    assert sorted((str(each.old), str(each.new)) for each in every if each.id in renamed) == expected


def test_what_explains_another_name_says_it() -> None:
    bodies = body({"b-c": TEXT}), body({"b c": TEXT, "b-c": {**TEXT, "description": "New"}})
    old, new = (operation(requestBody=each) for each in bodies)
    (said,) = [each for each in found(old, new) if each.severity == "breaking"]
    assert said.id == "request-property-text-changed"
    assert "The argument `b_c` of `things.do_it()` is now `b_c_`." in said.python.plain()


@pytest.mark.parametrize(
    ("node", "called"),
    [
        (sent, "in_"),
        (lambda schema: operation(parameters=[{**parameter("from"), "schema": schema}]), "from_"),
        (lambda schema: sent({"type": "array", "items": schema}), "in_[]"),
    ],
    ids=["a field", "a parameter", "an item"],
)
def test_a_caller_is_told_the_name_of_the_argument(node: Callable[[Json], Json], called: str) -> None:
    (finding,) = found(node({"type": "integer"}), node({"type": "integer", "maximum": 5}))
    assert f"Values of `{called}` beyond the new bound, which `things.do_it()` sends" in finding.python.plain()
