"""Enums that are documentation, and those that are enumerations, however odd."""

from __future__ import annotations

from typing import Any

import pytest

from codegen.repair import repair
from codegen.repair.enums import no_enumeration
from tests.support.small_documents import body, document, operation, parameter

TEXT = {"type": "string"}


@pytest.mark.parametrize(
    ("values", "what"),
    [
        (["string"], "the name of a type"),
        (["integer", None], "the name of a type"),
        (["mp3, mp4, mpeg"], "a list in one text"),
        (["asc|desc"], "a list in one text"),
        (["1-100"], "a range"),
        (["0 to 1"], "a range"),
        ([">= 1"], "a range"),
        (["^[0-9a-fA-F]{24}$"], "a regular expression"),
        (["^[a-z]+", "auto"], "a regular expression"),
        ([r"\d{4}"], "a regular expression"),
        (["", "www"], "an empty text, beside an example"),
        ([""], "an empty text"),
        (["<id>"], "a placeholder"),
        (["{account}", "me"], "a placeholder"),
        (["YOUR_API_KEY"], "a placeholder"),
        (["a", "b", "..."], "a placeholder"),
        (["One of mp3", " mp4", " or mpeg"], "a sentence, cut at its commas"),
        (["The format of the file. Default is mp3"], "a sentence, cut at its commas"),
        (["the id of the thing that you want to get"], "a sentence, cut at its commas"),
        (["x" * 1000], "a long text"),
    ],
)
def test_documentation_is_no_enumeration(values: list[Any], what: str) -> None:
    assert no_enumeration(values) == what


@pytest.mark.parametrize(
    "values",
    [
        ["usd", "eur"],
        ["string", "integer", "boolean"],
        ["www"],
        ["", "auto", "never"],
        ["Not started", "In progress"],
        ["Eastern Time (US & Canada)", "Central Time (US & Canada)"],
        ["1-10", "11-50", "51-200"],
        ["$", "€"],
        ["^GSPC", "^DJI"],
        ["2022-11-28"],
        [">", ">=", "<"],
        ["a.b", "a/b", "A_B", "application/json"],
        [1, 2],
        ["a", 1],
        [True],
        [],
        None,
    ],
)
def test_an_odd_enumeration_stays_one(values: Any) -> None:
    assert no_enumeration(values) is None


def test_an_enum_that_is_none_leaves_its_type_and_a_line_with_its_place_wherever_it_stands() -> None:
    given = document(
        {
            "/a/{id}": {
                "post": operation(
                    parameters=[
                        {**parameter("id", "path"), "schema": {**TEXT, "items": {**TEXT, "enum": ["^[0-9a-f]{24}$"]}}},
                        parameter("currency", schema={"enum": ["string"]}),
                        parameter("count", schema={"type": "integer", "enum": ["integer"]}),
                        parameter("kinds", schema={"type": "array", "enum": ["mp3, mp4"]}),
                        parameter("order", schema={**TEXT, "enum": ["asc", "desc"]}),
                    ],
                    requestBody=body({"a": {"type": "array", "items": {**TEXT, "enum": ["1-100"]}}}),
                )
            }
        }
    )
    repaired = repair.repair(given)
    node = repaired.document["paths"]["/a/{id}"]["post"]
    assert [each["schema"] for each in node["parameters"]] == [
        TEXT,
        TEXT,
        {"type": "integer"},
        {"type": "array", "items": {}},
        {**TEXT, "enum": ["asc", "desc"]},
    ]
    assert repaired.unread == (
        'POST /a/{id}, parameter id: the enum ["^[0-9a-f]{24}$"] is a regular expression; it is left out',
        'POST /a/{id}, parameter currency: the enum ["string"] is the name of a type; it is left out',
        'POST /a/{id}, parameter count: the enum ["integer"] is the name of a type; it is left out',
        'POST /a/{id}, parameter kinds: the enum ["mp3, mp4"] is a list in one text; it is left out',
        'POST /a/{id}, body, properties/a: the enum ["1-100"] is a range; it is left out',
    )
