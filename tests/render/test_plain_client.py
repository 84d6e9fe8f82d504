"""`Client` and `AsyncClient` of the generated package: alone, one request per call, in the one given format."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import reduce
from operator import attrgetter
from pathlib import Path
from typing import Any

import lowcodeapi_baseten_api
import pytest
from lowcodeapi_baseten_api import AsyncClient, Client, UnexpectedStatus, new_format, old_format
from lowcodeapi_baseten_api.types import Format, RawResponse

from codegen import pipeline
from codegen.document import reading
from tests.support.guide_table import TABLE, Row
from tests.support.wire import TOKEN, Reply, Wire, reply

FORMATS: dict[str, Format] = {"new": new_format, "old": old_format}
PARAMS = {"api_token": TOKEN}
GENERATED = Path(lowcodeapi_baseten_api.__file__).parents[1]


@contextmanager
def opened(client: str, url_format: str, wire: Wire) -> Iterator[Callable[[Row], Any]]:
    """A function that calls a row's operation through one client."""
    options: dict[str, Any] = {"base_url": wire.base_url, "params": PARAMS}
    if client == "Client":
        with Client(FORMATS[url_format], **options) as plain:
            yield lambda row: attrgetter(row.id)(plain)(*row.arguments, **row.options)
        return
    with asyncio.Runner() as runner:
        asynchronous = AsyncClient(FORMATS[url_format], **options)
        yield lambda row: runner.run(attrgetter(row.id)(asynchronous)(*row.arguments, **row.options))
        runner.run(asynchronous.aclose())


def check(result: Any, wire: Wire, row: Row, url_format: str) -> None:
    path, _, query = getattr(row, url_format).partition("?")
    assert (wire.only.method, wire.only.path) == (row.method, f"/baseten{path}")
    pairs = [tuple(pair.split("=")) for pair in query.split("&") if pair]
    assert sorted(wire.only.query) == sorted([*pairs, ("api_token", TOKEN)])
    assert (json.loads(wire.only.body) if wire.only.body else None) == row.body
    if row.result in {"Any", "None"}:
        assert result == row.payload
        return
    item = result[0] if row.result.startswith("list[") else result
    assert type(item).__name__ == row.result.removeprefix("list[").removesuffix("]")
    assert {path: reduce(getattr, path.split("."), item) for path in row.fields} == row.fields


@pytest.mark.parametrize("client", ["Client", "AsyncClient"])
@pytest.mark.parametrize("url_format", FORMATS)
def test_a_plain_client_calls_every_operation(url_format: str, client: str) -> None:
    with Wire() as wire, opened(client, url_format, wire) as call:
        for row in TABLE:
            # No envelope: the plain client does not open it.
            wire.says(Reply(202, b"", "") if row.payload is None else reply(row.payload))
            check(call(row), wire, row, url_format)


def test_the_raw_form_says_what_came_with_the_answer() -> None:
    with Wire(reply([])) as wire, Client(new_format, base_url=wire.base_url, params=PARAMS) as client:
        raw = client.with_raw_response.models.list()
    assert type(raw) is RawResponse
    assert (raw.result, raw.payload, raw.status_code, raw.format, len(raw.attempts)) == ([], [], 200, "new", 1)


@pytest.mark.parametrize("status", [302, 400, 404, 429, 500, 503])
def test_a_status_that_is_no_success_is_raised_at_once_and_without_the_token(status: int) -> None:
    body = b'{"error": "no"}'
    with Wire(Reply(status, body)) as wire, Client(new_format, base_url=wire.base_url, params=PARAMS) as client:
        with pytest.raises(UnexpectedStatus) as caught:
            client.models.get("abc123")
        assert wire.only
    assert (caught.value.status_code, caught.value.body) == (status, body)
    shown = f"{caught.value} {caught.value!r} {caught.value.args!r}"
    assert TOKEN not in shown
    assert "http" not in shown
    assert str(caught.value) == f"models.get: status {status}"


@pytest.mark.parametrize("body", ["text", 1, None, True, {"data": []}, {"result": [], "provider": "baseten"}], ids=repr)
def test_an_answer_of_another_shape_such_as_an_envelope_is_returned_as_it_came(body: Any) -> None:
    with Wire(reply(body)) as wire, Client(new_format, base_url=wire.base_url, params=PARAMS) as client:
        assert client.models.list() == body
        assert client.with_raw_response.models.get("abc123").payload == body


def test_only_the_envelope_hook_is_needed_to_open_an_envelope() -> None:
    class Opening(Client):
        def _payload(self, body: Any) -> Any:
            return body["data"]

    with Wire(reply({"data": []})) as wire, Opening(new_format, base_url=wire.base_url, params=PARAMS) as client:
        assert client.models.list() == []


def test_the_documents_own_gateway_is_where_a_client_goes() -> None:
    snapshot = reading.load(pipeline.SPECS / "baseten")
    document = snapshot["openapi"] or snapshot["definition"] or {}
    assert new_format.BASE_URL == old_format.BASE_URL == document["servers"][0]["url"].rstrip("/")


ALONE = """
import asyncio, json, sys
sys.path[:0] = json.loads(sys.argv[1])
from lowcodeapi_baseten_api import AsyncClient, Client, new_format, old_format

options = {"base_url": sys.argv[2], "params": {"api_token": sys.argv[3]}}
with Client(new_format, **options) as client:
    names = [model.name for model in client.models.list()]
with Client(old_format, **options) as client:
    names += [model.name for model in client.models.list()]

async def read():
    async with AsyncClient(old_format, **options) as client:
        return [model.name for model in await client.models.list()]

names += asyncio.run(read())
ours = sorted({name.partition(".")[0] for name in sys.modules if name.startswith("lowcodeapi")})
print(json.dumps([names, ours]))
"""


def test_the_generated_package_works_alone() -> None:
    # -S leaves out site-packages, where the whole distribution is installed; its two dependencies are added by name.
    libraries = Path(pytest.__file__).parents[1]
    with Wire(reply([{"name": "my-model"}])) as wire:
        command = [
            sys.executable,
            "-S",
            "-c",
            ALONE,
            json.dumps([str(GENERATED), str(libraries)]),
            wire.base_url,
            TOKEN,
        ]
        run = subprocess.run(command, capture_output=True, text=True, check=False)
        assert (run.returncode, run.stderr) == (0, "")
        assert len(wire.received) == 3
    assert json.loads(run.stdout) == [["my-model"] * 3, ["lowcodeapi_baseten_api"]]
