"""The process: its start, and its streams, which may be closed, full, or the same file as another one."""

from __future__ import annotations

import errno
import os
import shlex
import sys
from pathlib import Path

import pytest
from lowcodeapi_baseten import __version__
from lowcodeapi_baseten.testing import LocalGateway

from tests.support.shell import COMMAND, Done, here, run, standing_for

_ANY = '"é 漢 🎉"'


def in_shell(line: str, gateway: LocalGateway) -> Done:
    """A bash command line, in which `it` is the command, whatever its path."""
    script = f'it() {{ {shlex.join(COMMAND)} "$@"; }}; {line}'
    return run("-c", script, gateway=gateway, command=["bash"])


@pytest.mark.parametrize("missing", ["click", "rich"])
@pytest.mark.parametrize("arguments", [["--help"], ["--version"], ["models", "list"]], ids=" ".join)
def test_without_its_extra_it_says_in_one_line_how_to_install_it(
    missing: str, arguments: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, missing, None)
    line = f"lowcodeapi-baseten: {missing} is not installed: pip install 'lowcodeapi-baseten[cli]'\n"
    assert here(*arguments) == (4, "", line)


_HEAVY = {"rich", "httpx", "httpcore", "attr", "attrs", "keyring", "logging", "tempfile"}
# In the order of one process, each with what it and those before it have no use for.
_IMPORTS = {
    "--version": {*_HEAVY, "click", "json", "inspect"},
    "--help": {*_HEAVY, "click", "json", "inspect"},
    "api-keys create --help": _HEAVY,
    "logs --help": _HEAVY,
    "models list": {"keyring"},
}


def test_it_imports_what_takes_time_where_it_is_used(gateway: LocalGateway) -> None:
    source = (
        "import sys; from lowcodeapi_baseten.cli import main\n"
        "for line in sys.argv[1:]: main(line.split()); print(*sys.modules, file=sys.stderr)"
    )
    done = run("-c", source, *_IMPORTS, command=[sys.executable], gateway=gateway)
    for (line, slow), modules in zip(_IMPORTS.items(), done.err.splitlines(), strict=True):
        assert not {name.partition(".")[0] for name in modules.split()} & slow, line


def test_it_says_its_version_and_without_a_command_it_shows_help() -> None:
    for words in (["--version"], ["--json", "--version"]):
        assert here(*words) == (0, f"lowcodeapi-baseten {__version__}\n", "")
    plain, asked, with_option = here(), here("--help"), here("--json")
    assert plain == asked == with_option
    assert "Workflows:" in plain.out and "deployments" in plain.out
    assert max(len(line) for line in plain.out.splitlines()) < 80


@pytest.mark.parametrize(
    ("closed", "said"),
    [
        (">&- <&-", "error: standard output is closed, so the answer would be lost: nothing was sent\n"),
        (">&- 2>&- <&-", ""),
    ],
)
def test_with_standard_output_closed_nothing_is_sent(gateway: LocalGateway, closed: str, said: str) -> None:
    done = in_shell(f"it -v predict production --input 1 {closed}", gateway)
    assert not gateway.requests and done == (2, "", said)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no file that is always full")
@pytest.mark.parametrize(("command", "unbuffered"), [("--help", ""), ("commands", "1")])
def test_a_full_standard_output_is_named_in_one_line(gateway: LocalGateway, command: str, unbuffered: str) -> None:
    done = in_shell(f"export PYTHONUNBUFFERED={unbuffered}; it {command} > /dev/full", gateway)
    assert done == (1, "", f"error: standard output: {os.strerror(errno.ENOSPC)}\n")


@pytest.mark.parametrize("command", ["predict production --input -", "predict-many production", "models delete abc123"])
def test_with_standard_input_closed_what_reads_it_is_refused(gateway: LocalGateway, command: str) -> None:
    done = here(*command.split(), gateway=gateway, given=None)
    assert not gateway.requests
    assert (done.code, done.out, done.err.count("\n")) == (2, "", 1)
    assert "standard input is closed" in done.err or "no terminal to ask on" in done.err


def test_without_the_others_the_answer_and_the_exit_code_are_the_same(gateway: LocalGateway) -> None:
    line = f"export PYTHONIOENCODING=ascii; it -v predict production --input {shlex.quote(_ANY)} <&- 2>&-"
    done = in_shell(line, gateway)
    assert (done.code, done.err, done.json) == (0, "", {"echo": {"input": "é 漢 🎉"}})
    assert in_shell("it models get 2>&-", gateway) == (2, "", "")


@pytest.mark.parametrize(
    ("number", "name", "way", "stream"),
    [(1, "link.jsonl", "a", "output"), (0, "./same.jsonl", "r", "input"), (2, "same.jsonl", "a", "error")],
)
def test_a_checkpoint_that_is_a_stream_too_is_refused(
    gateway: LocalGateway,
    number: int,
    name: str,
    way: str,
    stream: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("same.jsonl").write_text("1\n")
    Path("link.jsonl").symlink_to("same.jsonl")
    with open("same.jsonl", way) as same, standing_for(number, same.fileno()):
        done = here("predict-many", "production", "--checkpoint", name, gateway=gateway, given=None)
    assert not gateway.requests and (done.code, done.out) == (2, "")
    assert f"jsonl' is standard {stream} too: give it a file of its own" in done.err


@pytest.mark.parametrize("encoding", ["cp1252", "gbk", "ascii"])
def test_a_pipe_gets_utf_8_whatever_the_system_writes(gateway: LocalGateway, encoding: str) -> None:
    for words in (["predict", "production", "--input", _ANY], ["--help"], ["models", "list"], ["doctor"]):
        done = here(*words, gateway=gateway, encoding=encoding)
        assert (done.code, done.err) == (0, "") and done.out
        assert words[0] != "predict" or done.json == {"echo": {"input": "é 漢 🎉"}}


def test_an_error_is_written_in_any_encoding(gateway: LocalGateway) -> None:
    done = here("models", "get", "漢", gateway=gateway, encoding="ascii")
    assert done.code == 2 and "got '\\u6f22'" in done.err


def test_bytes_are_printed_unchanged(gateway: LocalGateway) -> None:
    gateway.predict = lambda body: (b"\r\n\x00\x1b", "image/png")
    done = here("predict", "production", "--input", "1", gateway=gateway)
    assert (done.code, done.out) == (0, "\r\n\x00\x1b")
