"""A narrowing keyword is a finding, although the package ignores it."""

from __future__ import annotations

from typing import Any

import pytest

from codegen.repair.keywords import NARROWING
from tests.diff.documents import GET, LIMIT, SENT, Json, documents, edited, report

PLACES = {
    SENT: ("request-property", "breaking"),
    f"{SENT}/properties/name": ("request-property", "breaking"),
    f"{LIMIT}/schema": ("request-parameter", "breaking"),
    f"{GET}/responses/200/content/application~1json/schema/properties/name": ("response-property", "safe"),
}
VALUES: dict[str, Json] = {
    "not": {"not": {"pattern": "^x"}},
    "if": {"if": {"minLength": 3}, "then": {"maxLength": 5}},
    "if and else": {"if": {"minLength": 3}, "else": {"maxLength": 5}},
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


def test_every_keyword_has_a_case() -> None:
    assert {*NARROWING, "if", "if and else"} == VALUES.keys()


@pytest.mark.parametrize("keyword", VALUES)
def test_a_keyword_that_comes_allows_less_and_one_that_goes_more(keyword: str) -> None:
    more = edited({f"{place}/{key}": value for place in PLACES for key, value in VALUES[keyword].items()})
    come, gone = report(documents(), more).findings, report(more, documents(), with_python=False).findings
    expected = [(f"{name}-bounds-tightened", severity) for name, severity in PLACES.values()]
    assert sorted((each.id, each.severity) for each in come) == sorted(expected)
    assert sorted(each.id for each in gone) == sorted(f"{name}-bounds-loosened" for name, _ in PLACES.values())
    assert all(f"`{keyword.partition(' ')[0]}`" in each.wire.plain() for each in come)
    assert not any(each.interface for each in come), "a package is made as without it"


@pytest.mark.parametrize(
    ("pointer", "values", "id_"),
    [
        (f"{LIMIT}/schema/not", [{"maxLength": 3}, {"maxLength": 4}], "request-parameter-schema-changed"),
        (f"{SENT}/properties/not", [{"type": "string"}, {"type": "boolean"}], "request-property-type-changed"),
        (f"{LIMIT}/schema/x-narrowed-by-not", ["no JSON", {"a": 1}], "request-parameter-schema-changed"),
    ],
    ids=["another value", "a field of such a name", "an extension of such a name"],
)
def test_what_only_looks_like_one_is_told_for_what_it_is(pointer: str, values: list[Any], id_: str) -> None:
    sides = [edited({pointer: value}) for value in values]
    (finding,) = report(*sides, with_python=False).findings
    assert finding.id == id_
    assert finding.field == ("not" if "properties" in pointer else "limit")
