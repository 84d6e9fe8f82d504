"""The command line on a real terminal: tables, colours, prompts, progress, Ctrl-C, narrow windows."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from lowcodeapi_baseten.testing import FaultPlan, LocalGateway

from tests.support.shell import Terminal

_COLOURS = re.compile(r"\x1b\[[0-9;]*m")


@pytest.fixture
def gateway() -> Iterator[LocalGateway]:
    with LocalGateway(empty_answers="answered") as gateway:
        yield gateway


def _shown(*arguments: str, **options: Any) -> str:
    """The screen at the end of a command that succeeds."""
    with Terminal(*arguments, **options) as terminal:
        assert terminal.end() == 0, terminal.screen
        return terminal.screen


def test_people_see_a_table_and_what_had_no_room_is_named(gateway: LocalGateway) -> None:
    screen = _shown("models", "list", gateway=gateway, width=50)
    assert "\x1b[1m" in screen
    plain = _COLOURS.sub("", screen)
    assert re.search(r"^id +name +deployments", plain)
    assert re.search(r"^model_abc123 +my-other-model +3", plain, re.MULTILINE)
    assert "no room for production, development; --wide shows all" in " ".join(plain.split())
    assert max(map(len, plain.splitlines())) <= 50


@pytest.mark.parametrize("width", [30, 60])
@pytest.mark.parametrize("arguments", [["deployments", "list", "abc123"], ["metrics", "proj_123", "job_456"]])
def test_nothing_is_wider_than_a_narrow_window(gateway: LocalGateway, arguments: list[str], width: int) -> None:
    screen = _COLOURS.sub("", _shown(*arguments, gateway=gateway, width=width))
    assert screen.strip() and max(map(len, screen.splitlines())) <= width


@pytest.mark.parametrize(
    ("arguments", "setting"),
    [
        (["models", "list"], {"TERM": "dumb"}),
        (["doctor"], {"NO_COLOR": "1"}),
        (["logs", "proj_123", "job_456", "-f", "--interval", "0.01"], {"NO_COLOR": "1"}),
        (["logs", "proj_123", "job_456", "-f", "--interval", "0.01"], {"TERM": "dumb"}),
    ],
)
def test_there_is_no_colour_where_nobody_wants_it(
    gateway: LocalGateway, arguments: list[str], setting: dict[str, str]
) -> None:
    screen = _shown(*arguments, gateway=gateway, env=setting)
    assert not re.search(r"\x1b\[[0-9;]*3[0-9]m", screen)
    assert setting != {"TERM": "dumb"} or "\x1b" not in screen


def test_json_is_plain_on_a_terminal_too(gateway: LocalGateway) -> None:
    assert json.loads(_shown("models", "get", "abc123", "--json", gateway=gateway))["id"] == "abc123"


def test_an_error_is_red_unless_nobody_wants_colour(gateway: LocalGateway) -> None:
    for setting, start in (
        ({}, "\x1b[31merror:\x1b[0m models.get: 404"),
        ({"NO_COLOR": "1"}, "error: models.get: 404"),
    ):
        with Terminal("models", "get", "nope", gateway=gateway, env=setting) as terminal:
            assert terminal.end() == 1
            assert terminal.screen.startswith(start)


@pytest.mark.parametrize(("keys", "code", "count"), [("y\n", 0, 1), ("n\n", 2, 0), ("\n", 2, 0), ("\x04", 2, 0)])
def test_what_destroys_asks_first(gateway: LocalGateway, keys: str, code: int, count: int) -> None:
    with Terminal("models", "delete", "abc123", gateway=gateway) as terminal:
        terminal.expect("models delete abc123: this can't be taken back. Go on? [y/N] ")
        terminal.type(keys)
        assert terminal.end() == code, terminal.screen
    assert gateway.count("models.delete") == count


def test_yes_is_not_asked_again(gateway: LocalGateway) -> None:
    assert "Go on?" not in _shown("models", "delete", "abc123", "--yes", gateway=gateway)


def test_a_secret_is_not_shown_while_it_is_typed(gateway: LocalGateway) -> None:
    with Terminal("secrets", "upsert", "--name", "a", gateway=gateway) as terminal:
        terminal.expect("value: ")
        terminal.type("hush-hush\n")
        assert terminal.end() == 0
        assert "hush-hush" not in terminal.screen
    assert gateway.baseten.secrets["a"].value == "hush-hush"


@pytest.mark.parametrize(
    "arguments",
    [["models", "list"], ["predict", "production", "--input", "1"], ["wait", "request", "r1"], ["wake", "abc123"]],
)
def test_ctrl_c_ends_a_call_with_130_and_no_traceback(arguments: list[str]) -> None:
    silent = LocalGateway(faults=FaultPlan(rates={"stall": 1.0}))
    with silent as gateway, Terminal(*arguments, "-v", gateway=gateway) as terminal:
        terminal.expect("> ")
        terminal.type("\x03")
        assert terminal.end() == 130
        assert "Traceback" not in terminal.screen and gateway.api_token not in terminal.screen


def test_ctrl_c_at_a_question_is_a_no(gateway: LocalGateway) -> None:
    with Terminal("models", "delete", "abc123", gateway=gateway) as terminal:
        terminal.expect("[y/N]")
        terminal.type("\x03")
        assert terminal.end() == 130
    assert gateway.count("models.delete") == 0


def test_who_stops_following_learns_where_to_go_on(gateway: LocalGateway) -> None:
    with Terminal("logs", "proj_123", "job_456", "--follow", "--interval", "9", gateway=gateway) as terminal:
        terminal.expect("Starting training job")
        terminal.type("\x03")
        assert terminal.end() == 130
        found = re.search(r"go on with --since (\S+)", terminal.screen)
    assert found and "Traceback" not in terminal.screen
    rest = _shown("logs", "proj_123", "job_456", "-f", "--interval", "0.01", "--since", found[1], gateway=gateway)
    assert "Starting training job" not in rest and "step=8" in rest
    assert rest.endswith("the job has ended: TRAINING_JOB_COMPLETED\n")


def test_a_wait_tells_each_state_once(gateway: LocalGateway) -> None:
    arguments = ["submit", "development", "--input", "{}", "--wait", "--interval", "0.01"]
    screen = _shown(*arguments, gateway=gateway)
    told = re.findall(r"^async_\w+: (\w+)$", screen, re.MULTILINE)
    assert told == ["QUEUED", "IN_PROGRESS", "SUCCEEDED"]


def test_a_download_shows_progress_on_standard_error(gateway: LocalGateway, tmp_path: Path) -> None:
    screen = _shown("download", "proj_123", "job_456", "--to", str(tmp_path), gateway=gateway, width=70)
    assert "artifacts.tgz" in screen and "━" in screen
    assert screen.endswith(f"{tmp_path / 'artifacts.tgz'}\n")
    assert (tmp_path / "artifacts.tgz").is_file()


def test_metrics_are_plotted(gateway: LocalGateway) -> None:
    gateway.baseten.training_jobs["job_456"].step = 5
    screen = _shown("metrics", "proj_123", "job_456", gateway=gateway, width=60)
    assert "gpu_utilization gpu 0" in screen and "│" in screen


def test_what_the_gateway_says_moves_no_cursor() -> None:
    evil = "\x1b[2J\x1b]0;owned\x07\x9b31m"
    with LocalGateway(predict=lambda body: (evil, "text/plain")) as gateway:
        text = _shown("predict", "production", "--input", "1", gateway=gateway)
        gateway.predict = lambda body: {evil: [evil]}
        table = _shown("predict", "production", "--input", "1", gateway=gateway)
        as_json = _shown("predict", "production", "--input", "1", "--json", gateway=gateway)
    for screen in (text, table, as_json):
        assert "owned" in screen
        assert not set(_COLOURS.sub("", screen)) & {"\x1b", "\x07", "\x9b"}


def test_bytes_are_not_let_loose_on_a_terminal() -> None:
    arguments = ["predict", "production", "--input", "1"]
    answering = LocalGateway(predict=lambda body: (b"\x00\x01", "application/octet-stream"))
    with answering as gateway, Terminal(*arguments, gateway=gateway) as terminal:
        assert terminal.end() == 1
        assert "2 bytes that are not text: write them to a file with > FILE" in terminal.screen


def test_the_doctor_marks_what_is_wrong_and_says_what_to_do(gateway: LocalGateway) -> None:
    with Terminal("doctor", gateway=gateway, env={"LOWCODEAPI_API_TOKEN": "lca-another-0123456789"}) as terminal:
        assert terminal.end() == 1
        plain = _COLOURS.sub("", terminal.screen)
    assert re.search(r"^ok +token", plain, re.MULTILINE)
    assert re.search(r"^no +gateway +.*401", plain, re.MULTILINE)
    assert "check the token" in plain
