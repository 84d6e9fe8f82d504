"""The workflows as commands, against the local gateway."""

from __future__ import annotations

import datetime
import email.utils
import json
import re
import shlex
import sys
import time
from pathlib import Path
from typing import Any

import pytest
import trustme
from lowcodeapi_baseten.cli.settings import Settings
from lowcodeapi_baseten.cli.wait import pace_of
from lowcodeapi_baseten.testing import FaultPlan, LocalGateway, telemetry
from lowcodeapi_baseten.testing import __main__ as gateway_command

from tests.support.raw_wire import Peer, RawWire, http
from tests.support.shell import Done, here, on_screen
from tests.transport.peers import secured

FAST = ["--interval", "0.01"]
JOB = ["proj_123", "job_456"]
LOGS = ["logs", *JOB]
METRICS = ["metrics", *JOB]

# --- predictions and waits -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("target", "path"),
    [
        (["production"], "/environments/production/async_predict"),
        (["development"], "/development/async_predict"),
        (["--deployment", "dep1"], "/deployment/dep1/async_predict"),
    ],
)
def test_submit_waits_if_asked_wherever_it_submits(gateway: LocalGateway, target: list[str], path: str) -> None:
    done = here("submit", *target, "--input", "{}", "--priority", "0", "--wait", *FAST, gateway=gateway)
    assert (done.code, done.json["status"], done.err) == (0, "SUCCEEDED", "")
    assert {"model_input": {}, "priority": 0} in [each.body for each in gateway.received if each.path == path]


def test_what_ends_in_failure_has_the_exit_code_1(gateway: LocalGateway) -> None:
    request_id = here("submit", "production", "--input", "{}", gateway=gateway).json["request_id"]
    here("inference", "cancel-async-request", request_id, "--yes", gateway=gateway)
    done = here("wait", "request", request_id, *FAST, "--json", gateway=gateway)
    error = json.loads(done.err)["error"]
    assert (done.code, done.out) == (1, "")
    assert (error["type"], error["state"]) == ("WaitFailedError", "CANCELED")


@pytest.mark.parametrize(
    "arguments",
    [
        ["promotion", "abc123", "production"],
        ["promotion", "abc123", "production", "--deployment-id", "dep1"],
        ["promotion", "abc123", "production", "--deployment", "dep1"],
    ],
    ids=" ".join,
)
def test_a_promotion_that_was_waited_for_is_printed(gateway: LocalGateway, arguments: list[str]) -> None:
    done = here("wait", *arguments, *FAST, gateway=gateway)
    assert done.code == 0 and arguments[-1] in json.dumps(done.json)


def test_an_interval_is_the_first_pause_and_the_longest_is_no_shorter() -> None:
    for interval, longest in ((0.5, 10.0), (30.0, 30.0)):
        pace = pace_of(interval, Settings(timeout=3.0), "r1")
        assert (pace["interval"], pace["max_interval"], pace["timeout"]) == (interval, longest, 3.0)
    assert pace_of(None, Settings(), "r1").keys() == {"on_change"}


# --- training --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("zone", ["UTC", "Asia/Tokyo", "America/New_York"])
def test_times_are_in_utc_wherever_it_runs(gateway: LocalGateway, zone: str, monkeypatch: pytest.MonkeyPatch) -> None:
    started = telemetry.STARTED_MILLIS
    moment = datetime.datetime.fromtimestamp(started / 1000, datetime.UTC)
    asked = [moment.replace(tzinfo=None).isoformat(), moment.isoformat(), str(started)]
    gateway.baseten.training_jobs["job_456"].step = 5
    monkeypatch.setenv("TZ", zone)
    time.tzset()
    try:
        screen, plot = (on_screen(*words, gateway=gateway) for words in (LOGS, METRICS))
        assert [here(*LOGS, "--since", since, gateway=gateway).code for since in asked] == [0] * len(asked)
    finally:
        monkeypatch.undo()
        time.tzset()
    assert f"{moment:%Y-%m-%d %H:%M:}" in screen and re.match(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\dZ ", screen)
    assert re.search(rf"{moment:%H:%M}:\d\dZ", plot)
    queries = [dict(request.query) for request in gateway.received[-len(asked) :]]
    assert [query["start_epoch_millis"] for query in queries] == [str(started)] * len(asked)


@pytest.mark.parametrize(
    ("options", "width", "is_plot"),
    [
        ([], 80, True),
        ([], None, False),
        (["-o", "table"], 80, True),
        (["-o", "table"], None, True),
        (["-o", "csv"], 80, False),
        (["-o", "table", "--columns", "time,metric"], 80, False),
    ],
)
def test_metrics_are_plots_and_rows_as_the_help_says(
    gateway: LocalGateway, options: list[str], width: int | None, is_plot: bool
) -> None:
    told = " ".join(here(*METRICS, "--help").out.split())
    assert "a plot for each metric on a terminal, and with -o table; times are in UTC. Else, and with --columns" in told
    gateway.baseten.training_jobs["job_456"].step = 5
    shown = here(*METRICS, "--step-seconds", "10", *options, gateway=gateway, width=width).out
    assert ("│" in shown) == is_plot and ("time" in shown) != is_plot
    if not options and not is_plot:
        rows = json.loads(shown)
        assert {tuple(row) for row in rows} == {("time", "metric", "node", "gpu", "value")}
        assert rows[0]["time"].startswith("2026-01-01T00:00:00")


def test_followed_logs_come_once_each_as_one_object_a_line(gateway: LocalGateway) -> None:
    done = here(*LOGS, "--follow", *FAST, gateway=gateway)
    whole = here(*LOGS, gateway=gateway)
    latest = here(*LOGS, "--limit", "2", "--min-level", "warning", gateway=gateway)
    lines = [json.loads(line) for line in done.out.splitlines()]
    assert len(lines) == len({(line["timestamp"], line["message"]) for line in lines}) > 20
    assert whole.out == done.out
    warnings = [line for line in lines if line["level"] == "WARNING"]
    assert warnings[-2:] == [json.loads(line) for line in latest.out.splitlines()]


@pytest.mark.parametrize(
    ("options", "there", "count", "requests"),
    [
        ([], 1200, 500, 1),
        ([], 500, 500, 1),
        (["--limit", "500"], 1200, 500, 1),
        (["--limit", "1000"], 1200, 1000, 1),
        (["--limit", "1100"], 1200, 1100, 2),
        (["--limit", "9000"], 1200, 1200, 2),
        (["--all"], 1200, 1200, 2),
        (["--all", "--since", str(telemetry.STARTED_MILLIS + 100)], 1200, 1100, 2),
    ],
    ids=str,
)
def test_the_latest_logs_are_printed_and_it_is_said_that_there_are_more(
    gateway: LocalGateway, options: list[str], there: int, count: int, requests: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    start = telemetry.STARTED_MILLIS * 1_000_000
    written = [(start + number * 1_000_000, "INFO", f"line {number}") for number in range(there)]
    monkeypatch.setattr(telemetry, "_lines", lambda job: written)
    done = here(*LOGS, *options, gateway=gateway)
    assert gateway.count("training.get_logs") == requests
    said = "these are the latest 500 lines of more: --all prints all, --limit N the latest N\n"
    assert (done.code, done.err) == (0, said if there > 500 and not options else "")
    messages = [json.loads(line)["message"] for line in done.out.splitlines()]
    assert messages == [message for _, _, message in written[-count:]]


def test_a_deadline_while_following_loses_nothing(gateway: LocalGateway) -> None:
    first = here(*LOGS, "--follow", "--interval", "30", "--timeout", "1", gateway=gateway)
    assert first.code == 3
    position = first.err.split("--since ")[1].split()[0]
    rest = here(*LOGS, "--follow", *FAST, "--since", position, gateway=gateway)
    assert first.out + rest.out == here(*LOGS, "--follow", *FAST, gateway=gateway).out


def test_a_download_prints_paths_and_only_what_is_asked_for(gateway: LocalGateway, tmp_path: Path) -> None:
    artifacts = here("download", *JOB, "--to", str(tmp_path / "a"), gateway=gateway)
    options = ["--checkpoints", "--only", "*.json", "--to", str(tmp_path / "c")]
    checkpoints = here("download", *JOB, *options, gateway=gateway)
    (archive,) = map(Path, artifacts.json)
    assert archive.is_file() and archive.parent == tmp_path / "a"
    assert {path.name for path in map(Path, checkpoints.json) if path.is_file()} == {"config.json", "tokenizer.json"}


# --- keys ------------------------------------------------------------------------------------------------------------


def rotated(gateway: LocalGateway, prefix: str, *options: str) -> tuple[Done, list[str]]:
    """The end of a rotation, and the keys that exist then."""
    return here("keys", "rotate", prefix, "--yes", *options, gateway=gateway), list(gateway.baseten.api_keys)


def test_a_rotated_key_is_printed_or_put_where_only_the_user_reads_it(gateway: LocalGateway, tmp_path: Path) -> None:
    printed, (first,) = rotated(gateway, "abcd1234")
    assert printed.json["api_key"].startswith(first) and first in printed.err
    (tmp_path / "key").write_text("old")
    stored, (second,) = rotated(gateway, first, "--to", str(tmp_path / "key"))
    assert (tmp_path / "key").read_text().startswith(f"{second}.")
    assert (tmp_path / "key").stat().st_mode & 0o077 == 0
    assert stored.json == {"prefix": second, "old_prefix": first}


def test_the_old_key_goes_only_when_the_new_one_is_handed_over(gateway: LocalGateway, tmp_path: Path) -> None:
    for options in (["--exec", "exit 3"], ["--to", "/no/such/folder/key"]):
        failed, keys = rotated(gateway, "abcd1234", *options)
        assert failed.code == 1 and "both keys exist" in failed.err and "abcd1234" in keys
    done, keys = rotated(gateway, "abcd1234", "--exec", f"cat > {shlex.quote(str(tmp_path / 'taken'))}")
    assert done.code == 0 and "abcd1234" not in keys
    value = (tmp_path / "taken").read_text().strip()
    assert value.startswith(done.json["prefix"]) and value not in done.out + done.err


# --- the doctor ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({}, {"envelope": '"result"', "URL format": "new: served"}),
        ({"envelope": "data", "new_format": "missing"}, {"envelope": '"data"', "URL format": "its documents: old"}),
    ],
    ids=["published", "guide"],
)
def test_the_doctor_says_what_the_gateway_is(options: dict[str, Any], said: dict[str, str]) -> None:
    with LocalGateway(**options) as gateway:
        done = here("doctor", gateway=gateway)
        assert done.code == 0 and {request.method for request in gateway.requests} == {"GET"}
    findings = {finding["name"]: finding for finding in done.json}
    assert list(findings) == ["versions", "transport", "token", "gateway", "clock", "envelope", "URL format"]
    assert {finding["state"] for finding in done.json if finding["name"] != "clock"} == {"ok"}
    assert all(name in findings["versions"]["detail"] for name in ("httptools", "msgspec", "uvloop"))
    assert findings["transport"]["detail"].startswith("httpx")
    assert all(text in findings[name]["detail"] for name, text in said.items())


TOKEN = {"LOWCODEAPI_API_TOKEN": "lca-token-0123456789abcdef"}
FAR = {"LOWCODEAPI_BASE_URL": "https://localhost:9/baseten", "NO_PROXY": "", "no_proxy": ""}


@pytest.mark.parametrize(
    ("env", "code", "name", "advice"),
    [
        ({"LOWCODEAPI_API_TOKEN": ""}, 4, "token", "set LOWCODEAPI_API_TOKEN"),
        ({"LOWCODEAPI_API_TOKEN": "lca-another-0123456789"}, 1, "gateway", "check the token"),
        ({"LOWCODEAPI_BASE_URL": "http://127.0.0.1:1/baseten"}, 1, "gateway", "check the network"),
        ({"LOWCODEAPI_TRANSPORT": "slow"}, 4, "transport", "change LOWCODEAPI_TRANSPORT"),
        ({**FAR, "SSL_CERT_FILE": "/missing.pem"}, 1, "gateway", "correct SSL_CERT_FILE"),
        ({**FAR, "HTTPS_PROXY": "socks5://127.0.0.1:9"}, 1, "gateway", "correct HTTPS_PROXY"),
        ({**FAR, "HTTPS_PROXY": "http://127.0.0.1:9"}, 1, "gateway", "correct HTTPS_PROXY"),
        (
            {**FAR, "ALL_PROXY": "socks5h://127.0.0.1:9", "no": "socksio"},
            1,
            "gateway",
            "pip install 'httpx[socks]', or",
        ),
        ({"LOWCODEAPI_BASE_URL": "http://example.com"}, 4, "base URL", "change --base-url or LOWCODEAPI_BASE_URL"),
    ],
    ids=str,
)
def test_the_doctor_says_what_to_do(
    gateway: LocalGateway, env: dict[str, str], code: int, name: str, advice: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if missing := env.get("no"):
        monkeypatch.setitem(sys.modules, missing, None)
    assert failed(here("doctor", gateway=gateway, env=env), code, name).startswith(advice)


def failed(done: Done, code: int, name: str) -> str:
    """The advice of the one check that failed."""
    (finding,) = [finding for finding in done.json if finding["state"] == "failed"]
    assert (done.code, finding["name"]) == (code, name)
    return str(finding["advice"])


def test_the_doctor_names_the_variable_for_a_certificate_of_somebody_else() -> None:
    with RawWire(secured(lambda peer: None, trustme.CA())) as wire:
        where = {**FAR, "NO_PROXY": "localhost", "LOWCODEAPI_BASE_URL": f"https://localhost:{wire.port}/baseten"}
        advice = failed(here("doctor", env={**TOKEN, **where}), 1, "gateway")
    assert advice.startswith("set SSL_CERT_FILE to a file with the certificate of the authority")


@pytest.mark.parametrize(
    ("seconds", "state"), [(None, "unknown"), (0, "ok"), (-90, "warning"), (90, "warning")], ids=str
)
def test_the_doctor_compares_the_clock_if_it_can(seconds: float | None, state: str) -> None:
    date = "" if seconds is None else f"Date: {email.utils.formatdate(time.time() + seconds, usegmt=True)}\r\n"

    def answer(peer: Peer) -> None:
        while peer.request():
            peer.send(http(b'{"data": {"models": []}}').replace(b"\r\n", f"\r\n{date}".encode(), 1))

    with RawWire(answer) as wire:
        done = here("doctor", env={**TOKEN, "LOWCODEAPI_BASE_URL": wire.base_url})
    assert done.code == 0
    assert [finding["state"] for finding in done.json if finding["name"] == "clock"] == [state]


def test_the_doctor_ends_with_3_where_the_gateway_is_silent(gateway: LocalGateway) -> None:
    gateway.faults = FaultPlan(rates={"stall": 1.0})
    assert here("doctor", "--timeout", "0.5", gateway=gateway).code == 3


# --- the local gateway -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        (["--port", "x"], "'x' is not a port"),
        (["--port", "70000"], "'70000' is not a port"),
        (["--settle-after", "soon"], "could not convert"),
        (["--webhook-endpoint", "http://example.com"], "is not an http URL on this machine"),
        (["--envelope", "none"], "'none' is not one of"),
    ],
)
def test_an_option_of_the_gateway_that_can_not_work_is_refused_in_one_line(arguments: list[str], problem: str) -> None:
    done = here("gateway", *arguments)
    assert (done.code, done.err.count("\n")) == (2, 1)
    assert problem in done.err and done.err.endswith("; see lowcodeapi-baseten gateway --help\n")


def test_every_option_of_the_gateway_reaches_it(monkeypatch: pytest.MonkeyPatch) -> None:
    given: list[dict[str, Any]] = []

    def serve(options: dict[str, Any]) -> int:
        given.append(options)
        return 0

    monkeypatch.setattr(gateway_command, "serve", serve)
    words = ["--port", "8099", "--new-format", "fatal", "--webhook-endpoint", "http://127.0.0.1:1/a"]
    assert here("gateway", *words).code == 0 and gateway_command.main(words) == 0
    by_click, by_argparse = ({name: value for name, value in one.items() if value is not None} for one in given)
    endpoints = {"webhook_endpoints": ["http://127.0.0.1:1/a"]}
    assert by_click == by_argparse == {"port": 8099, "new_format": "fatal", **endpoints, "settle_after": 1.0}


def test_without_its_extra_the_gateway_says_how_to_install_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "uvicorn", None)
    done = here("gateway")
    assert (done.code, done.out) == (4, "")
    assert done.err == "error: the local gateway is not installed: pip install 'lowcodeapi-baseten[testing]'\n"
