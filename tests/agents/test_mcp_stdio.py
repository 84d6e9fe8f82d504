"""The command `mcp` over stdio: a separate process, and messages to it."""

from __future__ import annotations

import json
import sys
import threading
from pathlib import Path
from typing import Any

import pytest
from lowcodeapi_baseten.testing import LocalGateway

from tests.agents.session import started
from tests.support.leaks import found
from tests.support.shell import here


class Raw:
    """A server in a separate process, and messages to it, written by hand."""

    def __init__(self, gateway: LocalGateway, temporary: Path) -> None:
        self.process = started(gateway, "--allow", "predict", "-v", TMPDIR=str(temporary))
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
