"""A narrowing keyword is a finding, although the package ignores it."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from codegen.repair.keywords import NARROWING
from tests.diff.documents import Documents, at, documents, report

CONTENT = "content/application~1json/schema"
PLACES = {
    "request": f"/paths/~1v1~1things/post/requestBody/{CONTENT}",
    "request-field": f"/paths/~1v1~1things/post/requestBody/{CONTENT}/properties/name",
    "parameter": "/paths/~1v1~1things/get/parameters/0/schema",
    "response": f"/paths/~1v1~1things/get/responses/200/{CONTENT}/properties/things/items/properties/name",
}
ADDED: dict[str, tuple[str, str]] = {
    "request": ("request-property", "breaking"),
    "request-field": ("request-property", "breaking"),
    "parameter": ("request-parameter", "breaking"),
    "response": ("response-property", "safe"),
}
VALUES: dict[str, dict[str, Any]] = {
    "not": {"not": {"pattern": "^x"}},
    "if": {"if": {"minLength": 3}, "then": {"maxLength": 5}},
    "else": {"if": {"minLength": 3}, "else": {"maxLength": 5}},
    "dependentRequired": {"dependentRequired": {"count": ["mode"]}},
    "patternProperties": {"patternProperties": {"^x-": {"type": "string"}}},
    "propertyNames": {"propertyNames": {"maxLength": 3}},
    "contains": {"contains": {"const": 1}},
    "prefixItems": {"prefixItems": [{"type": "string"}]},
    "unevaluatedProperties": {"unevaluatedProperties": False},
    "dependentSchemas": {"dependentSchemas": {"count": {"required": ["mode"]}}},
    "minContains": {"minContains": 2},
    "maxContains": {"maxContains": 2},
    "unevaluatedItems": {"unevaluatedItems": False},
}


def with_more(more: dict[str, Any], pointer: str) -> Documents:
    found = documents()
    for document in found.values():
        at(document, pointer).update(copy.deepcopy(more))
    return found


def test_every_keyword_has_a_case() -> None:
    assert {*NARROWING, "if", "else"} == VALUES.keys()


@pytest.mark.parametrize("keyword", VALUES)
def test_a_keyword_that_comes_allows_less_and_one_that_goes_more(keyword: str) -> None:
    more = documents()
    for document in more.values():
        for pointer in PLACES.values():
            at(document, pointer).update(copy.deepcopy(VALUES[keyword]))
    come = report(documents(), more, with_python=False).findings
    expected = [(f"{name}-bounds-tightened", severity) for name, severity in ADDED.values()]
    assert sorted((each.id, each.severity) for each in come) == sorted(expected)
    assert all("if" if keyword == "else" else keyword in each.wire.plain() for each in come)
    gone = report(more, documents(), with_python=False).findings
    assert sorted(each.id for each in gone) == sorted(f"{name}-bounds-loosened" for name, _ in ADDED.values())
    assert report(more, more, with_python=False).findings == ()


def test_a_keyword_that_says_something_else_now_is_to_be_read() -> None:
    sides = [with_more({"not": {"maxLength": length}}, PLACES["parameter"]) for length in (3, 4)]
    (finding,) = report(*sides, with_python=False).findings
    assert (finding.id, finding.old, finding.new) == (
        "request-parameter-schema-changed", {"maxLength": 3}, {"maxLength": 4}
    )  # fmt: skip


def test_a_field_of_such_a_name_is_a_field() -> None:
    sides = [with_more({"not": {"type": kind}}, f"{PLACES['request']}/properties") for kind in ("string", "boolean")]
    (finding,) = report(*sides, with_python=False).findings
    assert (finding.id, finding.field) == ("request-property-type-changed", "not")


@pytest.mark.parametrize("value", ["no JSON", {"a": 1}])
def test_an_extension_of_such_a_name_is_one_that_the_document_has(value: Any) -> None:
    more = with_more({"x-narrowed-by-not": value}, PLACES["parameter"])
    assert len(report(documents(), more, with_python=False).findings) == 1


@pytest.mark.parametrize("more", VALUES.values(), ids=VALUES)
def test_a_package_is_made_as_without_it(more: dict[str, Any]) -> None:
    (finding,) = report(documents(), with_more(more, PLACES["request"])).findings
    assert finding.interface == ()
