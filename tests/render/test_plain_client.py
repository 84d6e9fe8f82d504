"""`Client` and `AsyncClient` of the generated package: alone, one request per call, in the one given format."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from operator import attrgetter
from pathlib import Path
from typing import Any

import lowcodeapi_baseten_api
import pytest
from lowcodeapi_baseten_api import AsyncClient, Client, UnexpectedStatus, new_format, old_format
from lowcodeapi_baseten_api.types import RawResponse

from tests.support.guide_table import TABLE, Row
from tests.support.wire import TOKEN, Reply, Wire, reply

PARAMS = {"api_token": TOKEN}


def opened(wire: Wire, client: type[Client] = Client) -> Client:
    return client(new_format, base_url=wire.base_url, params=PARAMS)


def said(row: Row) -> Reply:
    """The answer without an envelope, which the plain client does not open."""
    return Reply(202, b"", "") if row.payload is None else reply(row.payload)


def check(result: Any, wire: Wire, row: Row, url_format: str) -> None:
    path, _, query = getattr(row, url_format).partition("?")
    assert (wire.only.method, wire.only.path) == (row.method, f"/baseten{path}")
    pairs = [tuple(pair.split("=")) for pair in query.split("&") if pair]
    assert sorted(wire.only.query) == sorted([*pairs, ("api_token", TOKEN)])
    assert (json.loads(wire.only.body) if wire.only.body else None) == row.body
    if row.result in {"Any", "None"}:
        assert result == row.payload
    else:
        item = result[0] if row.result.startswith("list[") else result
        assert type(item).__name__ == row.result.removeprefix("list[").removesuffix("]")


def test_a_plain_client_calls_every_operation() -> None:
    async def asynchronous(wire: Wire) -> None:
        async with AsyncClient(old_format, base_url=wire.base_url, params=PARAMS) as client:
            for row in TABLE:
                wire.says(said(row))
                check(await attrgetter(row.id)(client)(*row.arguments, **row.options), wire, row, "old")

    with Wire() as wire, opened(wire) as client:
        for row in TABLE:
            wire.says(said(row))
            check(attrgetter(row.id)(client)(*row.arguments, **row.options), wire, row, "new")
        asyncio.run(asynchronous(wire))


def test_the_raw_form_says_what_came_with_the_answer() -> None:
    with Wire(reply([])) as wire, opened(wire) as client:
        raw = client.with_raw_response.models.list()
    assert type(raw) is RawResponse
    assert (raw.result, raw.payload, raw.status_code, raw.format, len(raw.attempts)) == ([], [], 200, "new", 1)


@pytest.mark.parametrize("status", [302, 404, 503])
def test_a_status_that_is_no_success_is_raised_at_once_and_without_the_token(status: int) -> None:
    body = b'{"error": "no"}'
    with Wire(Reply(status, body)) as wire, opened(wire) as client:
        with pytest.raises(UnexpectedStatus) as caught:
            client.models.get("abc123")
        assert wire.only
    assert (caught.value.status_code, caught.value.body) == (status, body)
    assert str(caught.value) == f"models.get: status {status}"
    assert TOKEN not in f"{caught.value!r} {caught.value.args!r}"


@pytest.mark.parametrize("body", ["text", 1, None, True, {"data": []}, {"result": [], "provider": "baseten"}], ids=repr)
def test_an_answer_of_another_shape_such_as_an_envelope_is_returned_as_it_came_unless_a_subclass_opens_it(
    body: Any,
) -> None:
    class Opening(Client):
        def _payload(self, body: Any) -> Any:
            return body["data"] if isinstance(body, dict) and "data" in body else body

    with Wire(reply(body)) as wire:
        with opened(wire) as client:
            assert client.models.list() == body
            assert client.with_raw_response.models.get("abc123").payload == body
        with opened(wire, Opening) as opening:
            assert opening.models.list() == ([] if body == {"data": []} else body)


ALONE = """
import asyncio, json, sys
sys.path[:0] = json.loads(sys.argv[1])
from lowcodeapi_baseten_api import AsyncClient, Client, new_format, old_format

options = {"base_url": sys.argv[2], "params": {"api_token": sys.argv[3]}}
with Client(new_format, **options) as client:
    names = [model.name for model in client.models.list()]

async def read():
    async with AsyncClient(old_format, **options) as client:
        return [model.name for model in await client.models.list()]

names += asyncio.run(read())
ours = sorted({name.partition(".")[0] for name in sys.modules if name.startswith("lowcodeapi")})
print(json.dumps([names, ours]))
"""


def test_the_generated_package_works_alone() -> None:
    # -S leaves out site-packages, where the whole distribution is installed; its two dependencies are added by name.
    places = [str(Path(each.__file__ or "").parents[1]) for each in (lowcodeapi_baseten_api, pytest)]
    with Wire(reply([{"name": "my-model"}])) as wire:
        command = [sys.executable, "-S", "-c", ALONE, json.dumps(places), wire.base_url, TOKEN]
        run = subprocess.run(command, capture_output=True, text=True, check=False)
        assert (run.returncode, run.stderr) == (0, "")
        assert len(wire.received) == 2
    assert json.loads(run.stdout) == [["my-model"] * 2, ["lowcodeapi_baseten_api"]]
