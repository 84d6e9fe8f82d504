"""`connect` gives any provider's package the features of `Baseten`: on a real socket."""

from __future__ import annotations

import asyncio
import datetime
import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import lowcodeapi_baseten
import pytest
from lowcodeapi_baseten import ConfigurationError, InvalidParameterError, connect, connect_async

from codegen.overlay import overlay
from tests.support.generated_package import imported
from tests.support.recording_gateway import Gateway
from tests.support.small_documents import body, document, operation, parameter, parsed

TOKEN = "a-token-of-the-tests"
UPLOAD = {"file": {"type": "string", "format": "binary"}, "note": {"type": "string"}}
NOTE = body({"note": {"type": "string"}})
FORM = {"type": "object", "properties": {"grant": {"type": "string"}, "more": {"type": "object"}}}
NEW = document(
    {
        "/v1/refunds/{refund_id}": {
            "get": operation("Get refund", parameters=[parameter("refund_id", "path"), parameter("page")]),
            "delete": operation("Delete refund", parameters=[parameter("refund_id", "path")], requestBody=NOTE),
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
)
WIDER = overlay.action(
    {"target": "$.paths['/v1/refunds/{refund_id}'].get", "update": {"x-path-characters": ":@"}}, "small.yaml, action 1"
)


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    with imported(parsed(NEW, actions=(WIDER,)).package, tmp_path_factory.mktemp("connect")) as package:
        yield package


@pytest.fixture(scope="module")
def gateway() -> Iterator[Gateway]:
    with Gateway() as server:
        yield server


def client(package: Any, gateway: Gateway, **options: Any) -> Any:
    return connect(package, api_token=TOKEN, base_url=gateway.base_url, remember=False, **options)


def test_a_call_carries_the_token_and_its_answer_is_out_of_its_envelope(package: Any, gateway: Gateway) -> None:
    with client(package, gateway) as connected:
        raw = connected.with_raw_response.things.get_refund("r1", page="2")
    assert raw.payload == raw.result == {}
    assert isinstance(raw, package.RawResponse)
    method, target, _, _ = gateway.received.pop()
    assert (method, target) == ("GET", f"/odd/v1/refunds/r1?page=2&api_token={TOKEN}")
    assert TOKEN not in repr(connected)


@pytest.mark.parametrize("bad", ["a/b", "..", "a?b", "a#b", "a%2f", "a$&b", "a\nb", "a b", "", "é", "a\\b"])
def test_no_path_parameter_changes_a_path_however_wide_the_operation_is(
    package: Any, gateway: Gateway, bad: str
) -> None:
    with client(package, gateway) as connected, pytest.raises(InvalidParameterError):
        connected.things.get_refund(bad)
    assert not gateway.received


def test_an_operation_takes_the_characters_that_its_overlay_widens_it_by_and_no_other_does(
    package: Any, gateway: Gateway
) -> None:
    with client(package, gateway) as connected:
        connected.things.get_refund("a:b@c")
        assert gateway.received.pop()[1].startswith("/odd/v1/refunds/a%3Ab%40c?")
        with pytest.raises(InvalidParameterError):
            connected.things.delete_refund("a:b@c")


@pytest.mark.parametrize("kind", ["bytes", "path", "file", "text from the middle"])
def test_a_file_is_sent_as_bytes_as_a_path_or_as_a_file_object(
    package: Any, gateway: Gateway, tmp_path: Path, kind: str
) -> None:
    content = b"x" * 200_000
    path = tmp_path / 'a"b.bin'
    path.write_bytes(content)
    moved = io.BytesIO(b"before" + content)
    moved.seek(6)
    with client(package, gateway) as connected, path.open("rb") as opened:
        given = {"bytes": content, "path": path, "file": opened, "text from the middle": moved}[kind]
        connected.things.upload_file(file=given, note="a note")
    _, _, headers, sent = gateway.received.pop()
    boundary = headers["content-type"].partition("boundary=")[2].encode()
    parts = sent.split(b"--" + boundary)
    assert parts[1].endswith(b"\r\n\r\n" + content + b"\r\n")
    assert b'name="file"; filename="' in parts[1]
    assert parts[2].endswith(b'name="note"\r\n\r\na note\r\n')
    assert int(headers["content-length"]) == len(sent)


def test_uploads_work_asynchronously_and_with_the_plain_clients(package: Any, gateway: Gateway) -> None:
    async def upload() -> None:
        connected = connect_async(package, api_token=TOKEN, base_url=gateway.base_url, remember=False)
        await connected.things.upload_file(file=b"one")
        await connected.aclose()
        plain = package.AsyncClient(package.new_format, base_url=gateway.base_url)
        await plain.things.upload_file(file=b"two")
        await plain.aclose()

    asyncio.run(upload())
    with package.Client(package.new_format, base_url=gateway.base_url) as plain:
        plain.things.upload_file(file=b"three")
    found = [sent for _, _, _, sent in gateway.received]
    gateway.received.clear()
    assert [
        b"\r\n\r\n" + word + b"\r\n" in sent for word, sent in zip((b"one", b"two", b"three"), found, strict=True)
    ] == [True] * 3


def test_a_form_is_sent_as_one_and_a_delete_may_have_a_body(package: Any, gateway: Gateway) -> None:
    with client(package, gateway) as connected:
        connected.things.create_token(grant="a b&c")
        _, _, headers, sent = gateway.received.pop()
        assert (headers["content-type"], sent) == ("application/x-www-form-urlencoded", b"grant=a+b%26c")
        connected.things.create_token(more={"at": [datetime.datetime(2026, 1, 2, tzinfo=datetime.UTC)]})
        _, _, _, sent = gateway.received.pop()
        assert parse_qs(sent.decode()) == {"more": ['{"at": ["2026-01-02T00:00:00+00:00"]}']}
        with pytest.raises(InvalidParameterError, match="field more: it is a time without a time zone"):
            connected.things.create_token(more={"at": datetime.datetime(2026, 1, 2)})
        connected.things.delete_refund("r1", note="why")
        method, _, headers, sent = gateway.received.pop()
        assert (method, headers["content-type"], json.loads(sent)) == ("DELETE", "application/json", {"note": "why"})


def test_what_is_no_package_and_what_is_no_option_is_said(package: Any, gateway: Gateway) -> None:
    with pytest.raises(ConfigurationError, match="a package that codegen wrote"):
        connect(json, api_token=TOKEN)  # type: ignore[arg-type]
    with pytest.raises(ConfigurationError, match="has no option colour"):
        client(package, gateway, colour="red")
    assert lowcodeapi_baseten.connect is connect
