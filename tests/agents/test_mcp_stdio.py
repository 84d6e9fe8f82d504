"""The command `mcp` over stdio: a separate process, and the SDK's own client."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pytest
from lowcodeapi_baseten.agents import allowed
from lowcodeapi_baseten.agents.server import HINTS
from lowcodeapi_baseten.testing import FaultPlan, LocalGateway
from mcp import Client, MCPError

from tests.agents.session import EVERYTHING, MODELS_DELETE, over_stdio, parameters, refused, said, text_of
from tests.support.leaks import found
from tests.support.shell import environment, here, run

# Calls a model, and is killed while it waits. The server's standard error is inherited: it ends with the server.
_CALLER = """
import asyncio, json, sys
from mcp import Client
from mcp.client.stdio import StdioServerParameters
async def main():
    async with Client(StdioServerParameters(**json.loads(sys.argv[1]))) as client:
        await client.call_tool("predict", {"environment": "production", "input": 1})
asyncio.run(main())
"""


def test_a_real_client_lists_reads_predicts_plans_and_carries_out_a_delete(tmp_path: Path) -> None:
    async def used() -> str:
        with (tmp_path / "log").open("w+") as log:
            async with over_stdio(gateway, *EVERYTHING, "-v", errlog=log) as client:
                listed = (await client.list_tools()).tools
                assert [tool.name for tool in listed] == list(allowed.enabled(allowed.GROUPS))
                assert {tool.name: tool.annotations for tool in listed} == HINTS
                results = [await client.call_tool("read", {"operation": "models.list", "fields": ["id"]})]
                results.append(
                    await client.call_tool("predict", {"environment": "production", "input": {"text": "hi"}})
                )
                results.append(await client.call_tool("destroy", MODELS_DELETE))
                digest = said(results[-1])["digest"]
                results.append(await client.call_tool("destroy", {**MODELS_DELETE, "plan": digest}))
                assert gateway.count("models.delete") == 1
                assert refused(await client.call_tool("destroy", {**MODELS_DELETE, "plan": digest}))
                results.append(await client.call_tool("doctor"))
                gateway.faults = FaultPlan(script=["malformed", "hangup"])
                results += [await client.call_tool("read", {"operation": "models.list"}) for _ in range(2)]
            log.seek(0)
            assert said(results[0])["data"] == [{"id": "abc123"}, {"id": "model_abc123"}]
            assert said(results[1])["data"] == {"echo": {"input": {"text": "hi"}}}
            checks = {check["name"]: check["state"] for check in said(results[4])["data"]}
            assert checks["gateway"] == checks["URL format"] == "ok"
            return "\n".join([*map(text_of, results), log.read()])

    with LocalGateway(api_token="lca-local-0123456789abcdef") as gateway:
        assert found(gateway.api_token, asyncio.run(used())) == []


def test_without_allow_it_only_reads() -> None:
    async def listed() -> None:
        async with over_stdio(gateway) as client:
            tools = (await client.list_tools()).tools
            assert [tool.name for tool in tools] == list(allowed.READING)
            assert all(tool.annotations and tool.annotations.read_only_hint for tool in tools)
            for name in ("predict", "write", "destroy"):
                assert await _is_unknown(client, name)

    with LocalGateway() as gateway:
        asyncio.run(listed())
        assert gateway.requests == []


async def _is_unknown(client: Client, name: str) -> bool:
    try:
        result = await client.call_tool(name, MODELS_DELETE)
    except MCPError as error:
        return "nknown tool" in str(error)
    return bool(result.is_error) and "nknown tool" in text_of(result)


@pytest.mark.skipif(sys.platform == "win32", reason="it kills a process")
def test_killing_the_client_in_mid_call_cancels_the_call_and_ends_the_server() -> None:
    begun, go_on = threading.Event(), threading.Event()

    def predict(body: Any) -> Any:
        begun.set()
        go_on.wait(60)
        return body

    with LocalGateway(predict=predict, api_token="lca-local-0123456789abcdef") as gateway:
        given = parameters(gateway, "--allow", "predict").model_dump_json()
        caller = subprocess.Popen(
            [sys.executable, "-c", _CALLER, given], stderr=subprocess.PIPE, env=environment(gateway)
        )
        try:
            assert begun.wait(60)
            caller.kill()
            _, log = caller.communicate(timeout=60)  # ends once the server has ended, too
        finally:
            caller.kill()
            assert not go_on.is_set()
            go_on.set()
        # Python 3.13 adds a line for the SDK's stream, which can't be flushed any more.
        assert "bug" not in log.decode() and found(gateway.api_token, log.decode()) == []
        assert gateway.count("inference.predict_environment") == 1


@pytest.mark.skipif(sys.platform == "win32", reason="signals are different there")
def test_a_signal_ends_the_server_and_removes_kept_answers(tmp_path: Path) -> None:
    async def kept() -> None:
        shell = ["-c", 'echo $$ > "$1"; shift; exec "$@"', "sh", str(tmp_path / "pid"), sys.executable, *given.args]
        wrapped = given.model_copy(
            update={"command": "sh", "args": shell, "env": {**(given.env or {}), "TMPDIR": str(tmp_path)}}
        )
        async with Client(wrapped) as client:
            path = Path(said(await client.call_tool("predict", {"development": True, "input": 1}))["file"])
            assert path.parent.parent == tmp_path and path.exists()
            os.kill(int((tmp_path / "pid").read_text()), signal.SIGTERM)
            async with asyncio.timeout(30):
                while path.parent.exists():
                    await asyncio.sleep(0.01)

    with LocalGateway(predict=lambda body: bytes(100)) as gateway:
        given = parameters(gateway, "--allow", "predict")
        asyncio.run(kept())


@pytest.mark.parametrize(
    ("options", "code", "why"),
    [
        (["--allow", "everything"], 4, "--allow takes predict, write, destructive"),
        (["--tools", "destroy"], 4, "destroy needs --allow destructive"),
        (["--http", "0.0.0.0:0"], 4, "--allow-remote"),
        (["--http", "nowhere"], 4, "--http is HOST:PORT"),
        (["--allow-remote"], 2, "go with --http"),
    ],
)
def test_options_that_can_not_work_end_it_at_once(options: list[str], code: int, why: str) -> None:
    with LocalGateway() as gateway:
        done = here("mcp", *options, gateway=gateway)
    assert done.code == code and why in done.err


def test_without_a_token_it_says_so() -> None:
    done = here("mcp")
    assert done.code == 4 and "there is no token" in done.err


def test_without_its_extra_it_says_how_to_install_it() -> None:
    source = "import sys; sys.modules['mcp'] = None; from lowcodeapi_baseten.cli import main; sys.exit(main(['mcp']))"
    done = run("-c", source, command=[sys.executable, "-W", "error"])
    assert (done.code, done.out) == (4, "") and "pip install 'lowcodeapi-baseten[mcp]'" in done.err
