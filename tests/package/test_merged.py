"""Schemas that the parser alone can't read: `allOf` of what disagrees, unions in it, and classes in a union."""

from __future__ import annotations

from typing import Any

import pytest

from codegen.package.spelling import answer as spelled
from tests.support.small_documents import TEXT, Json, body, document, operation, parsed, ref

NUMBER = {"type": "integer"}
INNER = {"type": "object", "properties": {"score": {"type": "number"}}}
CAT = {"type": "object", "properties": {"name": TEXT, "claws": NUMBER}, "required": ["claws"]}
DOG = {"type": "object", "properties": {"name": NUMBER, "bark": TEXT, "claws": {}}, "required": ["bark", "claws"]}
SCHEMAS = {
    "Cat": CAT,
    "Dog": DOG,
    "Pet": {"oneOf": [ref("Cat"), ref("Dog")]},
    "Nothing": {"type": "object", "nullable": True, "properties": {"v4": INNER}},
    "Either": {"oneOf": [TEXT, {"type": "object", "properties": {"v4": INNER}}]},
    "Later": {"type": "array", "items": {"anyOf": [ref("Either"), NUMBER]}},
    "Round": {"allOf": [ref("Round"), CAT]},
    "Colour": {"type": "string", "enum": ["red", "green"]},
}


def read(schema: Json) -> tuple[dict[str, str], dict[str, dict[str, str]], tuple[str, ...]]:
    """The arguments of a method with this field, the classes, and the lines of the report."""
    found = parsed(
        document({"/a": {"post": operation(requestBody=body({"f": schema}))}}, components={"schemas": SCHEMAS})
    )
    (made,) = found.package.operations
    classes = {each.name: {field.name: spelled(field.type) for field in each.fields} for each in found.package.models}
    return {field.name: spelled(field.type) for field in made.arguments}, classes, found.warnings


@pytest.mark.parametrize(
    ("schema", "type_", "classes"),
    [
        (ref("Cat", description="The cat"), "Cat", {"Cat": {"name": "str", "claws": "int"}}),
        ({"allOf": [ref("Cat"), {"description": "The cat"}]}, "Cat", {"Cat": {"name": "str", "claws": "int"}}),
        ({"allOf": [ref("Colour")], "description": "The colour"}, "Colour | str", {}),
        (
            ref("Nothing"),
            "NothingType0 | None",
            {"NothingType0": {"v4": "NothingType0V4"}, "NothingType0V4": {"score": "float"}},
        ),
        (
            ref("Later"),
            "list[str | EitherType1 | int]",
            {"EitherType1": {"v4": "EitherType1V4"}, "EitherType1V4": {"score": "float"}},
        ),
        (
            {"allOf": [ref("Round"), {"properties": {"b": NUMBER, "claws": {}}}]},
            "ThingsDoItBodyF",
            {"ThingsDoItBodyF": {"name": "str", "claws": "int", "b": "int"}},
        ),
        (
            {"allOf": [{"properties": {"a": INNER}}, {"properties": {"a": {"properties": {"b": TEXT}}}}]},
            "ThingsDoItBodyF",
            {"ThingsDoItBodyF": {"a": "ThingsDoItBodyFA"}, "ThingsDoItBodyFA": {"score": "float", "b": "str"}},
        ),
    ],
)
def test_a_schema_that_the_parser_can_not_read_alone_keeps_its_classes(
    schema: Json, type_: str, classes: dict[str, dict[str, str]]
) -> None:
    assert read(schema) == ({"f": type_}, classes, ())


@pytest.mark.parametrize(
    ("schema", "expected", "says"),
    [
        (
            {"allOf": [ref("Cat"), ref("Dog")]},
            {"name": "int", "claws": "int", "bark": "str"},
            "name has two types in allOf; the last is taken",
        ),
        (
            {"allOf": [{"properties": {"id": TEXT}}, ref("Pet")]},
            {"id": "str", "name": "str", "claws": "int", "bark": "str"},
            "a union in allOf, of name, claws, bark; which of these go together is not known",
        ),
        ({"allOf": [ref("Cat"), NUMBER]}, "int", "allOf of other types than objects; the last is taken"),
    ],
)
def test_members_of_all_of_that_disagree_are_one_and_the_report_says_so(schema: Json, expected: Any, says: str) -> None:
    arguments, classes, lines = read(schema)
    assert (classes["ThingsDoItBodyF"] if classes else arguments["f"]) == expected
    assert lines == (f"POST /a: {says}",)
