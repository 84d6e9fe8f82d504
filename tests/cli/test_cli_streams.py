"""The process: its start, and its streams, which may be closed, full, or the same file as another one."""

from __future__ import annotations

import errno
import json
import os
import shlex
import sys
from pathlib import Path

import pytest
from lowcodeapi_baseten import __version__
from lowcodeapi_baseten.testing import LocalGateway

from tests.support.shell import COMMAND, Done, environment, here, run

_MAIN = "from lowcodeapi_baseten.cli import main"


def in_shell(line: str, gateway: LocalGateway, folder: Path | None = None) -> Done:
    """A bash command line, in which `it` is the command, whatever its path."""
    script = f'it() {{ {shlex.join(COMMAND)} "$@"; }}; {line}'
    return run("-c", script, gateway=gateway, command=["bash"], folder=folder)


@pytest.mark.parametrize("missing", ["click", "rich"])
@pytest.mark.parametrize("arguments", [["--help"], ["--version"], ["models", "list"]], ids=" ".join)
def test_without_its_extra_it_says_in_one_line_how_to_install_it(
    missing: str, arguments: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, missing, None)
    line = f"lowcodeapi-baseten: {missing} is not installed: pip install 'lowcodeapi-baseten[cli]'\n"
    assert here(*arguments) == (4, "", line)


@pytest.mark.parametrize(
    ("arguments", "slow"),
    [
        ("--version", {"click", "rich", "httpx", "httpcore", "attr", "attrs", "json", "inspect"}),
        ("--help", {"click", "rich", "httpx", "httpcore", "attr", "attrs", "json", "inspect"}),
        ("api-keys create --help", {"rich", "httpx", "httpcore", "attr", "attrs", "keyring"}),
        ("logs --help", {"rich", "httpx", "httpcore", "attr", "attrs", "keyring"}),
        ("models list", {"keyring"}),
    ],
)
def test_it_imports_what_takes_time_where_it_is_used(arguments: str, slow: set[str], gateway: LocalGateway) -> None:
    source = f"import sys; {_MAIN}; main(sys.argv[1:]); print(*sys.modules, file=sys.stderr)"
    done = run("-c", source, *arguments.split(), command=[sys.executable], gateway=gateway)
    assert not {name.partition(".")[0] for name in done.err.split()} & slow


def test_it_says_its_version_and_without_a_command_it_shows_help() -> None:
    for words in (["--version"], ["--json", "--version"]):
        assert here(*words) == (0, f"lowcodeapi-baseten {__version__}\n", "")
    plain, asked, with_option = here(), here("--help"), here("--json")
    assert plain == asked == with_option
    assert "Workflows:" in plain.out and "deployments" in plain.out
    assert max(len(line) for line in plain.out.splitlines()) < 80


@pytest.mark.parametrize(
    "line", ["it -v predict production --input 1 >&-", "it models list >&- <&-", "it --version >&-"]
)
def test_with_standard_output_closed_nothing_is_sent(gateway: LocalGateway, line: str) -> None:
    done = in_shell(line, gateway)
    assert not gateway.requests and (done.code, done.out) == (2, "")
    assert done.err == "error: standard output is closed, so the answer would be lost: nothing was sent\n"


def test_with_all_three_closed_nothing_is_sent(gateway: LocalGateway) -> None:
    done = in_shell("it predict production --input 1 >&- 2>&- <&-", gateway)
    assert not gateway.requests and done == (2, "", "")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no file that is always full")
@pytest.mark.parametrize(
    ("command", "unbuffered"), [("--help", ""), ("--help", "1"), ("models list", ""), ("commands", "1")]
)
def test_a_full_standard_output_is_named_in_one_line(gateway: LocalGateway, command: str, unbuffered: str) -> None:
    done = in_shell(f"export PYTHONUNBUFFERED={unbuffered}; it {command} > /dev/full", gateway)
    assert done == (1, "", f"error: standard output: {os.strerror(errno.ENOSPC)}\n")


@pytest.mark.parametrize("command", ["predict production --input -", "predict-many production", "models delete abc123"])
def test_with_standard_input_closed_what_reads_it_is_refused(gateway: LocalGateway, command: str) -> None:
    done = in_shell(f"it {command} <&-", gateway)
    assert not gateway.requests
    assert (done.code, done.out, done.err.count("\n")) == (2, "", 1)
    assert "standard input is closed" in done.err or "no terminal to ask on" in done.err


@pytest.mark.parametrize(
    ("line", "code", "out"),
    [
        ("it predict production --input 1 <&-", 0, {"echo": {"input": 1}}),
        ("it -v predict production --input 1 2>&-", 0, {"echo": {"input": 1}}),
        ("echo 1 | it predict-many production 2>&-", 0, {"index": 0, "output": {"echo": {"input": 1}}}),
        ("it models get nope 2>&-", 1, None),
    ],
)
def test_without_the_others_the_answer_and_the_exit_code_are_the_same(
    gateway: LocalGateway, line: str, code: int, out: object
) -> None:
    done = in_shell(line, gateway)
    assert (done.code, done.err, json.loads(done.out or "null")) == (code, "", out)


@pytest.mark.parametrize(
    ("line", "stream"),
    [
        ("echo 1 | it predict-many production --checkpoint link.jsonl >> same.jsonl", "output"),
        ("it predict-many production --checkpoint ./same.jsonl < same.jsonl", "input"),
        (
            "echo 1 | it predict-many production --checkpoint same.jsonl 2>> same.jsonl; "
            "code=$?; cat same.jsonl >&2; exit $code",
            "error",
        ),
    ],
    ids=["appended by another name", "read", "errors"],
)
def test_a_checkpoint_that_is_a_stream_too_is_refused(
    gateway: LocalGateway, line: str, stream: str, tmp_path: Path
) -> None:
    (tmp_path / "same.jsonl").write_text("1\n")
    (tmp_path / "link.jsonl").symlink_to("same.jsonl")
    done = in_shell(line, gateway, tmp_path)
    assert not gateway.requests and (done.code, done.out) == (2, "")
    assert f"jsonl' is standard {stream} too: give it a file of its own" in done.err


@pytest.mark.parametrize(
    ("encoding", "arguments"),
    [
        *((encoding, ["predict", "production", "--input", '"é 漢 🎉"']) for encoding in ("cp1252", "gbk", "ascii")),
        ("ascii", ["--help"]),
        ("ascii", ["models", "list"]),
        ("ascii", ["doctor"]),
    ],
    ids=str,
)
def test_a_pipe_gets_utf_8_whatever_the_system_writes(
    gateway: LocalGateway, encoding: str, arguments: list[str]
) -> None:
    done = run(*arguments, gateway=gateway, env={"PYTHONIOENCODING": encoding})
    assert (done.code, done.err) == (0, "") and done.out
    if arguments[0] == "predict":
        assert done.json == {"echo": {"input": "é 漢 🎉"}}


def test_an_error_is_written_in_any_encoding() -> None:
    env = environment(None, {"PYTHONIOENCODING": "ascii", "LOWCODEAPI_API_TOKEN": "a-token"})
    done = run("models", "get", "漢", env=env)
    assert done.code == 2 and "got '\\u6f22'" in done.err


def test_bytes_are_printed_unchanged(gateway: LocalGateway) -> None:
    gateway.predict = lambda body: (b"\r\n\x00\x1b", "image/png")
    done = in_shell("it predict production --input 1 | od -An -tx1", gateway)
    assert (done.code, done.out.split()) == (0, ["0d", "0a", "00", "1b"])
