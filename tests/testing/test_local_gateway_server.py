"""The local gateway as a server: start, end, load and options."""

from __future__ import annotations

import concurrent.futures
import subprocess
import sys
import threading
import time
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
from lowcodeapi_baseten.testing import LocalGateway
from lowcodeapi_baseten.testing.__main__ import main

from tests.support.tables import one_test
from tests.testing.caller import Caller


def test_it_closes_at_once_with_silent_requests_open_and_can_start_again(call: Caller) -> None:
    gateway = call.gateway
    gateway.new_format = "silent"
    with concurrent.futures.ThreadPoolExecutor(3) as pool:
        open_requests = [pool.submit(call, "GET", "/v1/models/abc123") for _ in range(3)]
        deadline = time.monotonic() + 10
        while len(gateway.requests) < 3 and time.monotonic() < deadline:
            threading.Event().wait(0.005)
        gateway.close()
        for request in open_requests:
            with pytest.raises(httpx.TransportError):
                request.result(timeout=5)
    with pytest.raises(RuntimeError, match="start"):
        _ = gateway.base_url
    gateway.close()
    with gateway:
        assert call("GET", "/v1/models").status_code == 200


def test_a_taken_port_is_an_os_error(gateway: LocalGateway) -> None:
    with pytest.raises(OSError):
        LocalGateway(port=urlsplit(gateway.base_url).port or 0).start()


@one_test
@pytest.mark.parametrize("port", [-1, 65_536, "9700", True, None])
def test_what_is_no_port_is_refused_before_anything_is_opened(port: Any) -> None:
    with pytest.raises(ValueError, match="a port must be a whole number from 0 to 65535; got"):
        LocalGateway(port=port)


@one_test
@pytest.mark.parametrize(
    ("option", "value", "says"),
    [
        *(("--port", port, "is not a port: a whole number from 0 to 65535") for port in ("-1", "99999", "x", "")),
        ("--webhook-endpoint", "http://example.com/hook", "is not an http URL on this machine"),
    ],
)
def test_a_wrong_option_of_the_command_is_one_clear_error(
    option: str, value: str, says: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        main([f"{option}={value}"])
    assert ended.value.code == 2
    assert capsys.readouterr().err.splitlines()[-1].endswith(f"error: argument {option}: {value!r} {says}")


def test_a_slow_model_holds_up_nobody_else_and_nothing_is_mixed_up(call: Caller) -> None:
    may_answer = threading.Event()

    def slow(body: Any) -> Any:
        assert may_answer.wait(10)
        return body

    call.gateway.predict, call.gateway.record = slow, False
    with concurrent.futures.ThreadPoolExecutor(20) as pool:
        waiting = [pool.submit(call.result, "POST", "/development/predict", {"n": n}) for n in range(20)]
        assert call.result("GET", "/v1/models")["models"]
        may_answer.set()
        assert [done.result()["n"] for done in waiting] == list(range(20))
        answers = pool.map(lambda n: call.result("POST", "/development/predict", {"n": n}), range(100))
        assert [answer["n"] for answer in answers] == list(range(100))
    assert call.gateway.count("inference.predict_development") == call.gateway.count() - 1 == 120
    assert (call.gateway.requests, call.gateway.received) == ([], [])


def test_the_command_runs_until_it_is_told_to_end() -> None:
    command = [sys.executable, "-m", "lowcodeapi_baseten.testing", "--envelope", "data", "--models-list", "bare"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None and process.stderr is not None
        said = dict(process.stdout.readline().strip().split("=", 1) for _ in range(3))
        models = httpx.get(
            f"{said['LOWCODEAPI_BASE_URL']}/v1/models?api_token={said['LOWCODEAPI_API_TOKEN']}", trust_env=False
        ).json()
        assert models["data"][0]["id"] == "abc123"
        process.send_signal(2)
        assert process.wait(10) == 0
        assert process.stderr.read() == ""


def test_importing_the_package_or_the_plugin_needs_no_extra_and_the_gateway_says_how_to_install_it() -> None:
    code = """if True:
        import sys
        import lowcodeapi_baseten.testing as testing, lowcodeapi_baseten.testing.plugin
        assert not {"starlette", "uvicorn", "h11"} & sys.modules.keys()
        sys.modules["uvicorn"] = None
        try:
            testing.LocalGateway
        except ModuleNotFoundError as error:
            assert error.__suppress_context__
            print(error)
        """
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout == 'uvicorn is not installed: pip install "lowcodeapi-baseten[testing]"\n'


def test_the_fixture_is_a_running_gateway(baseten_gateway: LocalGateway) -> None:
    assert baseten_gateway.base_url.endswith("/baseten")
