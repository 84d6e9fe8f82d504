"""The workflows as commands, against the local gateway."""

from __future__ import annotations

import datetime
import json
import re
import shlex
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
import trustme
from lowcodeapi_baseten.testing import FaultPlan, LocalGateway, telemetry
from lowcodeapi_baseten.testing import __main__ as gateway_command

from tests.support.raw_wire import Peer, RawWire, http
from tests.support.shell import COMMAND, environment, here, on_screen, run
from tests.transport.peers import secured

_FAST = ["--interval", "0.01"]


def test_submit_prints_the_request_id_and_wait_its_end() -> None:
    with LocalGateway() as gateway:
        submitted = here("submit", "production", "--input", '{"text": "hi"}', "--priority", "0", gateway=gateway)
        sent = gateway.received[-1].body
        waited = here("wait", "request", submitted.json["request_id"], *_FAST, gateway=gateway)
    assert sent == {"model_input": {"text": "hi"}, "priority": 0}
    assert (waited.code, waited.json["status"]) == (0, "SUCCEEDED")


@pytest.mark.parametrize(
    ("target", "path"),
    [
        (["production"], "/environments/production/async_predict"),
        (["development"], "/development/async_predict"),
        (["--deployment", "dep1"], "/deployment/dep1/async_predict"),
    ],
)
def test_submit_waits_if_asked_wherever_it_submits(target: list[str], path: str) -> None:
    with LocalGateway() as gateway:
        done = here("submit", *target, "--input", "{}", "--wait", *_FAST, gateway=gateway)
        paths = [received.path for received in gateway.received]
    assert (done.code, done.json["status"], done.err) == (0, "SUCCEEDED", "")
    assert path in paths


def test_what_ends_in_failure_has_the_exit_code_1() -> None:
    with LocalGateway() as gateway:
        request_id = here("submit", "production", "--input", "{}", gateway=gateway).json["request_id"]
        here("inference", "cancel-async-request", request_id, "--yes", gateway=gateway)
        done = here("wait", "request", request_id, *_FAST, "--json", gateway=gateway)
    error = json.loads(done.err)["error"]
    assert (done.code, done.out) == (1, "")
    assert (error["type"], error["state"]) == ("WaitFailedError", "CANCELED")


@pytest.mark.parametrize(
    "arguments",
    [["deployment", "abc123", "dep1"], ["promotion", "abc123", "production"], ["job", "proj_123", "job_456"]],
    ids=lambda arguments: arguments[0],
)
def test_everything_that_can_be_waited_for_is_printed_at_its_end(arguments: list[str]) -> None:
    with LocalGateway() as gateway:
        done = here("wait", *arguments, *_FAST, gateway=gateway)
    assert done.code == 0 and arguments[-1] in json.dumps(done.json)


def test_wake_wakes_once_and_waits_until_it_is_active() -> None:
    with LocalGateway(empty_answers="answered") as gateway:  # or a wake-up would wait
        done = here("wake", "abc123", "--environment", "staging", *_FAST, gateway=gateway)
        count = gateway.count("inference.wake_deployment")
        again = here("wake", "abc123", "--deployment", "dep3", *_FAST, gateway=gateway)
        assert gateway.count("inference.wake_deployment") == count == 1
    assert done.json["status"] == again.json["status"] == "ACTIVE"


@pytest.mark.parametrize("zone", ["UTC", "Asia/Tokyo", "America/New_York"])
def test_times_are_in_utc_wherever_it_runs(zone: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", zone)
    time.tzset()
    logs = ["logs", "proj_123", "job_456"]
    started = telemetry.STARTED_MILLIS
    moment = datetime.datetime.fromtimestamp(started / 1000, datetime.UTC)
    try:
        with LocalGateway() as gateway:
            gateway.baseten.training_jobs["job_456"].step = 5
            screen = on_screen(*logs, gateway=gateway)
            plot = on_screen("metrics", "proj_123", "job_456", gateway=gateway)
            asked = [moment.replace(tzinfo=None).isoformat(), moment.isoformat(), str(started)]
            for since in asked:
                assert here(*logs, "--since", since, gateway=gateway).code == 0
            queries = [request.query for request in gateway.received[-len(asked) :]]
    finally:
        monkeypatch.undo()
        time.tzset()
    assert f"{moment:%Y-%m-%d %H:%M:}" in screen and re.match(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\dZ ", screen)
    assert re.search(rf"{moment:%H:%M}:\d\dZ", plot)
    assert [dict(query)["start_epoch_millis"] for query in queries] == [str(started)] * len(asked)


@pytest.mark.parametrize(
    ("options", "on_terminal", "is_plot"),
    [
        ([], True, True),
        ([], False, False),
        (["-o", "table"], True, True),
        (["-o", "table"], False, True),
        (["-o", "csv"], True, False),
        (["-o", "table", "--columns", "time,metric"], True, False),
    ],
)
def test_metrics_are_plots_and_rows_as_the_help_says(options: list[str], on_terminal: bool, is_plot: bool) -> None:
    words = ["metrics", "proj_123", "job_456"]
    told = " ".join(here(*words, "--help").out.split())
    assert "a plot for each metric on a terminal, and with -o table; times are in UTC. Else, and with --columns" in told
    with LocalGateway() as gateway:
        gateway.baseten.training_jobs["job_456"].step = 5
        asked = [*words, *options]
        shown = on_screen(*asked, gateway=gateway) if on_terminal else here(*asked, gateway=gateway).out
    assert ("│" in shown) == is_plot and ("time" in shown) != is_plot


def test_followed_logs_come_once_each_as_one_object_a_line() -> None:
    with LocalGateway() as gateway:
        done = here("logs", "proj_123", "job_456", "--follow", *_FAST, gateway=gateway)
        whole = here("logs", "proj_123", "job_456", gateway=gateway)
        latest = here("logs", "proj_123", "job_456", "--limit", "2", "--min-level", "warning", gateway=gateway)
    lines = [json.loads(line) for line in done.out.splitlines()]
    assert len(lines) == len({(line["timestamp"], line["message"]) for line in lines}) > 20
    assert whole.out == done.out
    assert [line for line in lines if line["level"] == "WARNING"][-2:] == [
        json.loads(line) for line in latest.out.splitlines()
    ]


@pytest.mark.parametrize(
    ("options", "count", "requests", "told"),
    [
        ([], 500, 1, True),
        (["--limit", "500"], 500, 1, False),
        (["--limit", "1000"], 1000, 1, False),
        (["--limit", "1700"], 1700, 2, False),
        (["--limit", "9000"], 2600, 3, False),
        (["--all"], 2600, 3, False),
        (["--all", "--since", str(telemetry.STARTED_MILLIS + 100)], 2500, 3, False),
    ],
    ids=lambda value: "-".join(value) if isinstance(value, list) else str(value),
)
def test_the_latest_logs_are_printed_and_it_is_said_that_there_are_more(
    options: list[str], count: int, requests: int, told: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    start = telemetry.STARTED_MILLIS * 1_000_000
    written = [(start + number * 1_000_000, "INFO", f"line {number}") for number in range(2600)]
    monkeypatch.setattr(telemetry, "_lines", lambda job: written)
    with LocalGateway() as gateway:
        done = here("logs", "proj_123", "job_456", *options, gateway=gateway)
        assert gateway.count("training.get_logs") == requests
    said = "these are the latest 500 lines of more: --all prints all, --limit N the latest N\n"
    assert (done.code, done.err) == (0, said if told else "")
    assert [json.loads(line)["message"] for line in done.out.splitlines()] == [
        message for _, _, message in written[-count:]
    ]


def test_nothing_is_said_of_more_where_all_lines_fit(monkeypatch: pytest.MonkeyPatch) -> None:
    written = [(telemetry.STARTED_MILLIS * 1_000_000, "INFO", "line")] * 500
    monkeypatch.setattr(telemetry, "_lines", lambda job: written)
    with LocalGateway() as gateway:
        done = here("logs", "proj_123", "job_456", gateway=gateway)
    assert (len(done.out.splitlines()), done.err) == (500, "")


def test_a_deadline_while_following_loses_nothing() -> None:
    follow = ["logs", "proj_123", "job_456", "--follow"]
    with LocalGateway() as gateway:
        first = here(*follow, "--interval", "30", "--timeout", "1", gateway=gateway)
        assert first.code == 3
        position = first.err.split("--since ")[1].split()[0]
        rest = here(*follow, *_FAST, "--since", position, gateway=gateway)
        whole = here(*follow, *_FAST, gateway=gateway)
    assert first.out + rest.out == whole.out


def test_metrics_are_rows() -> None:
    with LocalGateway() as gateway:
        rows = here("metrics", "proj_123", "job_456", "--step-seconds", "10", gateway=gateway).json
    assert {tuple(row) for row in rows} == {("time", "metric", "node", "gpu", "value")}
    assert rows[0]["time"].startswith("2026-01-01T00:00:00")


def test_a_download_prints_paths_and_only_what_is_asked_for(tmp_path: Path) -> None:
    with LocalGateway() as gateway:
        artifacts = here("download", "proj_123", "job_456", "--to", str(tmp_path / "a"), gateway=gateway)
        options = ["--checkpoints", "--only", "*.json", "--to", str(tmp_path / "c")]
        checkpoints = here("download", "proj_123", "job_456", *options, gateway=gateway)
    (archive,) = (Path(path) for path in artifacts.json)
    assert archive.is_file() and archive.parent == tmp_path / "a"
    names = {Path(path).name for path in checkpoints.json}
    assert names == {"config.json", "tokenizer.json"}
    assert all(Path(path).is_file() for path in checkpoints.json)


def _keys(gateway: LocalGateway) -> set[str]:
    return set(gateway.baseten.api_keys)


def test_a_rotated_key_is_printed_or_put_where_only_the_user_reads_it(tmp_path: Path) -> None:
    with LocalGateway() as gateway:
        printed = here("keys", "rotate", "abcd1234", "--yes", gateway=gateway)
        (prefix,) = _keys(gateway)
        assert printed.json["api_key"].startswith(prefix) and prefix in printed.err
        (tmp_path / "key").write_text("old")
        stored = here("keys", "rotate", prefix, "--yes", "--to", str(tmp_path / "key"), gateway=gateway)
        (second,) = _keys(gateway)
    assert (tmp_path / "key").read_text().startswith(f"{second}.")
    assert (tmp_path / "key").stat().st_mode & 0o077 == 0
    assert stored.json == {"prefix": second, "old_prefix": prefix}


def test_a_command_that_takes_the_key_decides_whether_the_old_one_goes(tmp_path: Path) -> None:
    target = shlex.quote(str(tmp_path / "taken"))
    with LocalGateway() as gateway:
        failed = here("keys", "rotate", "abcd1234", "--yes", "--exec", "exit 3", gateway=gateway)
        assert failed.code == 1 and "both keys exist" in failed.err and "abcd1234" in _keys(gateway)
        done = here("keys", "rotate", "abcd1234", "--yes", "--exec", f"cat > {target}", gateway=gateway)
        assert done.code == 0 and "abcd1234" not in _keys(gateway)
    value = (tmp_path / "taken").read_text().strip()
    assert value.startswith(done.json["prefix"])
    assert value not in done.out + done.err


def test_no_key_is_lost_where_nobody_can_read_the_new_one() -> None:
    with LocalGateway() as gateway:
        missing = here("keys", "rotate", "abcd1234", "--yes", "--to", "/no/such/folder/key", gateway=gateway)
        assert "abcd1234" in _keys(gateway)
    assert missing.code == 1 and "both keys exist" in missing.err


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({}, {"gateway": "ok", "envelope": '"result"', "URL format": "new: served"}),
        ({"envelope": "data", "new_format": "missing"}, {"envelope": '"data"', "URL format": "its documents: old"}),
    ],
    ids=["published", "guide"],
)
def test_the_doctor_says_what_the_gateway_is(options: dict[str, str], said: dict[str, str]) -> None:
    with LocalGateway(**options) as gateway:  # type: ignore[arg-type]
        done = here("doctor", gateway=gateway)
        assert not [request for request in gateway.requests if request.method != "GET"]
    findings = {finding["name"]: finding for finding in done.json}
    assert list(findings) == ["versions", "transport", "token", "gateway", "clock", "envelope", "URL format"]
    assert all(name in findings["versions"]["detail"] for name in ("httptools", "msgspec", "uvloop"))
    assert findings["transport"]["detail"].startswith("httpx")
    assert done.code == 0
    for name, text in said.items():
        assert text in (findings[name]["state"], findings[name]["detail"]) or text in findings[name]["detail"]


_FAR = {"LOWCODEAPI_BASE_URL": "https://localhost:9/baseten", "NO_PROXY": "", "no_proxy": ""}


@pytest.mark.parametrize(
    ("env", "code", "name", "advice"),
    [
        ({"LOWCODEAPI_API_TOKEN": ""}, 4, "token", "set LOWCODEAPI_API_TOKEN"),
        ({"LOWCODEAPI_API_TOKEN": "lca-another-0123456789"}, 1, "gateway", "check the token"),
        ({"LOWCODEAPI_BASE_URL": "http://127.0.0.1:1/baseten"}, 1, "gateway", "check the network"),
        ({"LOWCODEAPI_TRANSPORT": "slow"}, 4, "transport", "change LOWCODEAPI_TRANSPORT"),
        ({**_FAR, "SSL_CERT_FILE": "/missing.pem"}, 1, "gateway", "correct SSL_CERT_FILE"),
        ({**_FAR, "HTTPS_PROXY": "socks5://127.0.0.1:9"}, 1, "gateway", "correct HTTPS_PROXY"),
        ({**_FAR, "HTTPS_PROXY": "http://127.0.0.1:9"}, 1, "gateway", "correct HTTPS_PROXY"),
        ({"LOWCODEAPI_BASE_URL": "http://example.com"}, 4, "base URL", "change --base-url or LOWCODEAPI_BASE_URL"),
    ],
)
def test_the_doctor_says_what_to_do(env: dict[str, str], code: int, name: str, advice: str) -> None:
    with LocalGateway() as gateway:
        done = here("doctor", gateway=gateway, env=env)
    (failed,) = [finding for finding in done.json if finding["state"] == "failed"]
    assert (done.code, failed["name"]) == (code, name)
    assert failed["advice"].startswith(advice)


@pytest.mark.parametrize("proxy", ["socks5", "socks5h"])
def test_the_doctor_says_what_a_socks_proxy_needs(proxy: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "socksio", None)
    for name in ("HTTPS_PROXY", "https_proxy"):
        monkeypatch.delenv(name, raising=False)
    env = {**_FAR, "ALL_PROXY": f"{proxy}://127.0.0.1:9", "LOWCODEAPI_API_TOKEN": "lca-token-0123456789abcdef"}
    done = here("doctor", env=env)
    (failed,) = [finding for finding in done.json if finding["state"] == "failed"]
    assert failed["advice"] == "pip install 'httpx[socks]', or name the gateway's host in NO_PROXY"


def test_the_doctor_names_the_variable_for_a_certificate_of_somebody_else() -> None:
    with RawWire(secured(lambda peer: None, trustme.CA())) as wire:
        env = {
            **dict.fromkeys(["NO_PROXY", "no_proxy"], "localhost"),
            "LOWCODEAPI_BASE_URL": f"https://localhost:{wire.port}/baseten",
            "LOWCODEAPI_API_TOKEN": "lca-token-0123456789abcdef",
        }
        done = here("doctor", env=env)
    (failed,) = [finding for finding in done.json if finding["state"] == "failed"]
    assert failed["advice"].startswith("set SSL_CERT_FILE to a file with the certificate of the authority")


def test_the_doctor_does_not_say_that_a_clock_is_right_which_was_not_compared() -> None:
    def dateless(peer: Peer) -> None:
        while peer.request():
            peer.send(http(b'{"data": {"models": []}}'))

    with RawWire(dateless) as wire:
        env = {"LOWCODEAPI_BASE_URL": wire.base_url, "LOWCODEAPI_API_TOKEN": "lca-token-0123456789abcdef"}
        done = here("doctor", env=env)
    (clock,) = [finding for finding in done.json if finding["name"] == "clock"]
    assert (clock["state"], done.code) == ("unknown", 0)


def test_the_doctor_ends_with_3_where_the_gateway_is_silent() -> None:
    with LocalGateway(faults=FaultPlan(rates={"stall": 1.0})) as gateway:
        assert here("doctor", "--timeout", "1", gateway=gateway).code == 3


def test_the_local_gateway_runs_until_it_is_stopped() -> None:
    started = subprocess.Popen(
        [*COMMAND, "gateway", "--envelope", "data"], stdout=subprocess.PIPE, text=True, env=environment(None)
    )
    assert started.stdout is not None
    with started, started.stdout as out:
        settings = dict(line.strip().split("=", 1) for line in (out.readline(), out.readline()))
        done = here("models", "get", "abc123", env=settings)
        started.send_signal(signal.SIGINT)
        assert started.wait(60) == 0
    assert done.json["id"] == "abc123"


def test_the_gateways_options_are_its_own() -> None:
    shown = run("gateway", "--help").out
    assert all(option.flag in shown for option in gateway_command.OPTIONS) and "--base-url" not in shown


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
    assert (
        by_click
        == by_argparse
        == {
            "port": 8099,
            "new_format": "fatal",
            "webhook_endpoints": ["http://127.0.0.1:1/a"],
            "settle_after": 1.0,
        }
    )


def test_without_its_extra_the_gateway_says_how_to_install_it() -> None:
    source = (
        "import sys; sys.modules['uvicorn'] = None; from lowcodeapi_baseten import cli; sys.exit(cli.main(['gateway']))"
    )
    done = run("-c", source, command=[sys.executable])
    assert (done.code, done.out) == (4, "")
    assert done.err == "error: the local gateway is not installed: pip install 'lowcodeapi-baseten[testing]'\n"
