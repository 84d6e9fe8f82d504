"""The local gateway as a server: start, end, load and options."""

from __future__ import annotations

import concurrent.futures
import subprocess
import sys
import threading
import time
from typing import Any

import httpx
import pytest
from lowcodeapi_baseten.testing import LocalGateway
from lowcodeapi_baseten.testing.__main__ import main
from lowcodeapi_baseten.testing.plugin import baseten_gateway as baseten_gateway_fixture

from tests.testing.caller import Caller


def test_it_closes_at_once_with_silent_requests_open(http_client: httpx.Client) -> None:
    gateway = LocalGateway(new_format="silent").start()
    caller = Caller(gateway, http_client)
    with concurrent.futures.ThreadPoolExecutor(3) as pool:
        open_requests = [pool.submit(caller, "GET", "/v1/models/abc123") for _ in range(3)]
        deadline = time.monotonic() + 10
        while len(gateway.requests) < 3 and time.monotonic() < deadline:
            threading.Event().wait(0.005)
        started = time.monotonic()
        gateway.close()
        assert time.monotonic() - started < 1
        for request in open_requests:
            with pytest.raises(httpx.TransportError):
                request.result(timeout=5)
    with pytest.raises(RuntimeError, match="start"):
        _ = gateway.base_url
    gateway.close()


def test_it_can_start_again() -> None:
    gateway = LocalGateway()
    for _ in range(2):
        with gateway:
            url = f"{gateway.base_url}/v1/models?api_token={gateway.api_token}"
            assert httpx.get(url, trust_env=False).status_code == 200
    assert gateway.count() == 2


def test_a_taken_port_is_an_os_error(gateway: LocalGateway) -> None:
    port = int(gateway.base_url.split(":")[2].split("/")[0])
    with pytest.raises(OSError):
        LocalGateway(port=port).start()


@pytest.mark.parametrize("port", [-1, 65_536, "9700", True, None])
def test_what_is_no_port_is_refused_before_anything_is_opened(gateway: LocalGateway, port: Any) -> None:
    with pytest.raises(ValueError, match="a port must be a whole number from 0 to 65535; got"):
        LocalGateway(port=port)
    with pytest.raises(ValueError, match="a port must be a whole number"):
        gateway.port = port


@pytest.mark.parametrize("port", ["-1", "99999", "x", ""])
def test_what_is_no_port_on_the_command_line_is_one_clear_error(capsys: pytest.CaptureFixture[str], port: str) -> None:
    with pytest.raises(SystemExit) as ended:
        main([f"--port={port}"])
    said = capsys.readouterr().err.splitlines()
    assert ended.value.code == 2
    assert said[-1].endswith(f"error: argument --port: {port!r} is not a port: a whole number from 0 to 65535")


def test_a_slow_model_holds_up_nobody_else(call: Caller) -> None:
    may_answer = threading.Event()

    def slow(body: Any) -> Any:
        assert may_answer.wait(10)
        return body

    call.gateway.predict = slow
    with concurrent.futures.ThreadPoolExecutor(20) as pool:
        waiting = [pool.submit(call.result, "POST", "/development/predict", {"n": n}) for n in range(20)]
        assert call.result("GET", "/v1/models")["models"]
        may_answer.set()
        assert [done.result()["n"] for done in waiting] == list(range(20))


def test_nothing_is_lost_or_mixed_up_under_load(http_client: httpx.Client) -> None:
    with LocalGateway(record=False) as gateway:
        call = Caller(gateway, http_client)
        with concurrent.futures.ThreadPoolExecutor(8) as pool:
            answers = list(pool.map(lambda n: call.result("POST", "/development/predict", {"n": n}), range(400)))
        assert [answer["echo"]["n"] for answer in answers] == list(range(400))
        assert gateway.count() == gateway.count("inference.predict_development") == 400
        assert (gateway.requests, gateway.received) == ([], [])


def test_importing_the_package_or_the_plugin_does_not_import_starlette() -> None:
    code = (
        "import sys, lowcodeapi_baseten.testing, lowcodeapi_baseten.testing.plugin as p;"
        "sys.exit(any(m in sys.modules for m in ('starlette', 'uvicorn', 'h11')))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_the_fixture_is_a_running_gateway() -> None:
    fixture = baseten_gateway_fixture.__wrapped__()  # type: ignore[attr-defined]
    running = next(fixture)
    assert running.base_url.endswith("/baseten")
    assert next(fixture, None) is None


def test_the_command_runs_until_it_is_told_to_end() -> None:
    command = [sys.executable, "-m", "lowcodeapi_baseten.testing", "--envelope", "data", "--models-list", "bare"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None and process.stderr is not None
        lines = [process.stdout.readline().strip() for _ in range(3)]
        base_url = lines[0].removeprefix("LOWCODEAPI_BASE_URL=")
        token = lines[1].removeprefix("LOWCODEAPI_API_TOKEN=")
        models = httpx.get(f"{base_url}/v1/models?api_token={token}", trust_env=False).json()
        assert models["data"][0]["id"] == "abc123"
        process.send_signal(2)
        assert process.wait(10) == 0
        assert process.stderr.read() == ""


@pytest.mark.parametrize("missing", ["starlette", "uvicorn"])
def test_without_its_extra_it_says_how_to_install_it(missing: str) -> None:
    source = f"import sys; sys.modules[{missing!r}] = None; from lowcodeapi_baseten.testing import LocalGateway"
    done = subprocess.run([sys.executable, "-c", source], capture_output=True, text=True, check=False, timeout=60)
    line = f'ModuleNotFoundError: {missing} is not installed: pip install "lowcodeapi-baseten[testing]"'
    assert done.stderr.splitlines()[-1] == line and "During handling" not in done.stderr
