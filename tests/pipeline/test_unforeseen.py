"""A bug of codegen itself: one line with the stage and the place, exit 1; `--debug` shows the rest."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from codegen import cli, pipeline, update
from codegen.diff import command as diff_command
from codegen.fetch import backend
from codegen.overlay import overlay
from codegen.package import effects, parse
from codegen.pair import pair, pasted
from codegen.render import render
from codegen.repair import repair, schemas
from tests.support.pairs import in_turn
from tests.support.small_documents import Json, body, document, operation, parameter, store
from tests.support.tables import one_test

SMALL = document({"/a/{b}": {"post": operation(parameters=[parameter("b", "path")], requestBody=body({"c": {}}))}})


def broken(*given: Any, **named: Any) -> Any:
    raise KeyError("of\x1b[31m the\nfault")


def broken_at_c(schema: Json) -> int:
    return broken() if schema == {} else 0


POST = "POST /a/{b}"
STAGES: list[tuple[Any, str, str]] = [
    (repair, "repair", "repair openapi.json: "),
    (pair, "pair", "pair: "),
    (overlay, "apply", "overlay: "),
    (parse, "parse", "parse: "),
    (render, "render", "render: "),
    (pasted, "route", f"pair: {POST}: "),
    (effects, "safety", f"parse: {POST}: "),
]


def run(folder: Path, command: str, *more: str) -> int:
    arguments = {
        "generate": ["--out", str(folder / "out")],
        "check": ["--out", str(folder / "out")],
        "diff": [str(folder / "small"), str(folder / "small")],
        "fetch": ["--base-url", "http://127.0.0.1:1"],
    }[command]
    return cli.main([command, *arguments, "--provider", "small", "--specs", str(folder), *more])


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    store(tmp_path / "small", SMALL)
    return tmp_path


def said(capsys: pytest.CaptureFixture[str]) -> list[str]:
    lines = capsys.readouterr().err.splitlines()
    assert all(line.isprintable() for line in lines)
    return lines


@in_turn(stage=STAGES, command=["generate", "check"])
def test_a_fault_of_a_stage_is_one_line_with_its_place(
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    command: str,
    stage: tuple[Any, str, str],
) -> None:
    module, name, where = stage
    monkeypatch.setattr(module, name, broken)
    assert run(folder, command) == 1
    (line,) = said(capsys)
    assert line.startswith(f"codegen {command}: {where}KeyError (of")
    assert line.endswith("this is a fault of codegen, please report it; --debug shows where it happened")
    assert not (folder / "out").exists()
    assert run(folder, command, "--debug") == 1
    first, *_, last = said(capsys)
    assert (first, last) == ("Traceback (most recent call last):", line)


def test_a_fault_in_a_schema_is_told_with_its_place(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(schemas.RULES, "new-rule", broken_at_c)
    assert run(folder, "generate") == 1
    (line,) = said(capsys)
    assert line.startswith(f"codegen generate: repair openapi.json: {POST}, body, properties/c: KeyError")


OTHERS: list[tuple[str, Any, str]] = [
    ("diff", pair, "pair"),
    ("diff", diff_command, "compare"),
    ("fetch", backend, "_download"),
    ("update", update, "update"),
]


@pytest.mark.parametrize(("command", "module", "name"), OTHERS)
def test_the_other_commands_end_the_same(
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    command: str,
    module: Any,
    name: str,
) -> None:
    monkeypatch.setattr(module, name, broken)
    assert (cli.main(["update", "--no-fetch"]) if command == "update" else run(folder, command)) == 1
    (line,) = said(capsys)
    assert line.startswith(f"codegen {command}: ")
    assert "KeyError" in line


@one_test
@pytest.mark.parametrize("command", ["fetch", "generate", "check", "diff", "update"])
def test_every_command_takes_debug(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        cli.main([command, "--help"])
    assert "--debug" in capsys.readouterr().out


def test_ctrl_c_is_one_word(folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    def interrupted(*given: Any, **named: Any) -> Any:
        raise KeyboardInterrupt

    monkeypatch.setattr(pipeline, "generate", interrupted)
    assert run(folder, "generate") == 130
    assert said(capsys) == ["codegen generate: interrupted"]
