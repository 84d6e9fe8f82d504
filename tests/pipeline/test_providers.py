"""Another provider's package, as its users see it: arguments, answers and messages, over a real connection."""

from __future__ import annotations

import asyncio
import datetime
import importlib
import io
import json
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, parse_qsl

import lowcodeapi_baseten_api
import pytest
from lowcodeapi_baseten import APIConnectionError, ConfigurationError, InvalidParameterError, connect, connect_async

from codegen import pipeline, report
from codegen.overlay import overlay
from codegen.package import parse
from codegen.package.parse import Parsed
from codegen.package.spelling import answer as spelled
from codegen.package.spelling import argument
from codegen.repair import repair
from tests.support.generated_package import imported
from tests.support.small_documents import (
    TEXT,
    Json,
    answer,
    body,
    document,
    operation,
    paired,
    parameter,
    parsed,
    ref,
    store,
)
from tests.support.tables import check_each
from tests.support.wire import TOKEN, Wire, in_data

MOMENT, FILE = (TEXT | {"format": name} for name in ("date-time", "binary"))


def thing(*required: str, **properties: Json) -> Json:
    return {"type": "object", "properties": properties, "required": list(required)}


def form(media: str, **properties: Json) -> Json:
    return {"content": {media: {"schema": thing(**properties)}}}


def tag(value: str) -> Json:
    return {"type": "string", "enum": [value]}


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


def either(*members: Json, **more: Any) -> Json:
    return {"oneOf": list(members), **more}


def many(items: Json) -> Json:
    return {"type": "array", "items": items}


MAPPING = {"o": "#/components/schemas/Circle", "[]": "Square"}
NAMED = either(ref("Circle"), ref("Square"), discriminator={"propertyName": "shape"})
MAPPED = {**NAMED, "discriminator": {"propertyName": "shape", "mapping": MAPPING}}
ANSWERS: dict[str, tuple[Json, str]] = {
    "list": (many(ref("Thing")), "list[Thing]"),
    "map": ({"type": "object", "additionalProperties": ref("Thing")}, "dict[str, Thing]"),
    "required": (either(ref("Cat"), ref("Dog")), "Cat | Dog"),
    "constant": (many({"anyOf": [ref("Cheque"), ref("Cash")]}), "list[Cheque | Cash]"),
    "one_or_many": (either(ref("Thing"), many(ref("Thing"))), "Thing | list[Thing]"),
    "lists": (either(many(ref("Cat")), many(ref("Dog"))), "list[Cat | Dog]"),
    "nothing": (either(ref("Thing"), ref("Other")), "dict[str, Any]"),
    "dates": (either(MOMENT, {"type": "string", "format": "date"}), "datetime.datetime | datetime.date"),
    "texts": (many(TEXT), "list[str]"),
}
# One union has one discriminator, wherever it stands.
TAGGED = {"named": NAMED, "named_or_null": {**NAMED, "nullable": True}}
UNSENT = [
    *(parameter("Stripe-Version", "header"), parameter("Authorization", "header"), parameter("session", "cookie")),
    *(parameter("api_token"), parameter("api_token[]")),
]
ONE = [parameter("refund_id", "path")]
PATHS = {
    **{
        f"/{name}": {"get": operation(f"Get {name}", responses=answer(schema))}
        for name, schema in ({name: schema for name, (schema, _) in ANSWERS.items()} | TAGGED).items()
    },
    "/numbers/{number}": {
        "get": operation("Get number", parameters=[parameter("number", "path", schema={"type": "integer"})])
    },
    "/moments": {
        "post": operation(
            "Add moment",
            parameters=[parameter("since", schema=MOMENT)],
            requestBody=body({"at": MOMENT, "all": many(MOMENT), "inner": thing(until=MOMENT)}),
        )
    },
    "/pictures": {
        "post": operation("Add picture", requestBody=form("multipart/form-data", image=FILE, file=FILE, at=MOMENT))
    },
    "/refunds": {
        "get": operation("List refunds", parameters=[parameter("created", schema={"type": "object"}), *UNSENT]),
        "post": operation("Create refund", parameters=UNSENT[:1], requestBody=body({"charge": TEXT})),
    },
    "/refunds/{refund_id}": {
        "get": operation("Get refund", parameters=[*ONE, parameter("page")]),
        "delete": operation("Delete refund", parameters=ONE, requestBody=body({"note": TEXT})),
    },
    "/files": {
        "post": operation("Upload file", requestBody=form("multipart/form-data", file=FILE, more=many(FILE), note=TEXT))
    },
    "/tokens": {
        "post": operation(
            "Create token",
            requestBody=form("application/x-www-form-urlencoded", grant=TEXT, more={"type": "object"}),
        )
    },
}
ENDPOINT = {"api_endpoint": "https://up.example/zones/{zone_id}", "api_ref": "x"}
OLD = {
    "/accounts/{account_id}": {"get": operation("Get account", parameters=[parameter("account_id", "path")])},
    "/zones/zoneid": {"delete": operation("Delete zone", externalDocs=ENDPOINT)},
}
WIDER = overlay.action(
    {"target": "$.paths['/refunds/{refund_id}'].get", "update": {"x-path-characters": "@:@"}}, "small.yaml, action 1"
)


@pytest.fixture(scope="module")
def made() -> Parsed:
    return parsed(document(PATHS, components={"schemas": SCHEMAS}), {**document(OLD), "openapi": "3.0.0"}, (WIDER,))


@pytest.fixture(scope="module")
def package(made: Parsed) -> Iterator[Any]:
    with imported(made.package) as package:
        yield package


@pytest.fixture(scope="module")
def server() -> Iterator[Wire]:
    with Wire(in_data({})) as server:
        yield server


@pytest.fixture
def gateway(server: Wire) -> Iterator[Wire]:
    """The server, with no request yet."""
    server.received.clear()
    yield server


@pytest.fixture
def shop(package: Any, gateway: Wire) -> Iterator[Any]:
    with client(package, gateway) as connected:
        yield connected


def client(package: Any, gateway: Wire, url_format: str = "new", **options: Any) -> Any:
    base_url = gateway.base_url
    return connect(package, api_token=TOKEN, base_url=base_url, remember=False, url_format=url_format, **options)  # type: ignore[arg-type]


def targets(gateway: Wire) -> list[str]:
    """The received paths and queries, without the token."""
    return [sent.target.removesuffix(f"api_token={TOKEN}").rstrip("?&") for sent in gateway.received]


# --- answers ---------------------------------------------------------------------------------------------------------


def test_answers_of_lists_mappings_and_unions_are_typed_and_what_is_not_is_reported(made: Parsed) -> None:
    results = {each.id.partition(".get_")[2]: each.result for each in made.package.operations}
    assert {name: spelled(type_) for name in ANSWERS if (type_ := results[name]) is not None} == {
        name: type_ for name, (_, type_) in ANSWERS.items()
    }
    assert made.warnings == ()
    assert made.any_values == (
        "GET /refunds, parameter created: a structure in a query; any value is taken",
        "Thing or Other: nothing tells these apart; an answer stays as it is received",
    )


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
        ("constant", [{"kind": "cash"}, {"kind": "coin"}, {"kind": []}], ["Cash", "dict", "dict"]),
        ("one_or_many", {"name": "a"}, "Thing"),
        ("one_or_many", [{"name": "a"}], ["Thing"]),
        ("lists", [{"bark": "x"}, {"claws": "x"}], ["Dog", "Cat"]),
        ("nothing", {"name": "a"}, "dict"),
        ("dates", "2026-01-02", "date"),
        ("dates", "2026-01-02T03:04:05Z", "datetime"),
        ("dates", "soon", "str"),
        ("named", {"shape": "Square"}, "Square"),
        ("named_or_null", {"shape": "Circle"}, "Circle"),
    ],
)
def test_each_part_of_an_answer_is_of_the_class_that_it_is(
    package: Any, operation_: str, payload: Any, expected: Any
) -> None:
    def kind(value: Any) -> Any:
        if isinstance(value, list):
            return [kind(item) for item in value]
        if type(value) is dict and isinstance(expected, dict):
            return {key: kind(item) for key, item in value.items()}
        return type(value).__name__

    assert kind(result(package, f"things.get_{operation_}", payload)) == expected


def result(package: Any, name: str, payload: Any) -> Any:
    """The payload as the method returns it."""
    decode, operations = (importlib.import_module(f"{package.__name__}.{part}") for part in ("decode", "operations"))
    return decode.result(operations.OPERATIONS[name], payload)


def test_a_discriminator_with_a_mapping_is_read_by_it() -> None:
    given = document({"/a": {"get": operation("Get", responses=answer(MAPPED))}}, components={"schemas": SCHEMAS})
    found = parse.parse(paired(given).document, provider="mapped").package
    with imported(found) as package:
        read = [result(package, "things.get", {"shape": value}) for value in ("o", "[]", "Circle")]
    assert [type(each).__name__ for each in read] == ["Circle", "Square", "dict"]


# --- arguments -------------------------------------------------------------------------------------------------------


def test_headers_cookies_and_the_token_are_no_arguments_and_the_report_says_so(made: Parsed) -> None:
    arguments = {each.id: [field.name for field in each.arguments] for each in made.package.operations}
    assert (arguments["things.list_refunds"], arguments["things.create_refund"]) == (["created"], ["charge"])
    given = document(PATHS, components={"schemas": SCHEMAS})
    said = report.report("small", {"openapi": repair.repair(given)}, paired(given), made)
    assert said.lines["not_sent"] == (
        "the header parameter Stripe-Version of GET /refunds and 1 more",
        "the header parameter Authorization of GET /refunds",
        "the cookie parameter session of GET /refunds",
        "the query parameter api_token of GET /refunds",
        "the query parameter api_token[] of GET /refunds",
    )
    assert b"the gateway passes no header and no cookie on" in report.written(said, ".md")


def test_a_header_that_can_not_be_read_leaves_an_operation_its_types() -> None:
    odd = {"name": "x-odd", "in": "header", "required": False, "schema": {"type": "array", "items": {"type": "array"}}}
    read = parsed(document({"/a": {"get": operation(parameters=[odd, parameter("page", schema={"type": "integer"})])}}))
    assert read.warnings == ()
    assert [field.type.kind for field in read.package.operations[0].arguments] == ["int"]


def test_an_enum_of_an_unknown_provider_takes_other_values_and_one_that_somebody_vouches_for_does_not() -> None:
    given = paired(document({"/a": {"get": operation(parameters=[parameter("kind", schema={"enum": ["a", "b"]})])}}))
    found = [
        parse.parse(given.document, provider="real", is_vouched_for=vouched).package.operations[0].query[0].type
        for vouched in (False, True)
    ]
    names = "ThingsDoItKind | ThingsDoItKindValue"
    assert [argument(each) for each in found] == [f"{names} | str", names]


def test_a_structure_in_a_query_is_sent_as_the_gateway_reads_it(shop: Any, gateway: Wire) -> None:
    created = {"gte": 1, "lt": None, "in": ["a b", True]}
    shop.things.list_refunds(created=created, extra_query={"of": [{"a": 1}, {"a": 2}]})
    structure = [("created[gte]", "1"), ("created[in]", "a b"), ("created[in]", "true")]
    (target,) = targets(gateway)
    assert parse_qsl(target.partition("?")[2]) == [*structure, ("of[0][a]", "1"), ("of[1][a]", "2")]


@pytest.mark.parametrize("value", [7, -7, "7", 10**100])
def test_a_numeric_path_parameter_takes_an_integer_and_sends_its_digits(shop: Any, gateway: Wire, value: Any) -> None:
    shop.things.get_number(value)
    assert targets(gateway) == [f"/baseten/numbers/{value}"]


@pytest.mark.parametrize("value", [True, 1.5, None, 10**5000, "1/2", b"7"], ids=lambda value: type(value).__name__)
def test_nothing_else_becomes_a_part_of_a_path(shop: Any, gateway: Wire, value: Any) -> None:
    with pytest.raises(InvalidParameterError, match=r"^number "):
        shop.things.get_number(value)
    assert not gateway.received


def test_an_operation_takes_the_characters_that_its_overlay_widens_it_by_and_no_others(
    shop: Any, gateway: Wire
) -> None:
    shop.things.get_refund("a:b@c")
    assert targets(gateway) == ["/baseten/refunds/a%3Ab%40c"]

    def check(bad: str) -> None:
        with pytest.raises(InvalidParameterError):
            shop.things.get_refund(bad)

    check_each(("a/b", "..", "a?b", "a#b", "a%2f", "a$&b", "a\nb", "a b", "", "é", "a\\b"), check)
    with pytest.raises(InvalidParameterError):
        shop.things.delete_refund("a:b@c")
    assert len(gateway.received) == 1


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
        ("create_token", {"more": {"at": NAIVE}}, "field more: it"),
    ],
)
def test_a_time_without_a_time_zone_is_refused_by_its_fields_name(
    shop: Any, package: Any, gateway: Wire, method: str, arguments: dict[str, Any], field: str
) -> None:
    with pytest.raises(InvalidParameterError, match=rf"\b{field}\b.* is a time without a time zone; give it one"):
        getattr(shop.things, method)(**arguments)
    with pytest.raises(InvalidParameterError, match="until is a time"):
        shop.things.add_moment(inner=package.models.ThingsAddMomentBodyInner(until=NAIVE))
    assert not gateway.received


def test_an_old_path_with_braces_is_sent_as_it_stands_also_by_the_plain_client(package: Any, gateway: Wire) -> None:
    plain = package.Client(package.old_format, base_url=gateway.base_url, params={"api_token": TOKEN})
    for each in (client(package, gateway, "old"), plain):
        with each as old:
            old.things.get_account("abc")
    assert targets(gateway) == ["/baseten/accounts/{account_id}?account_id=abc"] * 2


def test_a_parameter_that_only_the_providers_url_mentions_is_optional_and_still_checked(
    package: Any, gateway: Wire
) -> None:
    with client(package, gateway, "old") as shop:
        shop.things.delete_zone()
        shop.things.delete_zone(zone_id="z1")
        for wrong in ({"zone_id": "../x"}, {"extra_query": {"zone_id": "../x"}}):
            with pytest.raises(InvalidParameterError):
                shop.things.delete_zone(**wrong)
        assert "Inferred from the provider's URL" in shop.things.delete_zone.__doc__
    assert targets(gateway) == ["/baseten/zones/zoneid", "/baseten/zones/zoneid?zone_id=z1"]


# --- forms and uploads -----------------------------------------------------------------------------------------------


def moved(path: Path) -> Any:
    file = io.BytesIO(b"before" + path.read_bytes())
    file.seek(6)
    return file


FILES: dict[str, Callable[[Path], Any]] = {
    "bytes": Path.read_bytes,
    "path": lambda path: path,
    "file object": lambda path: path.open("rb"),
    "file object from its middle": moved,
}


@pytest.mark.parametrize("given", FILES.values(), ids=FILES)
def test_a_file_is_sent_as_bytes_as_a_path_or_as_a_file_object(
    shop: Any, gateway: Wire, tmp_path: Path, given: Callable[[Path], Any]
) -> None:
    path = tmp_path / 'a"b.bin'
    path.write_bytes(b"x" * 200_000)
    file = given(path)
    shop.things.upload_file(file=file, note="a note")
    if isinstance(file, io.IOBase):
        file.close()
    content_type = gateway.only.header("content-type") or ""
    parts = gateway.only.body.split(b"--" + content_type.partition("boundary=")[2].encode())
    assert parts[1].endswith(b"\r\n\r\n" + b"x" * 200_000 + b"\r\n")
    assert b'name="file"; filename="' in parts[1]
    assert parts[2].endswith(b'name="note"\r\n\r\na note\r\n')


def test_uploads_work_with_the_plain_clients(package: Any, gateway: Wire) -> None:
    async def upload() -> None:
        async with package.AsyncClient(package.new_format, base_url=gateway.base_url) as plain:
            await plain.things.upload_file(file=b"one")

    asyncio.run(upload())
    with package.Client(package.new_format, base_url=gateway.base_url) as plain:
        plain.things.upload_file(file=b"two")
    one, two = gateway.received
    assert b"\r\n\r\none\r\n" in one.body and b"\r\n\r\ntwo\r\n" in two.body


def test_an_upload_in_another_field_than_file_is_reported_and_warns_once(made: Parsed, shop: Any) -> None:
    says = "a file in the field {}, which ends a published server's process"
    fields = {"add_picture": "image", "upload_file": "more"}
    assert made.bodies == tuple(f"things.{method}: {says.format(field)}" for method, field in fields.items())
    shop.things.add_picture(file=b"x")
    with warnings.catch_warnings(record=True) as seen:
        warnings.simplefilter("default")
        for _ in range(2):
            shop.things.add_picture(image=b"x")
    (warning,) = seen
    assert "things.add_picture sends a file in the field image" in str(warning.message)


def test_a_form_is_sent_as_one_and_a_delete_may_have_a_body(shop: Any, gateway: Wire) -> None:
    shop.things.create_token(grant="a b&c")
    shop.things.create_token(more={"at": [datetime.datetime(2026, 1, 2, tzinfo=datetime.UTC)]})
    shop.things.delete_refund("r1", note="why")
    found = [(sent.header("content-type"), sent.body) for sent in gateway.received]
    assert found[0] == ("application/x-www-form-urlencoded", b"grant=a+b%26c")
    assert parse_qs(found[1][1].decode()) == {"more": ['{"at": ["2026-01-02T00:00:00+00:00"]}']}
    assert found[2] == ("application/json", b'{"note":"why"}')


# --- the connected client --------------------------------------------------------------------------------------------


def test_a_connected_client_is_the_packages_own_and_stays_so_with_other_options(package: Any, gateway: Wire) -> None:
    seen: list[str] = []
    with client(package, gateway, on_request=lambda event: seen.append(event.operation)) as shop:
        other = shop.with_options(timeout=5, headers={"x-trace": "1"}, max_retries=package.UNSET)
        assert isinstance(shop, package.ConnectedClient)
        assert isinstance(other, package.ConnectedClient)
        other.things.create_refund(charge="ch_1")
        other.close()
        raw = shop.with_raw_response.things.get_refund("r1", page="2")
        assert TOKEN not in repr(shop)
    assert raw.payload == raw.result == {}
    assert isinstance(raw, package.RawResponse)
    first, second = gateway.received
    assert (first.header("x-trace"), second.header("x-trace")) == ("1", None)
    assert (second.method, second.target) == ("GET", f"/baseten/refunds/r1?page=2&api_token={TOKEN}")
    assert seen == ["things.create_refund", "things.get_refund"]


def test_what_is_no_package_and_what_is_no_option_is_said(package: Any, gateway: Wire) -> None:
    with pytest.raises(ConfigurationError, match="a package that codegen wrote"):
        connect(json, api_token=TOKEN)  # type: ignore[arg-type]
    with pytest.raises(ConfigurationError, match="has no option colour"):
        client(package, gateway, colour="red")
    for connecting in (connect, connect_async):
        with pytest.raises(ConfigurationError, match="for Baseten, use `Baseten`"):
            connecting(lowcodeapi_baseten_api, api_token=TOKEN)  # type: ignore[arg-type]
    with package.ConnectedClient(package.new_format) as plain, pytest.raises(NotImplementedError, match="connect"):
        plain.with_options(timeout=5)


def curl_of(package: Any, method: str, **arguments: Any) -> str:
    """The curl line of a call that reached nobody."""
    # Nothing listens on this port: it is a well-known one that only root may take.
    shop = connect(package, api_token=TOKEN, base_url="http://127.0.0.1:1/shop", remember=False, max_retries=0)
    with shop, pytest.raises(APIConnectionError) as raised:
        getattr(shop.things, method)(**arguments)
    return raised.value.curl()


@pytest.mark.filterwarnings("ignore:.*sends a file in the field:UserWarning")
@pytest.mark.parametrize(
    ("method", "arguments", "ends"),
    [
        ("upload_file", {"file": b"\xff\xfe", "note": "a secret"}, " -F file=@file -F 'note=***'"),
        ("upload_file", {"more": [b"1", b"2"]}, " -F more=@more -F more=@more"),
        ("upload_file", {"note": None, "extra_body": {"a b": b"x"}}, " -F 'a b=@a b'"),
        ("create_token", {"grant": "a secret"}, "application/x-www-form-urlencoded' --data-binary @body.txt"),
        ("create_refund", {"charge": "a secret"}, " -H 'content-type: application/json' --data-binary @body.json"),
        ("create_refund", {}, " -H 'accept: */*'"),
    ],
)
def test_a_failed_call_gives_a_line_that_shows_nothing_of_its_body(
    package: Any, method: str, arguments: dict[str, Any], ends: str
) -> None:
    line = curl_of(package, method, **arguments)
    assert line.startswith('curl -sS -X POST "http://127.0.0.1:1/shop/')
    assert line.endswith(ends)
    assert "secret" not in line and TOKEN not in line


def test_a_file_that_is_gone_by_then_does_not_hide_how_the_call_failed(package: Any) -> None:
    class OnceOnly(io.BytesIO):
        def tell(self) -> int:
            raise OSError("a pipe")

        def read(self, *arguments: Any) -> bytes:
            content = super().read(*arguments)
            self.close()
            return content

    assert curl_of(package, "upload_file", file=OnceOnly(b"x")).endswith(" -F file=@file")


# --- what is said ----------------------------------------------------------------------------------------------------


def test_the_command_says_the_first_of_many_lines_and_the_report_has_all(tmp_path: Path) -> None:
    odd = body({f"field_{number}": {"type": "json"} for number in range(30)})
    folder = store(tmp_path / "shop", document({"/a": {"post": operation(requestBody=odd)}}))
    lines: list[str] = []
    made = pipeline.generate("shop", specs=folder.parent, say=lines.append)
    assert sum("says nothing" in line for line in lines) == 20
    assert "         and 10 more such; --report FILE lists them all" in lines
    assert len(made.report.lines["not_understood"]) == 30
