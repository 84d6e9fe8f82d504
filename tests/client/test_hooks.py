"""Observing calls: events for hooks, and the log. Neither shows a secret, and none is written unless asked for."""

from __future__ import annotations

import importlib
import logging
import re
import sys
from collections.abc import Iterator
from typing import Any

import pytest
from lowcodeapi_baseten import Baseten, ConfigurationError, LowCodeAPIError, logger
from lowcodeapi_baseten.testing import FaultPlan, LocalGateway
from lowcodeapi_baseten.workflows import FallbackEvent, RequestEvent, ResponseEvent, RetryEvent

from tests.support.leaks import found
from tests.support.wire import TOKEN, Wire, in_data, reply
from tests.workflows.patience import connected

NAME = "lowcodeapi_baseten"


class Seen:
    """A client's events, and the lines of the log without their times."""

    def __init__(self, caplog: pytest.LogCaptureFixture) -> None:
        self._caplog = caplog
        self.events: list[Any] = []
        names = ("on_request", "on_response", "on_retry", "on_fallback")
        self.hooks: dict[str, Any] = dict.fromkeys(names, self.events.append)

    @property
    def lines(self) -> list[str]:
        ours = [record for record in self._caplog.records if record.name == NAME]
        said = [f"{record.levelname} {record.getMessage()}" for record in ours]
        return [re.sub(r"( seconds=.*)|(after )\d+\.\d\d s", r"\2", line) for line in said]

    def requests(self) -> list[tuple[str, str, str]]:
        requests = [event for event in self.events if isinstance(event, RequestEvent)]
        return [(event.purpose, event.format, event.method) for event in requests]


@pytest.fixture
def seen(caplog: pytest.LogCaptureFixture) -> Iterator[Seen]:
    with caplog.at_level(logging.DEBUG, NAME):
        yield Seen(caplog)


def test_the_old_module_of_the_events_has_the_same_ones_and_warns(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "lowcodeapi_baseten.workflows.hooks", raising=False)
    with pytest.warns(DeprecationWarning, match=r"its events are in lowcodeapi_baseten\.hooks"):
        module = importlib.import_module("lowcodeapi_baseten.workflows.hooks")
    assert (module.RequestEvent, module.RetryEvent) == (RequestEvent, RetryEvent)
    assert (module.ResponseEvent, module.FallbackEvent) == (ResponseEvent, FallbackEvent)


def test_every_request_and_answer_is_an_event_and_a_line(
    gateway: LocalGateway, seen: Seen, caplog: pytest.LogCaptureFixture
) -> None:
    with connected(gateway, **seen.hooks) as client:
        client.with_options(timeout=5).models.get("abc123", extra_query={"s": "x"})
    asked, _, request, response = seen.events
    assert asked == RequestEvent("models.get", "GET", "/baseten/openapi", "new", "documents", 1)
    assert request == RequestEvent("models.get", "GET", "/baseten/v1/models/abc123", "new", "call", 2)
    assert (response.request, response.status_code, response.outcome) == (request, 200, "answered")
    assert response.seconds > 0
    assert seen.lines[2] == "DEBUG models.get: attempt=2 purpose=call format=new status=200"
    ours = [record.getMessage() for record in caplog.records if record.name == NAME]
    assert re.search(r"seconds=\d\.\d{3} request_id=req_\w+$", ours[2])


def test_a_retry_is_an_event_and_a_line_with_its_wait_and_its_reason(gateway: LocalGateway, seen: Seen) -> None:
    gateway.faults = FaultPlan(script=["429", "reset_before"], retry_after="0", only=["models.list"])
    with connected(gateway, max_retries=2, url_format="new", **seen.hooks) as client:
        client.models.list()
    retries = [event for event in seen.events if isinstance(event, RetryEvent)]
    assert [(event.operation, event.reason) for event in retries] == [("models.list", "429"), ("models.list", "lost")]
    assert retries[0].delay == 0
    assert seen.lines == [
        "DEBUG models.list: attempt=1 purpose=call format=new status=429",
        "INFO models.list: retry after  (last attempt: 429)",
        "DEBUG models.list: attempt=2 purpose=call format=new status=lost",
        "INFO models.list: retry after  (last attempt: lost)",
        "DEBUG models.list: attempt=3 purpose=call format=new status=200",
    ]


def test_a_fallback_is_an_event_and_a_line(gateway: LocalGateway, seen: Seen) -> None:
    gateway.new_format, gateway.documents = "missing", "none"
    with connected(gateway, **seen.hooks) as client:
        client.models.get("abc123")
    *_, request, _ = events = seen.events[4:]  # without those of the documents, which it lacks
    kinds = [RequestEvent, ResponseEvent, FallbackEvent, RequestEvent, ResponseEvent]
    assert [type(event) for event in events] == kinds
    assert events[2] == FallbackEvent("models.get", "new", "old", "404")
    assert request.path == "/baseten/v1/models/modelid"
    assert seen.lines == [
        "DEBUG models.get: attempt=1 purpose=documents format=new status=404",
        "DEBUG models.get: attempt=2 purpose=documents format=old status=404",
        "DEBUG models.get: attempt=3 purpose=call format=new status=404",
        "INFO models.get: fallback to the old URL format (last attempt: 404)",
        "DEBUG models.get: attempt=4 purpose=call format=old status=200",
        f"INFO {gateway.base_url} is called in the old URL format",
    ]


def test_a_probe_is_told_from_a_call(gateway: LocalGateway, seen: Seen) -> None:
    gateway.new_format, gateway.documents = "missing", "none"
    with connected(gateway, **seen.hooks) as client:
        client.inference.predict_environment("production", input=1)
    asked = [("documents", "new", "GET"), ("documents", "old", "GET")]
    assert seen.requests() == [*asked, ("probe", "new", "GET"), ("call", "old", "POST")]
    assert not any(isinstance(event, FallbackEvent | RetryEvent) for event in seen.events)


def many(gateway: LocalGateway, **options: Any) -> None:
    with connected(gateway, url_format="new", max_retries=2, **options) as client:
        assert len(list(client.inference.predict_many([1, 2, 3], environment="production", concurrency=1))) == 3


def test_a_run_s_requests_are_lines_too(gateway: LocalGateway, seen: Seen) -> None:
    many(gateway)
    assert sum("attempt=1 purpose=call" in line for line in seen.lines) == 3


def test_a_run_s_retries_are_lines_at_info(gateway: LocalGateway, caplog: pytest.LogCaptureFixture) -> None:
    """At INFO a run keeps its short path: only what it does not settle is watched."""
    gateway.faults = FaultPlan(script=[None, "reset_before"], only=["inference.predict_environment"])
    with caplog.at_level(logging.INFO, NAME):
        many(gateway, retry_unsafe=True)
    assert Seen(caplog).lines == ["INFO inference.predict_environment: retry after  (last attempt: lost)"]


# --- secrets


def test_nothing_secret_is_in_any_line_or_event(seen: Seen, caplog: pytest.LogCaptureFixture) -> None:
    secret, key = "hunter2-of-the-workspace", "prefix-of-a-key"
    echo = f"{TOKEN} {secret} {key}"
    with (
        Wire() as wire,
        Baseten(api_token=TOKEN, base_url=wire.base_url, url_format="new", max_retries=0, **seen.hooks) as client,
    ):
        for call, echoed in (
            (lambda: client.secrets.upsert(name="n", value=secret), secret),
            (lambda: client.api_keys.delete(prefix=key, extra_query={"q": key}, extra_headers={"x-h": key}), TOKEN),
        ):
            error = {"error": echo, "error_code": TOKEN}
            headers = {"x-baseten-request-id": echoed}
            wire.says(reply({"message": TOKEN, "provider": "baseten", "error": error, "headers": headers}, 500))
            with pytest.raises(LowCodeAPIError):
                call()
    ours = [record for record in caplog.records if record.name == NAME]
    text = "\n".join([*(record.getMessage() + repr(vars(record)) for record in ours), repr(seen.events)])
    assert (len(ours), len(seen.events)) == (2, 4)
    assert not found(TOKEN, text)
    assert secret not in text and key not in text, text


def test_not_even_a_token_that_is_too_short_to_be_replaced_in_an_answer(
    seen: Seen, caplog: pytest.LogCaptureFixture
) -> None:
    said = {"provider": "baseten", "result": {}, "response_headers": {"x-baseten-request-id": "tok-1234"}}
    with (
        Wire(reply(said)) as wire,
        Baseten(api_token="tok-1234", base_url=wire.base_url, url_format="new") as client,
    ):
        client.models.get("abc")
    assert "status=200" in caplog.text and "tok-1234" not in caplog.text


# --- hooks and logs that fail


def test_a_hook_that_fails_fails_nothing_else(gateway: LocalGateway, caplog: pytest.LogCaptureFixture) -> None:
    def broken(event: Any) -> None:
        raise RuntimeError("no collector")

    with connected(gateway, on_request=broken, on_response=broken) as client:
        assert len(client.models.list()) == 2
    assert "a hook failed at a ResponseEvent" in caplog.text


class Failing(logging.Handler):
    def emit(self, record: logging.LogRecord) -> None:
        raise RuntimeError("the disk of the log is full")


@pytest.mark.parametrize("url_format", ["new", "auto"])
def test_a_log_that_fails_loses_no_answer(gateway: LocalGateway, seen: Seen, url_format: Any) -> None:
    log, handler = logging.getLogger(NAME), Failing()
    log.addHandler(handler)
    try:
        with connected(gateway, url_format=url_format) as client:
            assert client.inference.predict_environment("production", input=1) is not None
    finally:
        log.removeHandler(handler)
    assert gateway.count("inference.predict_environment") == 1


def test_the_log_is_asked_once_a_call_where_it_is_off(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = list[int]()

    def is_enabled(level: int) -> bool:
        asked.append(level)
        return False

    with Wire(in_data({"models": []})) as wire, Baseten(api_token=TOKEN, base_url=wire.base_url) as client:
        client.models.list()
        monkeypatch.setattr(logging.getLogger(NAME), "isEnabledFor", is_enabled)
        client.models.list()
    assert asked == [logging.INFO]


# --- LOWCODEAPI_LOG


@pytest.fixture
def log() -> Iterator[logging.Logger]:
    """The logger as a new process has it."""
    log = logging.getLogger(NAME)
    handlers, level = log.handlers[:], log.level
    importlib.reload(logger)
    log.setLevel(logging.WARNING)
    yield log
    log.handlers[:] = handlers
    log.setLevel(level)


@pytest.mark.parametrize(("wanted", "levels"), [("debug", ["DEBUG", "INFO", "DEBUG"]), (" Info ", ["INFO"]), ("", [])])
@pytest.mark.parametrize("has_handler", [False, True])
def test_the_environment_turns_it_on_once(
    gateway: LocalGateway,
    log: logging.Logger,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    wanted: str,
    levels: list[str],
    has_handler: bool,
) -> None:
    monkeypatch.setenv("LOWCODEAPI_LOG", wanted)
    if has_handler:  # a handler of the program is enough
        log.addHandler(own := logging.StreamHandler())
        own.setFormatter(logging.Formatter("own own %(levelname)s"))
    gateway.faults = FaultPlan(script=["429"], retry_after="0", only=["models.list"])
    connected(gateway)  # once, at the first client
    with connected(gateway, url_format="new", max_retries=2) as client:
        client.models.list()
    out, err = capsys.readouterr()
    assert (out, [line.split()[2] for line in err.splitlines()]) == ("", levels)
    assert gateway.api_token not in err
    assert ("own own" in err) == (has_handler and bool(levels))


def test_another_value_is_a_bad_option(log: logging.Logger, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOWCODEAPI_LOG", "verbose")
    with pytest.raises(ConfigurationError, match="LOWCODEAPI_LOG must be 'info' or 'debug'; got 'verbose'"):
        Baseten(api_token=TOKEN)
