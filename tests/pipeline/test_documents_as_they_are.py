"""Documents as they are: each kind of value that their users send and receive, over a real connection."""

from __future__ import annotations

import datetime
import importlib
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from lowcodeapi_baseten import InvalidParameterError, connect

from codegen.package import parse
from codegen.package.spelling import answer as spelled
from codegen.package.spelling import argument
from tests.support.generated_package import imported
from tests.support.recording_gateway import Gateway
from tests.support.small_documents import Json, answer, body, document, operation, paired, parameter, parsed

TEXT, MOMENT = {"type": "string"}, {"type": "string", "format": "date-time"}
UP = "https://up.example"


def ref(name: str) -> Json:
    return {"$ref": f"#/components/schemas/{name}"}


def thing(*required: str, **properties: Json) -> Json:
    return {"type": "object", "properties": properties, "required": list(required)}


def tag(value: str | int) -> Json:
    return {"type": "string" if isinstance(value, str) else "integer", "enum": [value]}


SCHEMAS = {
    "Thing": thing(name=TEXT),
    "Other": thing(name=TEXT),
    "Cat": thing("claws", claws=TEXT, name=TEXT),
    "Dog": thing("bark", bark=TEXT, name=TEXT),
    "Cheque": thing(kind=tag("cheque"), name=TEXT),
    "Cash": thing(kind=tag("cash"), name=TEXT),
    "Circle": thing(shape=TEXT),
    "Square": thing(shape=TEXT),
}
EITHER = {"oneOf": [ref("Circle"), ref("Square")]}
BY_NAME = {**EITHER, "discriminator": {"propertyName": "shape"}}
BY_MAPPING = {
    **EITHER,
    "discriminator": {"propertyName": "shape", "mapping": {"o": "#/components/schemas/Circle", "[]": "Square"}},
}
ANSWERS: dict[str, tuple[Json, str]] = {
    "list": ({"type": "array", "items": ref("Thing")}, "list[Thing]"),
    "map": ({"type": "object", "additionalProperties": ref("Thing")}, "dict[str, Thing]"),
    "required": ({"oneOf": [ref("Cat"), ref("Dog")]}, "Cat | Dog"),
    "constant": ({"type": "array", "items": {"anyOf": [ref("Cheque"), ref("Cash")]}}, "list[Cheque | Cash]"),
    "one_or_many": ({"oneOf": [ref("Thing"), {"type": "array", "items": ref("Thing")}]}, "Thing | list[Thing]"),
    "lists": (
        {"oneOf": [{"type": "array", "items": ref("Cat")}, {"type": "array", "items": ref("Dog")}]},
        "list[Cat | Dog]",
    ),
    "nothing": ({"oneOf": [ref("Thing"), ref("Other")]}, "dict[str, Any]"),
    "dates": ({"oneOf": [MOMENT, {"type": "string", "format": "date"}]}, "datetime.datetime | datetime.date"),
    "texts": ({"type": "array", "items": TEXT}, "list[str]"),
}
PATHS = {
    **{
        f"/{name}": {"get": operation(f"Get {name}", responses=answer(schema))} for name, (schema, _) in ANSWERS.items()
    },
    "/named": {"get": operation("Get named", responses=answer(BY_NAME))},
    "/numbers/{number}": {
        "get": operation("Get number", parameters=[parameter("number", "path", schema={"type": "integer"})])
    },
    "/moments": {
        "post": operation(
            "Add moment",
            parameters=[parameter("since", schema=MOMENT)],
            requestBody=body({"at": MOMENT, "all": {"type": "array", "items": MOMENT}, "inner": thing(until=MOMENT)}),
        )
    },
    "/pictures": {
        "post": operation(
            "Add picture",
            requestBody={
                "content": {
                    "multipart/form-data": {
                        "schema": thing(image={"type": "string", "format": "binary"}, file={"type": "file"}, at=MOMENT)
                    }
                }
            },
        )
    },
}
OLD = {
    "/accounts/{account_id}": {"get": operation("Get account", parameters=[parameter("account_id", "path")])},
    "/zones/zoneid": {
        "delete": operation("Delete zone", externalDocs={"api_endpoint": f"{UP}/zones/{{zone_id}}", "api_ref": "x"})
    },
}


@pytest.fixture(scope="module")
def gateway() -> Iterator[Gateway]:
    with Gateway() as server:
        yield server


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    given = paired(document(PATHS, components={"schemas": SCHEMAS}), {**document(OLD), "openapi": "3.0.0"})
    made = parse.parse(given.document, provider="real").package
    with imported(made, tmp_path_factory.mktemp("real")) as package:
        yield package


def client(package: Any, gateway: Gateway, **options: Any) -> Any:
    return connect(package, api_token="token", base_url=gateway.base_url, remember=False, **options)


def result(package: Any, name: str, payload: Any) -> Any:
    """The payload as the method returns it."""
    decode, operations = (importlib.import_module(f"{package.__name__}.{part}") for part in ("decode", "operations"))
    return decode.result(operations.OPERATIONS[name], payload)


# --- answers ---------------------------------------------------------------------------------------------------------


def test_answers_of_lists_mappings_and_unions_are_typed_and_what_is_not_is_reported() -> None:
    found = parsed(document(PATHS, components={"schemas": SCHEMAS}))
    results = {each.id.partition(".get_")[2]: each.result for each in found.package.operations}
    assert {name: spelled(type_) for name in ANSWERS if (type_ := results[name]) is not None} == {
        name: type_ for name, (_, type_) in ANSWERS.items()
    }
    assert found.warnings == ()
    assert found.any_values == ("Thing or Other: nothing tells these apart; an answer stays as it is received",)


@pytest.mark.parametrize(
    ("operation_", "payload", "expected"),
    [
        ("list", [{"name": "a"}, 3], ["Thing", "int"]),
        ("list", {"items": []}, "dict"),
        ("map", {"a": {"name": "a"}, "b": None}, {"a": "Thing", "b": "NoneType"}),
        ("required", {"claws": "x", "new": 1}, "Cat"),
        ("required", {"bark": "x"}, "Dog"),
        ("required", {"name": "x"}, "dict"),
        ("required", None, "NoneType"),
        (
            "constant",
            [{"kind": "cash"}, {"kind": "cheque"}, {"kind": "coin"}, {"kind": []}],
            ["Cash", "Cheque", "dict", "dict"],
        ),
        ("one_or_many", {"name": "a"}, "Thing"),
        ("one_or_many", [{"name": "a"}], ["Thing"]),
        ("lists", [{"bark": "x"}, {"claws": "x"}], ["Dog", "Cat"]),
        ("nothing", {"name": "a"}, "dict"),
        ("dates", "2026-01-02", "date"),
        ("dates", "2026-01-02T03:04:05Z", "datetime"),
        ("dates", "soon", "str"),
        ("named", {"shape": "Square"}, "Square"),
    ],
)
def test_each_part_of_an_answer_is_of_the_class_that_it_is(
    package: Any, operation_: str, payload: Any, expected: Any
) -> None:
    read = result(package, f"things.get_{operation_}", payload)

    def kind(value: Any) -> Any:
        if isinstance(value, list):
            return [kind(item) for item in value]
        if type(value) is dict and isinstance(expected, dict):
            return {key: kind(item) for key, item in value.items()}
        return type(value).__name__

    assert kind(read) == expected


@pytest.mark.parametrize(
    ("schema", "value", "expected"),
    [
        (BY_NAME, "Circle", "Circle"),
        (BY_MAPPING, "[]", "Square"),
        (BY_MAPPING, "Circle", "dict"),
        ({**BY_NAME, "nullable": True}, "Square", "Square"),
    ],
)
def test_a_discriminator_is_read_by_its_mapping_else_by_the_names(
    tmp_path: Path, schema: Json, value: str, expected: str
) -> None:
    given = document({"/a": {"get": operation("Get", responses=answer(schema))}}, components={"schemas": SCHEMAS})
    with imported(parsed(given).package, tmp_path) as package:
        read = result(package, "things.get", {"shape": value})
    assert type(read).__name__ == expected


# --- arguments -------------------------------------------------------------------------------------------------------


def test_an_enum_of_an_unknown_provider_takes_other_values_and_one_that_somebody_vouches_for_does_not() -> None:
    paired_ = paired(document({"/a": {"get": operation(parameters=[parameter("kind", schema={"enum": ["a", "b"]})])}}))
    found = [
        parse.parse(paired_.document, provider="real", is_vouched_for=vouched).package.operations[0].query[0].type
        for vouched in (False, True)
    ]
    names = "ThingsDoItKind | ThingsDoItKindValue"
    assert [argument(each) for each in found] == [f"{names} | str", names]


@pytest.mark.parametrize("value", [7, -7, "7", 10**100])
def test_a_numeric_path_parameter_takes_an_integer_and_sends_its_digits(
    package: Any, gateway: Gateway, value: Any
) -> None:
    with client(package, gateway, url_format="new") as real:
        real.things.get_number(value)
    _, target, _, _ = gateway.received.pop()
    assert target == f"/odd/numbers/{value}?api_token=token"


@pytest.mark.parametrize("value", [True, 1.5, None, 10**5000, "1/2", b"7"], ids=lambda value: type(value).__name__)
def test_nothing_else_becomes_a_part_of_a_path(package: Any, gateway: Gateway, value: Any) -> None:
    with client(package, gateway, url_format="new") as real, pytest.raises(InvalidParameterError, match=r"^number "):
        real.things.get_number(value)
    assert not gateway.received


NAIVE = datetime.datetime(2026, 1, 2, 3, 4, 5)


@pytest.mark.parametrize(
    ("method", "arguments", "field"),
    [
        ("add_moment", {"since": NAIVE}, "since"),
        ("add_moment", {"at": NAIVE}, "at"),
        ("add_moment", {"all": [NAIVE]}, "all"),
        ("add_moment", {"inner": {"until": NAIVE}}, "until"),
        ("add_moment", {"extra_query": {"more[]": NAIVE}}, "more"),
        ("add_picture", {"at": NAIVE}, "at"),
    ],
)
def test_a_time_without_a_time_zone_is_refused_by_its_fields_name(
    package: Any, gateway: Gateway, method: str, arguments: dict[str, Any], field: str
) -> None:
    with (
        client(package, gateway, url_format="new") as real,
        pytest.raises(InvalidParameterError, match=rf"\b{field}\b.* is a time without a time zone; give it one"),
    ):
        getattr(real.things, method)(**arguments)
    inner = package.models.ThingsAddMomentBodyInner
    with (
        client(package, gateway, url_format="new") as real,
        pytest.raises(InvalidParameterError, match="until is a time"),
    ):
        real.things.add_moment(inner=inner(until=NAIVE))
    assert not gateway.received


def test_an_old_path_with_braces_is_sent_as_it_stands_with_the_value_in_the_query(
    package: Any, gateway: Gateway
) -> None:
    with client(package, gateway, url_format="old") as real:
        real.things.get_account("abc")
    plain = package.Client(package.old_format, base_url=gateway.base_url, params={"api_token": "token"})
    with plain:
        plain.things.get_account("abc")
    targets = [target for _, target, _, _ in gateway.received]
    gateway.received.clear()
    assert targets == ["/odd/accounts/{account_id}?account_id=abc&api_token=token"] * 2


def test_a_parameter_that_only_the_providers_url_mentions_is_optional_and_still_checked(
    package: Any, gateway: Gateway
) -> None:
    with client(package, gateway, url_format="old") as real:
        real.things.delete_zone()
        real.things.delete_zone(zone_id="z1")
        for wrong in ({"zone_id": "../x"}, {"extra_query": {"zone_id": "../x"}}):
            with pytest.raises(InvalidParameterError):
                real.things.delete_zone(**wrong)
        assert "Inferred from the provider's URL" in real.things.delete_zone.__doc__
    targets = [target for _, target, _, _ in gateway.received]
    gateway.received.clear()
    assert targets == ["/odd/zones/zoneid?api_token=token", "/odd/zones/zoneid?zone_id=z1&api_token=token"]


def test_an_upload_in_another_field_than_file_is_reported_and_warns_once(package: Any, gateway: Gateway) -> None:
    lines = parsed(document(PATHS, components={"schemas": SCHEMAS})).bodies
    assert lines == ("things.add_picture: a file in the field image, which ends a published server's process",)
    with client(package, gateway, url_format="new") as real:
        real.things.add_picture(file=b"x")
        with warnings.catch_warnings(record=True) as seen:
            warnings.simplefilter("default")
            for _ in range(2):
                real.things.add_picture(image=b"x")
    gateway.received.clear()
    (warning,) = seen
    assert "things.add_picture sends a file in the field image" in str(warning.message)
