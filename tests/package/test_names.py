"""Names of arguments, fields, classes and enums: whatever a document says, each is valid Python and unique."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from codegen.package import names
from codegen.package.member_names import members
from tests.support.generated_package import imported, write
from tests.support.shared import mypy_cache
from tests.support.small_documents import Json, answer, body, document, operation, parameter, parsed
from tests.support.wire import JSON, Reply, Wire

OBJECT: Json = {"type": "object", "properties": {"id": {"type": "string"}}}
TEXT: Json = {"type": "string"}
MONEY: Json = {"$ref": "#/components/schemas/Money"}


# --- of arguments and fields -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("media", ["application/x-www-form-urlencoded", "multipart/form-data"])
def test_a_secret_of_a_form_is_sent_and_shown_nowhere(media: str, tmp_path: Path) -> None:
    schema = {"type": "object", "properties": {"password": {**TEXT, "format": "password"}}}
    post = operation(requestBody={"content": {media: {"schema": schema}}})
    write(parsed(document({"/a": {"post": post}})).package, tmp_path)
    program = f"""
import sys
sys.path.insert(0, {str(tmp_path)!r})
from lowcodeapi_small_api import Client, forms, new_format
sent = []
client = Client(new_format)
client._run = sent.append
client.things.do_it(password="a secret")
assert "a secret" not in repr(sent)
content = forms.body(sent[0])[0]
assert b"secret" in (content if isinstance(content, bytes) else b"".join(content))
"""
    done = subprocess.run([sys.executable, "-I", "-B", "-c", program], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_a_field_named_like_a_function_that_a_method_calls_hides_it_not(tmp_path: Path) -> None:
    inside = ["hidden", "either", "renamed", "Call", "UNSET", "result", "Any", "builtins", "self"]
    fields = {"password": {**TEXT, "format": "password"}, **dict.fromkeys(inside, TEXT)}
    write(parsed(document({"/a": {"post": operation(requestBody=body(fields))}})).package, tmp_path)
    program = f"""
import json, sys
sys.path.insert(0, {str(tmp_path)!r})
from lowcodeapi_small_api import Client, encode, new_format
sent = []
client = Client(new_format)
client._run = sent.append
client.things.do_it(password="secret", **{{name + "_": name for name in {inside}}})
assert "secret" not in repr(sent)
assert json.loads(encode.body(sent[0])) == {{"password": "secret", **{{name: name for name in {inside}}}}}, sent
"""
    done = subprocess.run([sys.executable, "-I", "-B", "-c", program], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


UPLOAD: Json = {"multipart/form-data": {"schema": {"properties": {"file": {**TEXT, "format": "binary"}}}}}
SHADOWS: Json = {
    "/upload": {"post": operation("Upload", tags=["File"], requestBody={"content": UPLOAD})},
    "/upload-again": {
        "post": operation(
            "Upload again", requestBody={"content": UPLOAD}, responses=answer({"$ref": "#/components/schemas/File"})
        )
    },
    "/argument": {"get": operation("Pay", parameters=[parameter("Money")], responses=answer(MONEY))},
    "/any": {"get": operation("Ask", parameters=[parameter("Any"), parameter("builtins")])},
    "/fields": {
        "post": operation("Show", requestBody=body({"in": {"$ref": "#/components/schemas/Wallet"}})),
        "get": operation("Look", responses=answer({"$ref": "#/components/schemas/Wallet"})),
    },
    **{
        f"/search/{name}": {
            "get": operation(operationId=f"search.{name}", parameters=[parameter("a")], responses=answer(MONEY))
        }
        for name in ("Query", "Any", "Mapping", "Money", "zoom")
    },
}
SCHEMAS: Json = {
    "Money": OBJECT,
    "File": OBJECT,
    "Wallet": {
        "type": "object",
        "properties": {"Money": MONEY, "Other": MONEY, "needs": {"$ref": "#/components/schemas/Needs"}},
    },
    "Needs": {"type": "object", "properties": {"Required": TEXT, "last": TEXT}, "required": ["last"]},
}


def test_no_name_of_a_document_changes_what_an_annotation_says(
    tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    read = parsed(document(SHADOWS, components={"schemas": SCHEMAS}))
    assert read.warnings == ()
    write(read.package, tmp_path)
    command = [sys.executable, "-m", "mypy", "--strict", "--config-file=", mypy_cache(tmp_path_factory)]
    # Not the clients: they contain no names of fields, and importing httpx takes longer than all else.
    parts = [argument for part in ("resources", "models") for argument in ("-p", f"{read.package.name}.{part}")]
    done = subprocess.run([*command, *parts], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_fields_whose_names_have_no_letter_to_keep_are_numbered() -> None:
    wires = [chr(0x4E00 + number) for number in range(800)]
    (made,) = parsed(
        document({"/a": {"post": operation(requestBody=body(dict.fromkeys(wires, TEXT)))}})
    ).package.operations
    assert [field.wire for field in made.body] == wires
    assert len({field.name for field in made.body}) == 800
    assert [field.name for field in made.body[:4]] == ["field", "field_", "field_2", "field_3"]
    assert max(len(field.name) for field in made.body) == len("field_799")


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


PLACES: dict[str, Callable[[list[str]], Json]] = {
    "query": lambda wires: {"parameters": [parameter(wire) for wire in wires]},
    "path and query": lambda wires: {"parameters": [parameter(wires[0], "path"), *map(parameter, wires[1:])]},
    "body": lambda wires: {"requestBody": body(dict.fromkeys(wires, TEXT))},
    "query and body": lambda wires: {
        "parameters": [parameter(wires[0])],
        "requestBody": body(dict.fromkeys(wires[1:], TEXT)),
    },
    "object": lambda wires: {
        "requestBody": body({"in": {"type": "object", "properties": dict.fromkeys(wires, TEXT)}}),
    },
    "answer": lambda wires: {"responses": answer({"type": "object", "properties": dict.fromkeys(wires, TEXT)})},
}


@pytest.mark.parametrize("place", PLACES)
def test_a_field_with_a_plain_name_keeps_it_whatever_comes_before_it(place: str) -> None:
    path = "/a/{b c}" if "path" in place else "/a"
    package = parsed(document({path: {"post": operation(**PLACES[place](["b c", "b_c"]))}})).package
    fields = [*package.operations[0].arguments, *(field for model in package.models for field in model.fields)]
    assert {field.wire: field.name for field in fields if field.wire != "in"} == {"b c": "b_c_", "b_c": "b_c"}


# --- of classes and enums --------------------------------------------------------------------------------------------


def classes(*bodies: Json) -> list[list[str]]:
    """The classes of the fields of each body."""
    paths = {
        f"/{index}": {"post": operation(f"Do {index}", requestBody=body(each))} for index, each in enumerate(bodies)
    }
    operations = sorted(parsed(document(paths)).package.operations, key=lambda each: each.name)
    return [[field.type.class_name for field in each.body] for each in operations]


@pytest.mark.parametrize(
    ("wire", "end"), [("transfer_data optional", "TransferDataOptional"), ("field 1st", "Field1St")]
)
def test_a_class_has_no_number_that_depends_on_the_rest_of_the_document(wire: str, end: str) -> None:
    odd = {wire: OBJECT}
    (alone,) = classes(odd)
    assert alone == [f"ThingsDo0Body{end}"]
    assert classes({"another odd one": OBJECT}, odd)[1] == [f"ThingsDo1Body{end}"]


def test_classes_that_would_be_one_are_told_apart_and_a_number_of_the_document_stays() -> None:
    (found,) = classes(dict.fromkeys(["transfer data", "transfer-data", "plan_n2", "PlanN7"], OBJECT))
    assert len(set(found)) == 4
    assert found[0] == "ThingsDo0BodyTransferData"
    assert found[3] == "ThingsDo0BodyPlanN7"


def meaning_of_classes(paths: Json) -> dict[str, list[str]]:
    """The fields of every class, the values of every enum."""
    package = parsed(document(paths)).package
    models = {model.name: [field.wire for field in model.fields] for model in package.models}
    return models | {enum.name: [str(value) for _, value in enum.members] for enum in package.enums}


@pytest.mark.parametrize("more", range(7, 12))
def test_no_class_or_enum_moves_with_the_number_of_other_odd_names(more: int) -> None:
    """Numbers of tokens are never sorted as text, in which `n10` comes before `n9`."""
    others = {f"/{index}": {"get": operation(parameters=[parameter(f"odd {index}")])} for index in range(more)}
    odd = {"a b": {"type": "object", "properties": {"first": TEXT}}, "a-b": {**OBJECT}}
    values = [parameter(wire, schema={**TEXT, "enum": [wire]}) for wire in ("c d", "c-d")]
    mine = {"/z": {"post": operation("Create z", requestBody=body(odd), parameters=values)}}
    assert meaning_of_classes({**others, **mine}) == {
        "ThingsCreateZBodyAB": ["first"],
        "ThingsCreateZBodyAB_": ["id"],
        "ThingsCreateZCD": ["c d"],
        "ThingsCreateZCD_": ["c-d"],
    }


def inner(summary: str, wire: str, field: str, tag: str = "things") -> Json:
    """An operation with a class that has one field."""
    fields = {wire: {"type": "object", "properties": {field: TEXT}}}
    return {"post": operation(summary, tags=[tag], requestBody=body(fields))}


ONE_CLASS: dict[str, list[Json]] = {
    "a body of another": [inner("Create", "body_x", "one"), inner("Create body", "x", "two")],
    "three of them": [
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


def test_of_a_text_no_more_is_read_than_a_name_needs() -> None:
    long = "A" * 100_000
    assert names.snake_case(long) == "a" * 500


def test_to_tell_many_of_one_name_apart_takes_no_longer_than_many_of_several() -> None:
    class Asked(set[str]):
        times = 0

        def __contains__(self, name: object) -> bool:
            Asked.times += 1
            return super().__contains__(name)

    taken, numbers = Asked(), Counter[str]()
    for _ in range(500):
        taken.add(names.unique("field", taken, numbers))
    assert len(taken) == 500
    assert Asked.times < 2 * 500


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


def test_an_empty_answer_is_none_whatever_type_it_says_it_has(tmp_path: Path) -> None:
    paths: Json = {"/a": {"head": operation("Ask"), "get": operation("Read", responses=answer(OBJECT))}}
    with (
        imported(parsed(document(paths)).package, tmp_path) as made,
        Wire(Reply(200, b"", JSON)) as wire,
        made.Client(made.new_format, base_url=wire.base_url) as client,
    ):
        assert client.things.ask() is None
        assert client.things.read() is None
