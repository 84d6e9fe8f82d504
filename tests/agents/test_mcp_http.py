"""`mcp --http`: the SDK's own client reaches it, and nobody else's page, name or token does."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest
from lowcodeapi_baseten import ConfigurationError
from lowcodeapi_baseten.agents import allowed
from lowcodeapi_baseten.testing import FaultPlan, LocalGateway
from lowcodeapi_baseten_api.types import Hidden

from tests.agents.session import EVERYTHING, MODELS_DELETE, refused, said, started, text_of
from tests.support.leaks import found
from tests.support.tables import one_test

BEARER = "LOWCODEAPI_MCP_TOKEN"
TOKEN = "mcp-bearer-0123456789abcdef"
BY_TOKEN = {"authorization": f"Bearer {TOKEN}"}
PING = {"jsonrpc": "2.0", "id": 1, "method": "ping"}
ACCEPT = {"accept": "application/json, text/event-stream"}


@pytest.fixture(scope="module")
def served() -> Iterator[tuple[LocalGateway, str]]:
    """A gateway, and the URL of a server for it that asks for a bearer token."""
    with LocalGateway(api_token="lca-local-0123456789abcdef") as gateway:
        process = started(gateway, *EVERYTHING, "-v", "--http", "127.0.0.1:0", LOWCODEAPI_MCP_TOKEN=TOKEN)
        assert process.stderr is not None
        try:
            line = process.stderr.readline().decode()
            assert line.startswith("listening on http://127.0.0.1:"), line
            yield gateway, line.split()[-1]
        finally:
            process.terminate()
            _, log = process.communicate(timeout=60)
            assert found(TOKEN, log.decode()) == found(gateway.api_token, log.decode()) == []


@pytest.mark.anyio
async def test_a_real_client_lists_reads_predicts_plans_and_carries_out_a_delete(
    served: tuple[LocalGateway, str],
) -> None:
    import httpx2
    from lowcodeapi_baseten.agents.server import HINTS
    from mcp import Client
    from mcp.client.streamable_http import streamable_http_client

    gateway, url = served
    async with (
        httpx2.AsyncClient(headers=BY_TOKEN, timeout=60) as http,
        Client(streamable_http_client(url, http_client=http)) as client,
    ):
        listed = (await client.list_tools()).tools
        assert [tool.name for tool in listed] == list(allowed.enabled(allowed.GROUPS))
        assert {tool.name: tool.annotations for tool in listed} == HINTS
        read = await client.call_tool("read", {"operation": "models.list", "fields": ["id"]})
        predicted = await client.call_tool("predict", {"environment": "production", "input": {"text": "hi"}})
        planned = await client.call_tool("destroy", MODELS_DELETE)
        carried_out = {**MODELS_DELETE, "plan": said(planned)["digest"]}
        deleted = await client.call_tool("destroy", carried_out)
        again = await client.call_tool("destroy", carried_out)
        examined = await client.call_tool("doctor")
        gateway.faults = FaultPlan(script=["malformed", "hangup"])
        failed = [await client.call_tool("read", {"operation": "models.list"}) for _ in range(2)]
    assert said(read)["data"] == [{"id": "abc123"}, {"id": "model_abc123"}]
    assert said(predicted)["data"] == {"echo": {"input": {"text": "hi"}}}
    assert said(deleted)["data"]["deleted"] and refused(again)["parameter"] == "plan"
    assert gateway.count("models.delete") == 1
    checks = {check["name"]: check["state"] for check in said(examined)["data"]}
    assert checks["gateway"] == checks["URL format"] == "ok"
    texts = map(text_of, [read, predicted, planned, deleted, again, examined, *failed])
    assert found(gateway.api_token, "\n".join(texts)) == []


REFUSED: list[tuple[int, dict[str, str]]] = [
    (401, {}),
    (401, {"authorization": "Bearer wrong"}),
    (401, {"authorization": f"Bearer {TOKEN[:-1]}"}),
    (401, {"authorization": f"Bearer {TOKEN}x"}),
    (401, {"authorization": f"Basic {TOKEN}"}),
    (401, {"authorization": "Bearer é"}),
    (421, {**BY_TOKEN, "host": "evil.example"}),
    (421, {**BY_TOKEN, "host": "localhost.evil.example:80"}),
    (403, {**BY_TOKEN, "origin": "https://evil.example"}),
    (403, {**BY_TOKEN, "origin": "http://localhost:3000"}),
    (403, {**BY_TOKEN, "origin": "null"}),
]


def test_another_page_name_or_token_does_not_reach_it(served: tuple[LocalGateway, str]) -> None:
    versions: list[dict[str, str]] = [{}, {"mcp-protocol-version": "2026-07-28"}]
    with httpx.Client() as client:
        for status, headers in REFUSED:
            for version in versions:
                raw = {name.encode(): value.encode() for name, value in {**ACCEPT, **headers, **version}.items()}
                answer = client.post(served[1], json=PING, headers=raw)
                assert (answer.status_code, TOKEN in answer.text) == (status, False), raw


@pytest.mark.anyio
async def test_tokens_are_compared_in_constant_time(monkeypatch: pytest.MonkeyPatch) -> None:
    from lowcodeapi_baseten.agents.server import Bearer

    compared: list[tuple[bytes, bytes]] = []

    def compare(one: bytes, other: bytes) -> bool:
        compared.append((one, other))
        return one == other

    monkeypatch.setattr("hmac.compare_digest", compare)
    verifier = Bearer(Hidden(TOKEN))
    given = [TOKEN, "", "x", TOKEN * 100]
    assert [await verifier.verify_token(token) is not None for token in given] == [True, False, False, False]
    assert {len(part) for pair in compared for part in pair} == {32} and len(compared) == len(given)


@one_test
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
    from lowcodeapi_baseten.agents.server import http_options

    with pytest.raises(ConfigurationError, match=why):
        http_options(where, allow_remote=allow_remote, names=(), bearer=None if bearer is None else Hidden(bearer))


def test_loopback_needs_no_token_and_no_repr_shows_one() -> None:
    from lowcodeapi_baseten.agents.server import http_options

    for where in ("127.0.0.1:0", "localhost:8000", "[::1]:8000", "127.8.9.1:1"):
        assert http_options(where, allow_remote=False, names=(), bearer=None).bearer is None
    made = http_options("0.0.0.0:1", allow_remote=True, names=("mcp.example.com",), bearer=Hidden(TOKEN))
    assert TOKEN not in repr(made)
