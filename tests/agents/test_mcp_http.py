"""`mcp --http`: the SDK's own client reaches it, and nobody else's page, name or token does."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator

import httpx
import httpx2
import pytest
from lowcodeapi_baseten import ConfigurationError
from lowcodeapi_baseten.agents.server import BEARER, Bearer, http_options
from lowcodeapi_baseten.testing import LocalGateway
from lowcodeapi_baseten_api.types import Hidden
from mcp import Client
from mcp.client.streamable_http import streamable_http_client

from tests.agents.session import EVERYTHING, parameters, said
from tests.support.leaks import found

TOKEN = "mcp-bearer-0123456789abcdef"
BY_TOKEN = {"authorization": f"Bearer {TOKEN}"}
PING = {"jsonrpc": "2.0", "id": 1, "method": "ping"}
ACCEPT = {"accept": "application/json, text/event-stream"}


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    """A server that asks for a bearer token."""
    with LocalGateway(api_token="lca-local-0123456789abcdef") as gateway:
        given = parameters(gateway, *EVERYTHING, "--http", "127.0.0.1:0")
        command, env = [given.command, *given.args], {**(given.env or {}), BEARER: TOKEN}
        process = subprocess.Popen(command, stderr=subprocess.PIPE, env=env, text=True)
        assert process.stderr is not None
        try:
            line = process.stderr.readline()
            assert line.startswith("listening on http://127.0.0.1:"), line
            yield line.split()[-1]
        finally:
            process.terminate()
            _, log = process.communicate(timeout=60)
            assert found(TOKEN, log) == found(gateway.api_token, log) == []


@pytest.mark.anyio
async def test_a_real_client_lists_and_predicts(url: str) -> None:
    async with (
        httpx2.AsyncClient(headers=BY_TOKEN, timeout=60) as http,
        Client(streamable_http_client(url, http_client=http)) as client,
    ):
        assert len((await client.list_tools()).tools) == 10
        predicted = said(await client.call_tool("predict", {"development": True, "input": 1}))
        assert predicted["data"] == {"echo": {"input": 1}}


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 401),
        ({"authorization": "Bearer wrong"}, 401),
        ({"authorization": f"Bearer {TOKEN[:-1]}"}, 401),
        ({"authorization": f"Bearer {TOKEN}x"}, 401),
        ({"authorization": f"Basic {TOKEN}"}, 401),
        ({"authorization": "Bearer é"}, 401),
        ({**BY_TOKEN, "host": "evil.example"}, 421),
        ({**BY_TOKEN, "host": "localhost.evil.example:80"}, 421),
        ({**BY_TOKEN, "origin": "https://evil.example"}, 403),
        ({**BY_TOKEN, "origin": "http://localhost:3000"}, 403),
        ({**BY_TOKEN, "origin": "null"}, 403),
    ],
)
def test_another_page_name_or_token_does_not_reach_it(url: str, headers: dict[str, str], status: int) -> None:
    versions: list[dict[str, str]] = [{}, {"mcp-protocol-version": "2026-07-28"}]
    for version in versions:
        raw = {name.encode(): value.encode() for name, value in {**ACCEPT, **headers, **version}.items()}
        answer = httpx.post(url, json=PING, headers=raw)
        assert (answer.status_code, TOKEN in answer.text) == (status, False)


@pytest.mark.anyio
async def test_tokens_are_compared_in_constant_time(monkeypatch: pytest.MonkeyPatch) -> None:
    compared: list[tuple[bytes, bytes]] = []

    def compare(one: bytes, other: bytes) -> bool:
        compared.append((one, other))
        return one == other

    monkeypatch.setattr("hmac.compare_digest", compare)
    verifier = Bearer(Hidden(TOKEN))
    given = [TOKEN, "", "x", TOKEN * 100]
    assert [await verifier.verify_token(token) is not None for token in given] == [True, False, False, False]
    assert {len(part) for pair in compared for part in pair} == {32} and len(compared) == len(given)


@pytest.mark.parametrize(
    ("where", "allow_remote", "bearer", "why"),
    [
        ("0.0.0.0:8000", False, TOKEN, "--allow-remote"),
        ("192.168.1.5:8000", True, None, BEARER),
        ("example.com:8000", False, None, "--allow-remote"),
        ("127.0.0.1:8000", False, "short", "16 characters"),
        ("0.0.0.0:8000", True, TOKEN, "--host-name"),
        ("[::]:8000", True, TOKEN, "--host-name"),
        ("127.0.0.1", False, None, "HOST:PORT"),
        ("localhost/x:8000", False, None, "HOST:PORT"),
        (":8000", False, None, "HOST:PORT"),
        ("user@localhost:8000", False, None, "HOST:PORT"),
        ("localhost:99999999", False, None, "HOST:PORT"),
        ("localhost:٣", False, None, "HOST:PORT"),
    ],
)
def test_an_address_that_others_could_reach_is_refused(
    where: str, allow_remote: bool, bearer: str | None, why: str
) -> None:
    with pytest.raises(ConfigurationError, match=why):
        http_options(where, allow_remote=allow_remote, names=(), bearer=None if bearer is None else Hidden(bearer))


def test_loopback_needs_no_token_and_no_repr_shows_one() -> None:
    for where in ("127.0.0.1:0", "localhost:8000", "[::1]:8000", "127.8.9.1:1"):
        assert http_options(where, allow_remote=False, names=(), bearer=None).bearer is None
    made = http_options("0.0.0.0:1", allow_remote=True, names=("mcp.example.com",), bearer=Hidden(TOKEN))
    assert TOKEN not in repr(made)
