"""Equal parts of two versions are no change for callers, for any number of operations."""

from __future__ import annotations

import copy
from collections.abc import Callable

import pytest

from codegen.diff.finding import Finding
from tests.diff.documents import report
from tests.support.small_documents import Json, answer, body, document, operation

PART: Json = {"type": "object", "required": ["id"], "properties": {"id": {"type": "string"}}}
WHOLE: Json = {
    "type": "object",
    "required": ["part"],
    "properties": {"part": {"$ref": "#/components/schemas/Part"}, "size": {"type": "integer"}},
}
MANY = 160


def version(edit: Callable[[Json], object] = lambda found: None, *, more: int = 0) -> Json:
    """Operations that share two classes, one nested in the other, and `more` unrelated operations."""
    whole, part = ({"$ref": f"#/components/schemas/{name}"} for name in ("Whole", "Part"))
    found = document(
        {
            "/whole": {"get": operation("Get whole", responses=answer(whole))},
            "/whole/copy": {"post": operation("Copy whole", responses=answer(whole))},
            "/part": {"get": operation("Get part", responses=answer(part))},
            "/join": {"post": operation("Join parts", requestBody=body({"part": part}))},
            "/split": {"post": operation("Split parts", requestBody=body({"part": part}))},
            **{f"/other/{number}": {"get": operation(f"Get other {number}")} for number in range(more)},
        },
        components={"schemas": {"Whole": copy.deepcopy(WHOLE), "Part": copy.deepcopy(PART)}},
    )
    edit(found)
    return found


def without(place: str) -> Callable[[Json], object]:
    return lambda found: found["paths"].pop(place)


def deprecate(found: Json) -> None:
    found["paths"]["/whole"]["get"]["deprecated"] = True


def take_apart(found: Json) -> None:
    del found["components"]["schemas"]["Whole"]["properties"]["part"]
    found["components"]["schemas"]["Whole"]["required"] = []


def said(finding: Finding) -> tuple[str, str | None, list[tuple[str, str]]]:
    return finding.id, finding.operation, [(change.id, change.symbol) for change in finding.interface]


@pytest.mark.parametrize("more", [0, MANY], ids=["few operations", "many operations"])
@pytest.mark.parametrize(
    ("edit", "expected"),
    [
        (
            without("/whole"),
            [("operation-removed", "things.get_whole", [("python-method-removed", "things.get_whole")])],
        ),
        (
            without("/join"),
            [("operation-removed", "things.join_parts", [("python-method-removed", "things.join_parts")])],
        ),
        (deprecate, [("operation-deprecated", "things.get_whole", [])]),
        (
            take_apart,
            [("response-property-removed", "things.get_whole", [("python-attribute-removed", "Whole.part")])],
        ),
    ],
    ids=["a class has another user", "an argument has another user", "no interface", "a class within has another user"],
)
def test_a_class_that_something_else_needs_is_not_gone_and_a_name_stays(
    edit: Callable[[Json], object], expected: list[object], more: int
) -> None:
    found = report({"openapi": version(more=more)}, {"openapi": version(edit, more=more)})
    assert [said(finding) for finding in found.findings] == expected


def sent(schema: Json) -> Json:
    return {"openapi": document({"/a": {"post": operation(requestBody=body({"in": schema}))}})}


def test_a_field_that_has_to_be_given_is_one_whatever_the_others_are_called() -> None:
    fields = {"b-c": {"type": "string"}, "d": {"type": "string"}}
    (finding,) = report(
        sent({"type": "object", "properties": fields}),
        sent({"type": "object", "properties": fields, "required": ["d"]}),
    ).findings
    assert [change.id for change in finding.interface] == ["python-attribute-became-required"]


def test_an_enum_that_is_an_object_now_is_one_finding() -> None:
    object_: Json = {"type": "object", "properties": {"y": {"type": "string"}}}
    (finding,) = report(sent({"type": "string", "enum": ["x"]}), sent(object_)).findings
    changes = [change.id for change in finding.interface]
    assert changes == ["python-argument-type-changed", "python-model-kind-changed"]
