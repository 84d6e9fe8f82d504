"""Another provider's package, as its users see it: names, arguments, and messages."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import lowcodeapi_baseten_api
import pytest
from lowcodeapi_baseten import APIConnectionError, ConfigurationError, connect, connect_async

from codegen import pipeline, report
from codegen.package import parse
from codegen.pair import pair
from codegen.repair import repair
from tests.support.generated_package import imported
from tests.support.recording_gateway import Gateway
from tests.support.small_documents import body, document, operation, paired, parameter, parsed, store

TOKEN = "a-token-of-the-tests"
FILE = {"type": "string", "format": "binary"}
UPLOAD = {"file": FILE, "more": {"type": "array", "items": FILE}, "note": {"type": "string"}}
FORM = {"type": "object", "properties": {"grant": {"type": "string"}}}
UNSENT = [
    parameter("Stripe-Version", "header"),
    parameter("Authorization", "header"),
    parameter("session", "cookie"),
    parameter("api_token"),
    parameter("api_token[]"),
]
PATHS = {
    "/v1/refunds": {
        "get": operation("List refunds", parameters=[parameter("created", schema={"type": "object"}), *UNSENT]),
        "post": operation("Create refund", parameters=UNSENT[:1], requestBody=body({"charge": {"type": "string"}})),
    },
    "/v1/files": {
        "post": operation(
            "Upload file", requestBody={"content": {"multipart/form-data": {"schema": {"properties": UPLOAD}}}}
        )
    },
    "/v1/tokens": {
        "post": operation(
            "Create token", requestBody={"content": {"application/x-www-form-urlencoded": {"schema": FORM}}}
        )
    },
}


DIALECTS = Path(__file__).parent / "dialects"


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    made = parse.parse(paired(document(PATHS)).document, provider="shop").package
    with imported(made, tmp_path_factory.mktemp("providers")) as package:
        yield package


@pytest.fixture(scope="module")
def gateway() -> Iterator[Gateway]:
    with Gateway() as server:
        yield server


def client(package: Any, gateway: Gateway, **options: Any) -> Any:
    return connect(package, api_token=TOKEN, base_url=gateway.base_url, remember=False, **options)


# --- arguments -------------------------------------------------------------------------------------------------------


def test_headers_cookies_and_the_token_are_no_arguments_and_the_report_says_so() -> None:
    plain = paired(document(PATHS))
    read = parse.parse(plain.document, provider="shop")
    assert {each.id: [field.name for field in each.arguments] for each in read.package.operations} == {
        "things.create_refund": ["charge"],
        "things.create_token": ["grant"],
        "things.list_refunds": ["created"],
        "things.upload_file": ["file", "more", "note"],
    }
    said = report.report("shop", {"openapi": repair.repair(document(PATHS))}, plain, read)
    assert said.lines["not_sent"] == (
        "the header parameter Stripe-Version of GET /v1/refunds and 1 more",
        "the header parameter Authorization of GET /v1/refunds",
        "the cookie parameter session of GET /v1/refunds",
        "the query parameter api_token of GET /v1/refunds",
        "the query parameter api_token[] of GET /v1/refunds",
    )
    assert b"the gateway passes no header and no cookie on" in report.written(said, ".md")


def test_a_header_that_can_not_be_read_leaves_an_operation_its_types() -> None:
    odd = {"name": "x-odd", "in": "header", "required": False, "schema": {"type": "array", "items": {"type": "array"}}}
    read = parsed(document({"/a": {"get": operation(parameters=[odd, parameter("page", schema={"type": "integer"})])}}))
    assert read.warnings == ()
    assert [field.type.kind for field in read.package.operations[0].arguments] == ["int"]


def test_a_structure_in_a_query_is_sent_as_the_gateway_reads_it(package: Any, gateway: Gateway) -> None:
    with client(package, gateway) as shop:
        shop.things.list_refunds(
            created={"gte": 1, "lt": None, "in": ["a b", True]}, extra_query={"of": [{"a": 1}, {"a": 2}]}
        )
    _, target, _, _ = gateway.received.pop()
    sent = parse_qsl(target.partition("?")[2])
    structure = [("created[gte]", "1"), ("created[in]", "a b"), ("created[in]", "true")]
    assert sent == [*structure, ("of[0][a]", "1"), ("of[1][a]", "2"), ("api_token", TOKEN)]


# --- the connected client --------------------------------------------------------------------------------------------


def test_a_connected_client_is_the_packages_own_and_stays_so_with_other_options(package: Any, gateway: Gateway) -> None:
    with client(package, gateway, url_format="new") as shop:
        other = shop.with_options(timeout=5, headers={"x-trace": "1"}, max_retries=package.UNSET)
        assert isinstance(shop, package.ConnectedClient)
        assert isinstance(other, package.ConnectedClient)
        other.things.create_refund(charge="ch_1")
        other.close()
        shop.things.create_refund(charge="ch_2")
    (_, _, first, _), (_, _, second, _) = gateway.received
    gateway.received.clear()
    assert (first.get("x-trace"), second.get("x-trace")) == ("1", None)


def test_what_only_connect_makes_does_not_pretend_to_work_without_it(package: Any) -> None:
    with package.ConnectedClient(package.new_format) as plain, pytest.raises(NotImplementedError, match="connect"):
        plain.with_options(timeout=5)


def test_hooks_watch_a_connected_client_as_they_watch_baseten(package: Any, gateway: Gateway) -> None:
    seen: list[str] = []
    with client(package, gateway, url_format="new", on_request=lambda event: seen.append(event.operation)) as shop:
        shop.things.create_token(grant="a")
    assert seen == ["things.create_token"]
    gateway.received.clear()


def test_basetens_own_package_is_sent_to_its_own_client() -> None:
    for connecting in (connect, connect_async):
        with pytest.raises(ConfigurationError, match="for Baseten, use `Baseten`"):
            connecting(lowcodeapi_baseten_api, api_token=TOKEN)  # type: ignore[arg-type]


# --- the line of a failed call ---------------------------------------------------------------------------------------


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
        ("upload_file", {}, " -H 'accept: */*'"),
        (
            "create_token",
            {"grant": "a secret"},
            " -H 'content-type: application/x-www-form-urlencoded' --data-binary @body.txt",
        ),
        ("create_refund", {"charge": "a secret"}, " -H 'content-type: application/json' --data-binary @body.json"),
        ("create_refund", {}, " -H 'accept: */*'"),
    ],
)
def test_a_failed_call_gives_a_line_that_shows_nothing_of_its_body(
    package: Any, method: str, arguments: dict[str, Any], ends: str
) -> None:
    line = curl_of(package, method, **arguments)
    assert line.startswith('curl -sS -X POST "http://127.0.0.1:1/shop/v1/')
    assert line.endswith(ends)
    assert "secret" not in line and TOKEN not in line


def test_a_file_that_is_gone_by_then_does_not_hide_how_the_call_failed(package: Any, tmp_path: Path) -> None:
    class OnceOnly(io.BytesIO):
        def seekable(self) -> bool:
            return False

        def tell(self) -> int:
            raise OSError("a pipe")

        def read(self, *arguments: Any) -> bytes:
            content = super().read(*arguments)
            self.close()
            return content

    assert curl_of(package, "upload_file", file=OnceOnly(b"x")).endswith(" -F file=@file")


# --- names -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("page", sorted(path.stem for path in DIALECTS.glob("*.json") if ".report" not in path.name))
def test_whichever_operation_goes_the_others_keep_their_names_or_get_shorter_ones_that_were_nobodys(page: str) -> None:
    given = json.loads((DIALECTS / f"{page}.json").read_text(encoding="utf-8"))
    before = named(given)
    for path, item in given["paths"].items():
        for method in item:
            kept = {key: item[key] for key in item if key != method}
            others = {other: node for other, node in given["paths"].items() if other != path}
            after = named({**given, "paths": {**others, **({path: kept} if kept else {})}})
            assert len(after) == len(before) - 1
            for route, name in after:
                # If two would share a name, both get longer ones: without the other, one keeps its short name.
                old = [known for place, known in before if place == route]
                is_shorter = any(known.startswith(f"{name}_") for known in old)
                assert name in old or (is_shorter and name not in [known for _, known in before])


def named(given: dict[str, Any]) -> list[tuple[Any, str]]:
    repaired = repair.repair(given).document
    operations = parse.parse(pair.pair(repaired, None).document, provider="small").package.operations
    return [(each.new, each.id) for each in operations]


# --- what is said ----------------------------------------------------------------------------------------------------


def test_the_command_says_the_first_of_many_lines_and_the_report_has_all(tmp_path: Path) -> None:
    odd = body({f"field_{number}": {"type": "json"} for number in range(30)})
    folder = store(tmp_path / "shop", document({"/a": {"post": operation(requestBody=odd)}}))
    lines: list[str] = []
    made = pipeline.generate("shop", specs=folder.parent, say=lines.append)
    assert sum("says nothing" in line for line in lines) == 20
    assert "         and 10 more such; --report FILE lists them all" in lines
    assert len(made.report.lines["not_understood"]) == 30
