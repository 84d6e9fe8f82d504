"""The command `mcp` over stdio: a separate process, and the SDK's own client."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pytest
from lowcodeapi_baseten.agents import allowed
from lowcodeapi_baseten.agents.server import HINTS
from lowcodeapi_baseten.testing import FaultPlan, LocalGateway
from mcp import Client
from mcp.client.stdio import stdio_client

from tests.agents.session import EVERYTHING, MODELS_DELETE, parameters, refused, said, text_of
from tests.support.leaks import found
from tests.support.shell import here


@pytest.mark.anyio
async def test_a_real_client_lists_reads_predicts_plans_and_carries_out_a_delete(
    gateway: LocalGateway, tmp_path: Path
) -> None:
    delete = ("destroy", MODELS_DELETE)
    with (tmp_path / "log").open("w+") as log:
        async with Client(stdio_client(parameters(gateway, *EVERYTHING, "-v"), log)) as client:
            listed = (await client.list_tools()).tools
            assert [tool.name for tool in listed] == list(allowed.enabled(allowed.GROUPS))
            assert {tool.name: tool.annotations for tool in listed} == HINTS
            read = await client.call_tool("read", {"operation": "models.list", "fields": ["id"]})
            predicted = await client.call_tool("predict", {"environment": "production", "input": {"text": "hi"}})
            planned = await client.call_tool(*delete)
            carried_out = {**MODELS_DELETE, "plan": said(planned)["digest"]}
            deleted = await client.call_tool("destroy", carried_out)
            again = await client.call_tool("destroy", carried_out)
            examined = await client.call_tool("doctor")
            gateway.faults = FaultPlan(script=["malformed", "hangup"])
            failed = [await client.call_tool("read", {"operation": "models.list"}) for _ in range(2)]
        log.seek(0)
        said_in_all = [*map(text_of, [read, predicted, planned, deleted, again, examined, *failed]), log.read()]
    assert said(read)["data"] == [{"id": "abc123"}, {"id": "model_abc123"}]
    assert said(predicted)["data"] == {"echo": {"input": {"text": "hi"}}}
    assert said(deleted)["data"]["deleted"] and refused(again)["parameter"] == "plan"
    assert gateway.count("models.delete") == 1
    checks = {check["name"]: check["state"] for check in said(examined)["data"]}
    assert checks["gateway"] == checks["URL format"] == "ok"
    assert found(gateway.api_token, "\n".join(said_in_all)) == []


class Raw:
    """A server in a separate process, and messages to it, written by hand."""

    def __init__(self, gateway: LocalGateway, temporary: Path) -> None:
        given = parameters(gateway, "--allow", "predict")
        self.process = subprocess.Popen(
            [given.command, *given.args],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env={**(given.env or {}), "TMPDIR": str(temporary)},
        )
        client = {"name": "tests", "version": "0"}
        self.ask("initialize", {"protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": client}, id=0)
        self.answer()
        self.ask("notifications/initialized", {})

    def ask(self, method: str, params: dict[str, Any], **more: Any) -> None:
        assert self.process.stdin is not None
        message = {"jsonrpc": "2.0", "method": method, "params": params, **more}
        self.process.stdin.write(f"{json.dumps(message)}\n".encode())
        self.process.stdin.flush()

    def predict(self, number: int) -> None:
        arguments = {"development": True, "input": number}
        self.ask("tools/call", {"name": "predict", "arguments": arguments}, id=number)

    def answer(self) -> Any:
        assert self.process.stdout is not None
        return json.loads(self.process.stdout.readline())["result"]


@pytest.mark.skipif(sys.platform == "win32", reason="signals are different there")
@pytest.mark.parametrize("end", ["the client goes", "SIGTERM"])
def test_an_end_in_mid_call_cancels_the_call_ends_the_server_and_removes_kept_answers(
    gateway: LocalGateway, tmp_path: Path, end: str
) -> None:
    begun, go_on = threading.Event(), threading.Event()

    def predict(body: Any) -> Any:
        if body["input"] == 1:
            return bytes(100)
        begun.set()
        go_on.wait(60)
        return body

    gateway.predict = predict
    server = Raw(gateway, tmp_path)
    try:
        server.predict(1)
        kept = Path(json.loads(server.answer()["content"][0]["text"])["file"])
        assert kept.parent.parent == tmp_path and kept.exists()
        server.predict(2)
        assert begun.wait(60)
        if end == "SIGTERM":
            server.process.terminate()
        _, log = server.process.communicate(timeout=60)  # closes its input
        assert not go_on.is_set() and not kept.parent.exists()
    finally:
        go_on.set()
        server.process.kill()
    assert "bug" not in log.decode() and found(gateway.api_token, log.decode()) == []
    assert gateway.count("inference.predict_development") == 2


@pytest.mark.parametrize(
    ("options", "code", "why"),
    [
        (["--allow", "everything"], 4, "--allow takes predict, write, destructive"),
        (["--tools", "destroy"], 4, "destroy needs --allow destructive"),
        (["--http", "0.0.0.0:0"], 4, "--allow-remote"),
        (["--http", "nowhere"], 4, "--http is HOST:PORT"),
        (["--allow-remote"], 2, "go with --http"),
        ([], 4, "there is no token"),
    ],
)
def test_options_that_can_not_work_end_it_at_once(options: list[str], code: int, why: str) -> None:
    done = here("mcp", *options)
    assert done.code == code and why in done.err


def test_without_its_extra_it_says_how_to_install_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "mcp", None)
    done = here("mcp")
    assert (done.code, done.out) == (4, "") and "pip install 'lowcodeapi-baseten[mcp]'" in done.err
