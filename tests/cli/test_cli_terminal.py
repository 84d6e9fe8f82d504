"""The command line on a terminal: colours, prompts, progress, narrow windows; Ctrl-C and typing on a real one."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from lowcodeapi_baseten.testing import LocalGateway

from tests.support.shell import Terminal, here, on_screen, plain, terminal_here

DELETE = ["models", "delete", "abc123"]
LOGS = ["logs", "proj_123", "job_456", "--follow"]


def test_people_see_a_table_as_wide_as_their_window(gateway: LocalGateway) -> None:
    with terminal_here(width=50) as (streams, screen):
        done = here("models", "list", gateway=gateway, given=streams.fileno(), out=streams, err=streams)
        shown = screen()
    assert done.code == 0 and "\x1b[1m" in shown
    rows = plain(shown).splitlines()
    assert re.match(r"id +name +deployments", rows[0]) and max(map(len, rows)) <= 50
    assert "no room for production, development; --wide shows all" in " ".join(" ".join(rows).split())


@pytest.mark.parametrize("width", [30, 60])
@pytest.mark.parametrize("arguments", [["deployments", "list", "abc123"], ["metrics", "proj_123", "job_456"]])
def test_nothing_is_wider_than_a_narrow_window(gateway: LocalGateway, arguments: list[str], width: int) -> None:
    screen = on_screen(*arguments, gateway=gateway, width=width)
    assert screen.strip() and max(map(len, screen.splitlines())) <= width


@pytest.mark.parametrize("setting", [{}, {"NO_COLOR": "1"}, {"TERM": "dumb"}], ids=str)
def test_there_is_no_colour_where_nobody_wants_it(gateway: LocalGateway, setting: dict[str, str]) -> None:
    for words in (["doctor"], ["models", "get", "nope"], [*LOGS, "--interval", "0.01"]):
        done = here(*words, gateway=gateway, env=setting, width=80)
        assert bool(re.search(r"\x1b\[[0-9;]*3[0-9]m", done.out + done.err)) == (not setting), done
        assert setting != {"TERM": "dumb"} or "\x1b" not in done.out + done.err


@pytest.mark.parametrize(
    ("keys", "code", "count"), [("y\n", 0, 1), ("YES\n", 0, 1), ("n\n", 2, 0), ("\n", 2, 0), ("", 2, 0)]
)
def test_what_destroys_asks_first(gateway: LocalGateway, keys: str, code: int, count: int) -> None:
    done = here(*DELETE, gateway=gateway, given=keys, width=80)
    assert done.code == code and gateway.count("models.delete") == count
    assert done.err.startswith("models delete abc123: this can't be taken back. Go on? [y/N] ")


def test_yes_is_not_asked_again(gateway: LocalGateway) -> None:
    assert "Go on?" not in on_screen(*DELETE, "--yes", gateway=gateway)


def test_a_secret_that_is_missing_is_asked_for_without_echo(
    gateway: LocalGateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []

    def getpass(prompt: str) -> str:
        asked.append(prompt)
        return "hush-hush"

    monkeypatch.setattr("getpass.getpass", getpass)
    done = here("secrets", "upsert", "--name", "a", gateway=gateway, width=80)
    assert done.code == 0 and "hush-hush" not in done.out + done.err
    assert (asked, gateway.baseten.secrets["a"].value) == (["value: "], "hush-hush")


def test_ctrl_c_at_a_question_ends_it_with_130_and_nothing_is_sent(
    gateway: LocalGateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    def readline(_: Any) -> str:
        raise KeyboardInterrupt

    monkeypatch.setattr("tests.support.shell._Stream.readline", readline)
    done = here(*DELETE, gateway=gateway, width=80)
    assert done.code == 130 and "[y/N]" in done.err and "Traceback" not in done.err
    assert gateway.count("models.delete") == 0


def test_who_stops_following_learns_where_to_go_on(gateway: LocalGateway) -> None:
    with Terminal(*LOGS, "--interval", "9", gateway=gateway) as terminal:
        terminal.expect("Starting training job")
        terminal.type("\x03")
        assert terminal.end() == 130
    found = re.search(r"go on with --since (\S+)", terminal.screen)
    assert found and "Traceback" not in terminal.screen
    rest = on_screen(*LOGS, "--interval", "0.01", "--since", found[1], gateway=gateway)
    assert "Starting training job" not in rest and "step=8" in rest
    assert rest.endswith("the job has ended: TRAINING_JOB_COMPLETED\n")


def test_a_wait_tells_each_state_once(gateway: LocalGateway) -> None:
    screen = on_screen("submit", "development", "--input", "{}", "--wait", "--interval", "0.01", gateway=gateway)
    told = re.findall(r"^async_\w+: (\w+)$", screen, re.MULTILINE)
    assert told == ["QUEUED", "IN_PROGRESS", "SUCCEEDED"]


def test_a_download_shows_progress_on_standard_error(gateway: LocalGateway, tmp_path: Path) -> None:
    done = here("download", "proj_123", "job_456", "--to", str(tmp_path), gateway=gateway, width=70)
    assert "artifacts.tgz" in done.err and "━" in done.err
    assert done.out.strip() == str(tmp_path / "artifacts.tgz") and (tmp_path / "artifacts.tgz").is_file()


def test_the_doctor_marks_what_is_wrong_and_says_what_to_do(gateway: LocalGateway) -> None:
    wrong: dict[str, Any] = {"LOWCODEAPI_API_TOKEN": "lca-another-0123456789"}
    done = here("doctor", gateway=gateway, env=wrong, width=100)
    shown = plain(done.out)
    assert done.code == 1 and "check the token" in shown
    assert re.search(r"^ok +token", shown, re.MULTILINE)
    assert re.search(r"^no +gateway +.*401", shown, re.MULTILINE)
