"""Lines of the report about bodies and servers that are not used as the document states them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from lowcodeapi_baseten.urls import checked_base_url

from codegen import pipeline, report
from tests.support.small_documents import BASE_URL, TEXT, Json, document, operation, parsed, ref, store


@pytest.mark.parametrize(
    ("media_types", "reported"),
    [
        (["application/octet-stream"], ["application/octet-stream"]),
        (["text/plain", "application/xml"], ["text/plain", "application/xml"]),
        (["application/x-ndjson"], ["application/x-ndjson"]),
        (["image/png", "application/json"], []),
        (["image/png", "multipart/form-data"], []),
        (["application/vnd.api+json"], []),
        (["*/*"], []),
        ([""], []),
    ],
)
def test_a_body_that_is_not_sent_as_the_document_wants_it_is_reported(
    media_types: list[str], reported: list[str]
) -> None:
    content = {name: {"schema": {"type": "object", "properties": {"a": TEXT}}} for name in media_types}
    read = parsed(document({"/a": {"post": operation(requestBody={"content": content})}}))
    assert read.bodies == tuple(f"POST /a: the body is to be {name}, and is sent as JSON" for name in reported)


@pytest.mark.parametrize(
    ("schema", "kind"),
    [
        ({"type": "object"}, "map"),
        ({"type": "object", "description": "Whatever you like"}, "map"),
        ({"type": "object", "patternProperties": {"^x-": TEXT}}, "map"),
        ({"type": "object", "properties": {}}, None),
    ],
)
def test_a_body_without_properties_takes_any_mapping_unless_it_says_that_it_has_none(
    schema: Json, kind: str | None
) -> None:
    node = operation(requestBody={"content": {"application/json": {"schema": schema}}})
    (made,) = parsed(document({"/a": {"post": node}})).package.operations
    assert (made.whole_body and made.whole_body.type.kind) == kind


THING = ref("Thing")


@pytest.mark.parametrize(
    ("one", "other", "is_reported"),
    [
        ({"type": "object", "properties": {"a": TEXT}}, {"type": "object", "properties": {"b": TEXT}}, False),
        ({"type": "object", "properties": {"a": TEXT}}, THING, True),
        (THING, THING, False),
        ({"type": "array", "items": TEXT}, {"type": "object", "properties": {"a": TEXT}}, True),
    ],
)
def test_bodies_that_are_no_one_object_are_reported(one: Json, other: Json, is_reported: bool) -> None:
    content = {"application/json": {"schema": one}, "multipart/form-data": {"schema": other}}
    schemas = {"Thing": {"type": "object", "properties": {"b": TEXT}}}
    node = operation(requestBody={"content": content})
    found = parsed(document({"/a": {"post": node}}, components={"schemas": schemas}))
    assert bool(found.bodies) == is_reported == (found.package.operations[0].whole_body is not None)


FILE = {"type": "string", "format": "binary"}


@pytest.mark.parametrize(
    ("media_types", "field", "media", "kind"),
    [
        (["application/json", "multipart/form-data"], TEXT, "json", "str"),
        (["multipart/form-data", "application/json"], FILE, "multipart", "file"),
        (["multipart/form-data", "application/json"], {"type": "file"}, "multipart", "file"),
        (["multipart/form-data"], TEXT, "multipart", "str"),
        (["multipart/form-data", "application/x-www-form-urlencoded"], TEXT, "form", "str"),
        (["application/json"], FILE, "json", "str"),
    ],
)
def test_a_body_is_an_upload_only_if_a_field_is_a_file_or_nothing_else_is_offered(
    media_types: list[str], field: Json, media: str, kind: str
) -> None:
    content = {name: {"schema": {"type": "object", "properties": {"a": {**field}}}} for name in media_types}
    (made,) = parsed(document({"/a": {"post": operation(requestBody={"content": content})}})).package.operations
    assert (made.media, made.body[0].type.kind) == (media, kind)


GOOD = {"url": BASE_URL}


@pytest.mark.parametrize(
    ("servers", "called", "said"),
    [
        ([GOOD], BASE_URL, []),
        ([{"url": f"{BASE_URL}?x=1#f"}], BASE_URL, ["is taken as"]),
        ([{"url": f"{BASE_URL}/ "}], f"{BASE_URL}/", ["is taken as"]),
        ([{"url": "HTTPS://gateway.example/small"}], BASE_URL, ["is taken as"]),
        ([{"url": "https://{region}.example/small"}, GOOD], BASE_URL, ["has variables"]),
        ([{"url": "ftp://a"}, {"url": "javascript:alert(1)"}, GOOD], BASE_URL, ["is no http(s) URL"] * 2),
        ([{"url": "wss://gateway.example/small"}], "https://api.lowcodeapi.com/small", ["is no http(s) URL"]),
        ([{"url": 'https://a"\n__import__("os")'}, GOOD], BASE_URL, ["no URL that can be called"]),
        ([{"url": "https://a\u202eb"}, GOOD], BASE_URL, ["no URL that can be called"]),
        ([{"url": "https://"}, {"url": "https://a:b/c"}, GOOD], BASE_URL, ["no URL that can be called"] * 2),
        ([{"url": "https://user:word@a.example"}, GOOD], BASE_URL, ["no URL that can be called"]),
        ([{"url": "https://a/b\\c"}, {"url": "https://[a"}, GOOD], BASE_URL, ["no URL that can be called"] * 2),
        ([], "https://api.lowcodeapi.com/small", []),
    ],
)
def test_the_first_server_that_can_be_called_is_and_others_are_reported(
    servers: list[Json], called: str, said: list[str]
) -> None:
    read = parsed({**document({"/a": {"get": operation()}}), "servers": servers})
    assert read.package.base_url == called
    assert [what in line for what, line in zip(said, read.servers, strict=True)] == [True] * len(said)
    checked_base_url(read.package.base_url)


def test_the_report_has_bodies_and_servers(tmp_path: Path) -> None:
    node = operation(requestBody={"content": {"image/png": {}}})
    given = {**document({"/a": {"post": node}}), "servers": [{"url": "ftp://\x1b[31m"}]}
    store(tmp_path / "small", given)
    made = pipeline.generate("small", specs=tmp_path, say=lambda line: None).report
    lines = json.loads(report.written(made, ".json"))["lines"]
    assert lines["bodies"] == ["POST /a: the body is to be image/png, and is sent as JSON"]
    assert lines["servers"] == ["/servers/0/url: 'ftp://\\x1b[31m' is no http(s) URL; left out"]
    assert b"## Bodies that are not sent as they are stated" in report.written(made, ".md")
