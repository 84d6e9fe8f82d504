"""The log: a line for each request, retry and fallback; nothing secret in it; silent unless it is asked for."""

from __future__ import annotations

import logging
import re
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest
from lowcodeapi_baseten import Baseten, LowCodeAPIError
from lowcodeapi_baseten.testing import FaultPlan, LocalGateway

from tests.support.drivers import DRIVERS
from tests.support.leaks import found
from tests.support.wire import TOKEN, Wire, in_data, reply
from tests.workflows.patience import BOTH, Run

NAME = "lowcodeapi_baseten"
both = pytest.mark.parametrize("run", BOTH)


@pytest.fixture
def told(caplog: pytest.LogCaptureFixture) -> Iterator[Any]:
    """The log at DEBUG: call it for the lines so far, without the times."""
    with caplog.at_level(logging.DEBUG, NAME):

        def lines() -> list[str]:
            ours = [record for record in caplog.records if record.name == NAME]
            said = [f"{record.levelname} {record.getMessage()}" for record in ours]
            return [
                re.sub(r"seconds=\d+\.\d{3}\b", "seconds=…", re.sub(r"after \d+\.\d\d s", "after … s", line))
                for line in said
            ]

        yield lines


@both
def test_each_request_is_a_line_with_what_became_of_it(baseten_gateway: LocalGateway, run: Run, told: Any) -> None:
    run(baseten_gateway, lambda client: client.models.list())
    (line,) = told()
    shown = r"DEBUG models\.list: attempt=1 purpose=call format=new status=200 seconds=… request_id=req_\w+"
    assert re.fullmatch(shown, line)


@both
def test_a_retry_is_a_line_with_its_wait_and_its_reason(baseten_gateway: LocalGateway, run: Run, told: Any) -> None:
    baseten_gateway.faults = FaultPlan(script=["429", "reset_before"], retry_after="0", only=["models.list"])
    run(baseten_gateway, lambda client: client.models.list(), max_retries=2)
    assert [line.partition(" request_id")[0] for line in told()] == [
        "DEBUG models.list: attempt=1 purpose=call format=new status=429 seconds=…",
        "INFO models.list: retry after … s (last attempt: 429)",
        "DEBUG models.list: attempt=2 purpose=call format=new status=lost seconds=…",
        "INFO models.list: retry after … s (last attempt: lost)",
        "DEBUG models.list: attempt=3 purpose=call format=new status=200 seconds=…",
    ]


@both
def test_a_fallback_is_a_line(baseten_gateway: LocalGateway, run: Run, told: Any) -> None:
    baseten_gateway.new_format, baseten_gateway.documents = "missing", "none"
    run(baseten_gateway, lambda client: client.models.get("abc123"))
    lines = [line.partition(" seconds")[0] for line in told()]
    assert lines[:5] == [
        "DEBUG models.get: attempt=1 purpose=documents format=new status=404",
        "DEBUG models.get: attempt=2 purpose=documents format=old status=404",
        "DEBUG models.get: attempt=3 purpose=call format=new status=404",
        "INFO models.get: fallback to the old URL format (last attempt: 404)",
        "DEBUG models.get: attempt=4 purpose=call format=old status=200",
    ]


def test_a_run_s_requests_are_lines_too(baseten_gateway: LocalGateway, told: Any) -> None:
    with Baseten(api_token=baseten_gateway.api_token, base_url=baseten_gateway.base_url, url_format="new") as client:
        assert len(list(client.inference.predict_many([1, 2, 3], environment="production", concurrency=1))) == 3
    assert sum("attempt=1 purpose=call" in line for line in told()) == 3


def test_a_run_s_retries_are_lines_at_info(baseten_gateway: LocalGateway, caplog: pytest.LogCaptureFixture) -> None:
    """At INFO a run keeps its short path: only what it does not settle is watched."""
    baseten_gateway.faults = FaultPlan(script=[None, "reset_before"], only=["inference.predict_environment"])
    with (
        caplog.at_level(logging.INFO, NAME),
        Baseten(
            api_token=baseten_gateway.api_token, base_url=baseten_gateway.base_url, url_format="new", retry_unsafe=True
        ) as client,
    ):
        list(client.inference.predict_many([1, 2, 3], environment="production", concurrency=1))
    said = [record.getMessage() for record in caplog.records if record.name == NAME]
    assert len(said) == 1 and re.fullmatch(
        r"inference\.predict_environment: retry after .* \(last attempt: lost\)", said[0]
    )


@pytest.mark.parametrize("driver", DRIVERS)
def test_nothing_secret_is_in_any_line(driver: str, caplog: pytest.LogCaptureFixture) -> None:
    secret, key = "hunter2-of-the-workspace", "prefix-of-a-key"
    calls: list[tuple[str, str, dict[str, Any]]] = [
        ("secrets.upsert", secret, {"name": "n", "value": secret}),
        ("api_keys.delete", TOKEN, {"prefix": key, "extra_query": {"q": key}, "extra_headers": {"x-h": key}}),
    ]
    with (
        caplog.at_level(logging.DEBUG, NAME),
        Wire() as wire,
        DRIVERS[driver](api_token=TOKEN, base_url=wire.base_url, url_format="new", max_retries=0) as client,
    ):
        for operation, echoed, options in calls:
            error = {"error": f"{TOKEN} {secret} {key}", "error_code": TOKEN}
            headers = {"x-baseten-request-id": echoed}
            wire.says(reply({"message": TOKEN, "provider": "baseten", "error": error, "headers": headers}, 500))
            with pytest.raises(LowCodeAPIError):
                client.call(operation, **options)
    ours = [record for record in caplog.records if record.name == NAME]
    text = "\n".join(record.getMessage() + repr(vars(record)) for record in ours)
    assert len(ours) == 2
    assert not found(TOKEN, text)
    assert secret not in text and key not in text, text


@pytest.mark.parametrize("driver", DRIVERS)
def test_not_even_a_token_that_is_too_short_to_be_replaced_in_an_answer(
    driver: str, caplog: pytest.LogCaptureFixture
) -> None:
    said = {"provider": "baseten", "result": {}, "response_headers": {"x-baseten-request-id": "tok-1234"}}
    with (
        caplog.at_level(logging.DEBUG, NAME),
        Wire(reply(said)) as wire,
        DRIVERS[driver](api_token="tok-1234", base_url=wire.base_url, url_format="new") as client,
    ):
        client.call("models.get", "abc")
    assert "status=200" in caplog.text and "tok-1234" not in caplog.text


class Failing(logging.Handler):
    def emit(self, record: logging.LogRecord) -> None:
        raise RuntimeError("the disk of the log is full")


def test_a_log_that_fails_loses_no_answer(baseten_gateway: LocalGateway) -> None:
    log, handler = logging.getLogger(NAME), Failing()
    log.addHandler(handler)
    log.setLevel(logging.DEBUG)
    try:
        with Baseten(
            api_token=baseten_gateway.api_token, base_url=baseten_gateway.base_url, url_format="new"
        ) as client:
            assert client.inference.predict_environment("production", input=1) is not None
        assert baseten_gateway.count("inference.predict_environment") == 1
    finally:
        log.removeHandler(handler)
        log.setLevel(logging.NOTSET)


def test_it_is_asked_once_a_call_where_it_is_off(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = list[int]()
    log = logging.getLogger(NAME)

    def is_enabled(level: int) -> bool:
        asked.append(level)
        return False

    with Wire(in_data({"models": []})) as wire, Baseten(api_token=TOKEN, base_url=wire.base_url) as client:
        client.models.list()
        monkeypatch.setattr(log, "isEnabledFor", is_enabled)
        client.models.list()
    assert asked == [logging.INFO]


# --- LOWCODEAPI_LOG

_CALL = """
import sys
from lowcodeapi_baseten import Baseten
Baseten(api_token="other", base_url="http://127.0.0.1:1")  # once, at the first client
with Baseten(api_token=sys.argv[1], base_url=sys.argv[2], url_format="new", remember=False) as client:
    client.models.list()
"""


def logged(gateway: LocalGateway, wanted: str, program: str = _CALL) -> subprocess.CompletedProcess[str]:
    gateway.faults = FaultPlan(script=["429"], retry_after="0", only=["models.list"])
    command = [sys.executable, "-c", program, gateway.api_token, gateway.base_url]
    return subprocess.run(command, capture_output=True, text=True, env={"LOWCODEAPI_LOG": wanted}, check=False)


@pytest.mark.parametrize(
    ("wanted", "levels"),
    [("debug", ["DEBUG", "INFO", "DEBUG"]), (" Info ", ["INFO"]), ("", [])],
)
def test_the_environment_turns_it_on_once(wanted: str, levels: list[str], baseten_gateway: LocalGateway) -> None:
    done = logged(baseten_gateway, wanted)
    assert (done.returncode, done.stdout) == (0, "")
    assert [line.split()[2] for line in done.stderr.splitlines()] == levels
    assert baseten_gateway.api_token not in done.stderr


def test_a_handler_of_the_program_is_enough(baseten_gateway: LocalGateway) -> None:
    own = f"import logging; logging.getLogger({NAME!r}).addHandler(logging.StreamHandler())\n"
    assert len(logged(baseten_gateway, "debug", own + _CALL).stderr.splitlines()) == 3


def test_another_value_is_a_bad_option(baseten_gateway: LocalGateway) -> None:
    done = logged(baseten_gateway, "verbose")
    assert done.returncode == 1
    assert "ConfigurationError: LOWCODEAPI_LOG must be 'info' or 'debug'; got 'verbose'" in done.stderr
