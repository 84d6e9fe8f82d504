"""Standard input, output and error may be closed, or be the same file as another one: nothing is sent in vain."""

from __future__ import annotations

import errno
import json
import os
import shlex
from pathlib import Path

import pytest
from lowcodeapi_baseten.testing import LocalGateway

from tests.support.shell import COMMAND, Done, run


def in_shell(line: str, gateway: LocalGateway, folder: Path | None = None) -> Done:
    """A bash command line, in which `it` is the command, whatever its path."""
    script = f'it() {{ {shlex.join(COMMAND)} "$@"; }}; {line}'
    return run("-c", script, gateway=gateway, command=["bash"], folder=folder)


@pytest.mark.parametrize(
    "line",
    [
        "it predict production --input 1 >&-",
        "it -v predict production --input 1 >&-",
        "echo 1 | it predict-many production >&-",
        "it models list >&- <&-",
        "it --version >&-",
    ],
)
def test_with_standard_output_closed_nothing_is_sent(line: str) -> None:
    with LocalGateway() as gateway:
        done = in_shell(line, gateway)
        assert not gateway.requests
    assert (done.code, done.out) == (2, "")
    assert done.err == "error: standard output is closed, so the answer would be lost: nothing was sent\n"


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no file that is always full")
@pytest.mark.parametrize("unbuffered", ["", "1"], ids=["buffered", "unbuffered"])
@pytest.mark.parametrize("command", ["", "--help", "--version", "models --help", "models list", "commands"])
def test_a_full_standard_output_is_named_in_one_line(command: str, unbuffered: str) -> None:
    with LocalGateway() as gateway:
        done = in_shell(f"export PYTHONUNBUFFERED={unbuffered}; it {command} > /dev/full", gateway)
    assert done == (1, "", f"error: standard output: {os.strerror(errno.ENOSPC)}\n")


@pytest.mark.parametrize(
    "command",
    [
        "predict production --input -",
        "predict-many production",
        "secrets upsert --name a --value -",
        "models delete abc123",
    ],
)
def test_with_standard_input_closed_what_reads_it_is_refused(command: str) -> None:
    with LocalGateway() as gateway:
        done = in_shell(f"it {command} <&-", gateway)
        assert not gateway.requests
    assert (done.code, done.out, done.err.count("\n")) == (2, "", 1)
    assert "standard input is closed" in done.err or "no terminal to ask on" in done.err


def test_what_reads_no_standard_input_needs_none() -> None:
    with LocalGateway() as gateway:
        done = in_shell("it predict production --input 1 <&-", gateway)
    assert (done.code, done.err, done.json) == (0, "", {"echo": {"input": 1}})


@pytest.mark.parametrize(
    ("line", "code", "out"),
    [
        ("it -v predict production --input 1", 0, {"echo": {"input": 1}}),
        ("echo 1 | it predict-many production", 0, {"index": 0, "output": {"echo": {"input": 1}}}),
        ("it models get nope", 1, None),
        ("it models get", 2, None),
    ],
)
def test_with_standard_error_closed_the_answer_and_the_exit_code_are_the_same(
    line: str, code: int, out: object
) -> None:
    with LocalGateway() as gateway:
        done = in_shell(f"{line} 2>&-", gateway)
    assert (done.code, json.loads(done.out or "null")) == (code, out)


def test_with_all_three_closed_nothing_is_sent() -> None:
    with LocalGateway() as gateway:
        done = in_shell("it predict production --input 1 >&- 2>&- <&-", gateway)
        assert not gateway.requests
    assert done == (2, "", "")


@pytest.mark.parametrize(
    ("line", "stream"),
    [
        ("echo 1 | it predict-many production --checkpoint same.jsonl > same.jsonl", "output"),
        ("echo 1 | it predict-many production --checkpoint link.jsonl >> same.jsonl", "output"),
        ("it predict-many production --checkpoint ./same.jsonl < same.jsonl", "input"),
        (
            "echo 1 | it predict-many production --checkpoint same.jsonl 2>> same.jsonl; "
            "code=$?; cat same.jsonl >&2; exit $code",
            "error",
        ),
    ],
    ids=["written", "appended by another name", "read", "errors"],
)
def test_a_checkpoint_that_is_a_stream_too_is_refused(line: str, stream: str, tmp_path: Path) -> None:
    (tmp_path / "same.jsonl").write_text("1\n")
    (tmp_path / "link.jsonl").symlink_to("same.jsonl")
    with LocalGateway() as gateway:
        done = in_shell(line, gateway, tmp_path)
        assert not gateway.requests
    assert (done.code, done.out) == (2, "")
    assert f"jsonl' is standard {stream} too: give it a file of its own" in done.err
