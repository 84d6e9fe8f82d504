"""Names of arguments, fields, classes and enums: whatever a document says, each is valid Python and unique."""

from __future__ import annotations

import pytest

from codegen.package import names
from codegen.package.member_names import members
from tests.support.generated_package import imported
from tests.support.small_documents import TEXT, Json, answer, body, document, operation, parameter, parsed
from tests.support.wire import JSON, Reply, Wire

OBJECT: Json = {"type": "object", "properties": {"id": TEXT}}


# --- of arguments and fields -----------------------------------------------------------------------------------------


def test_fields_whose_names_have_no_letter_to_keep_are_numbered() -> None:
    wires = [chr(0x4E00 + number) for number in range(200)]
    found = names.told_apart(wires, ())
    assert found[:4] == ["field", "field_", "field_2", "field_3"]
    assert (len(set(found)), max(map(len, found))) == (200, len("field_199"))


@pytest.mark.parametrize(
    ("wires", "expected"),
    [
        (["b c", "b_c", "b-c"], ["b_c_", "b_c", "b_c_2"]),
        (["b_c_", "b-c", "b_c"], ["b_c_", "b_c_2", "b_c"]),
        (["class", "class_"], ["class__", "class_"]),
        (["Id", "id", "id"], ["Id", "id", "id_"]),
        (["taken", "Taken now"], ["taken_", "taken_now"]),
    ],
)
def test_a_field_that_is_spelled_like_a_name_has_it(wires: list[str], expected: list[str]) -> None:
    assert names.told_apart(wires, {"taken"}) == expected


# --- of classes and enums --------------------------------------------------------------------------------------------


def meaning_of_classes(paths: Json) -> dict[str, list[str]]:
    """The fields of every class, the values of every enum."""
    package = parsed(document(paths)).package
    models = {model.name: [field.wire for field in model.fields] for model in package.models}
    return models | {enum.name: [str(value) for _, value in enum.members] for enum in package.enums}


@pytest.mark.parametrize("more", [0, 1, 7, 8, 9, 10])
def test_no_class_or_enum_moves_with_the_number_of_other_odd_names(more: int) -> None:
    """Numbers of tokens are in no name, and never sorted as text, in which `n10` comes before `n9`."""
    others = {f"/{index}": {"get": operation(parameters=[parameter(f"odd {index}")])} for index in range(more)}
    odd = {"a b": {"type": "object", "properties": {"first": TEXT}}, "a-b": OBJECT, "field 1st": OBJECT, "N7": OBJECT}
    values = [parameter(wire, schema={**TEXT, "enum": [wire]}) for wire in ("c d", "c-d")]
    mine = {"/z": {"post": operation("Create z", requestBody=body(odd), parameters=values)}}
    assert meaning_of_classes({**others, **mine}) == {
        "ThingsCreateZBodyAB": ["first"],
        "ThingsCreateZBodyAB_": ["id"],
        "ThingsCreateZBodyField1St": ["id"],
        "ThingsCreateZBodyN7": ["id"],
        "ThingsCreateZCD": ["c d"],
        "ThingsCreateZCD_": ["c-d"],
    }


def inner(summary: str, wire: str, field: str, tag: str = "things") -> Json:
    """An operation with a class that has one field."""
    fields = {wire: {"type": "object", "properties": {field: TEXT}}}
    return {"post": operation(summary, tags=[tag], requestBody=body(fields))}


ONE_CLASS: dict[str, list[Json]] = {
    "three bodies": [
        inner("Create a", "body_body_x", "one"),
        inner("Create a body", "body_x", "two"),
        inner("Create a body body", "x", "three"),
    ],
    "groups": [inner("C", "o", "one", "ab"), inner("C", "o", "two", "a_b"), inner("B c", "o", "three", "a")],
    "others, with numbers": [inner("C", "o", "one", "a"), inner("C 2", "o", "two", "a"), inner("D", "o", "three", "x")],
}


@pytest.mark.parametrize("items", ONE_CLASS.values(), ids=ONE_CLASS)
def test_a_class_never_comes_to_mean_that_of_another_operation(items: list[Json]) -> None:
    paths = {f"/{index}": item for index, item in enumerate(items)}
    before = meaning_of_classes(paths)
    assert len(before) == len(items), "each has a class of its own"
    assert parsed(document(paths)).warnings == ()
    assert meaning_of_classes(dict(reversed(paths.items()))) == before
    for gone in paths:
        for name, fields in meaning_of_classes({path: item for path, item in paths.items() if path != gone}).items():
            assert before.get(name, fields) == fields


def test_what_the_parser_says_of_a_class_has_no_number_that_depends_on_other_operations() -> None:
    fields = {"x_y": OBJECT, "x": {"type": "object", "properties": {"y": OBJECT}}}
    mine = {"/z": {"post": operation("Create z", requestBody=body(fields))}}
    alone, later = (parsed(document(paths)).warnings for paths in (mine, {"/a": {"get": operation()}, **mine}))
    assert "ThingsCreateZBodyXY" in alone[0]
    assert alone == later


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        (["-created", "created"], ["MINUS_CREATED", "CREATED"]),
        (["<", ">", "<=", "!=", "="], ["LESS_THAN", "GREATER_THAN", "LESS_THAN_EQUAL", "NOT_EQUAL", "EQUAL"]),
        (["A+", "A-", "a"], ["A_PLUS", "A_MINUS", "A"]),
        (["c", "c++"], ["C", "C_PLUS_PLUS"]),
        (["in progress", "in_progress"], ["IN_PROGRESS_0", "IN_PROGRESS"]),
        (["in-progress", "日本", "", "-", "---------"], ["IN_PROGRESS", "VALUE", "VALUE_2", "MINUS", "VALUE_4"]),
        ([3, -3], ["VALUE_3", "VALUE_NEGATIVE_3"]),
    ],
)
def test_a_member_is_called_what_its_value_says_and_the_plain_value_has_the_plain_name(
    values: list[str | int], expected: list[str]
) -> None:
    assert list(members(values)) == expected
    assert list(members(values).values()) == values


# --- how long it takes -----------------------------------------------------------------------------------------------


def test_to_tell_many_of_one_name_apart_takes_no_longer_than_many_of_several() -> None:
    asked: list[str] = []

    def forms(name: str) -> set[str]:
        asked.append(name)
        return {name}

    free = names.Free((), forms)
    assert len({free.take("field") for _ in range(500)}) == 500
    assert len(asked) < 4 * 500


def test_many_classes_of_one_name_are_numbered() -> None:
    """This would take seconds if each class tried all numbers before its own."""
    found = [names.Structure(f"A{index}", "Field", "field", ("GET /a", f"{index:04}")) for index in range(3000)]
    named = names.structure_classes(found, ())
    assert [named[f"A{index}"] for index in (0, 1, 2, 2999)] == [
        ("Field", "field"),
        ("Field_", "field_"),
        ("Field_2", "field_2"),
        ("Field_2999", "field_2999"),
    ]


# --- an answer without a body ----------------------------------------------------------------------------------------


def test_an_empty_answer_is_none_whatever_type_it_says_it_has() -> None:
    paths: Json = {"/a": {"head": operation("Ask"), "get": operation("Read", responses=answer(OBJECT))}}
    with (
        imported(parsed(document(paths)).package) as made,
        Wire(Reply(200, b"", JSON)) as wire,
        made.Client(made.new_format, base_url=wire.base_url) as client,
    ):
        assert client.things.ask() is None
        assert client.things.read() is None
