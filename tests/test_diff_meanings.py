"""A name of Python that comes to stand for another field breaks every call that gives it, though no call fails."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from codegen.diff.finding import Change, Finding
from tests.diff_documents import report
from tests.small_documents import Json, answer, body, document, operation, parameter

TEXT: Json = {"type": "string"}


def fields(wires: list[str], **more: Json) -> Json:
    return {"type": "object", "properties": {wire: {**TEXT, **more} for wire in wires}}


PLACES: dict[str, Callable[[list[str]], Json]] = {
    "query": lambda wires: operation(parameters=[parameter(wire) for wire in wires]),
    "body": lambda wires: operation(requestBody=body(fields(wires)["properties"])),
    "object": lambda wires: operation(requestBody=body({"in": fields(wires)})),
    "answer": lambda wires: operation(responses=answer(fields(wires))),
}


def found(old: Json, new: Json) -> tuple[Finding, ...]:
    versions = ({"openapi": document({"/a": {"post": node}})} for node in (old, new))
    return report(*versions).findings


def renamed(findings: tuple[Finding, ...]) -> list[tuple[str, str]]:
    """The names in Python that are said to be others now."""
    said: list[Finding | Change] = []
    for finding in findings:
        said += (finding, *finding.interface) if finding.severity == "breaking" else ()
    ids = {"python-argument-renamed", "python-attribute-renamed"}
    return sorted((str(each.old), str(each.new)) for each in said if each.id in ids)


@pytest.mark.parametrize("make", PLACES.values(), ids=PLACES)
@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        (["b-c"], ["b c", "b-c"], [("b_c", "b_c_")]),
        (["b c", "b-c"], ["b-c"], [("b_c_", "b_c")]),
        (["b-c", "b c"], ["b c", "b-c"], [("b_c", "b_c_"), ("b_c_", "b_c")]),
        (["b-c"], ["b-c", "b_c"], [("b_c", "b_c_")]),
        (["b-c", "b_c"], ["b_c", "b-c"], []),
        (["b-c"], ["b-c", "b c"], []),
    ],
    ids=["one comes before", "one before goes", "two change places", "a plain one comes", "plain and odd", "after it"],
)
def test_a_name_that_stands_for_another_field_is_breaking(
    make: Callable[[list[str]], Json], old: list[str], new: list[str], expected: list[tuple[str, str]]
) -> None:
    assert renamed(found(make(old), make(new))) == expected


def test_what_explains_another_name_says_it() -> None:
    old = operation(requestBody=body({"b-c": TEXT}))
    new = operation(requestBody=body({"b c": TEXT, "b-c": {**TEXT, "description": "New"}}))
    (said,) = [each for each in found(old, new) if each.severity == "breaking"]
    assert said.id == "request-property-text-changed"
    assert "The argument `b_c` of `things.do_it()` is now `b_c_`." in said.python.plain()
