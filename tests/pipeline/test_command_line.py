"""The command line of codegen: output and exit codes."""

from __future__ import annotations

from pathlib import Path

import pytest

from codegen import cli
from tests.support.small_documents import document, operation, store


def ended(*arguments: str) -> int:
    """The exit code, also if argparse ends the program itself."""
    try:
        return cli.main(arguments)
    except SystemExit as end:
        return int(end.code or 0)


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--help"], ["fetch ", "generate ", "A first run:", "After an update:", "Exit codes: 0 done, 1 ", "2 ", "3 "]),
        (["generate", "--help"], ["--provider", "default: baseten", "--specs", "--out", "no network"]),
        (["check", "--help"], ["--provider", "--specs", "--out", "no network"]),
        (["fetch", "--help"], ["--provider", "--specs", "--base-url", "LOWCODEAPI_BACKEND_URL", "--allow-shrink"]),
    ],
)
def test_help_teaches(capsys: pytest.CaptureFixture[str], arguments: list[str], says: list[str]) -> None:
    assert ended(*arguments) == 0
    said = capsys.readouterr().out
    assert all(words in said for words in says)


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["render"],
        ["generate", "--base-url", "https://a.example"],
        ["check", "--allow-shrink"],
        ["fetch", "--out", "x"],
        *(["generate", "--provider", name] for name in ("", "../baseten", "Baseten", "a/b", "a\nb", "-x", "x" * 65)),
    ],
)
def test_wrong_arguments_end_with_2(capsys: pytest.CaptureFixture[str], arguments: list[str]) -> None:
    assert ended(*arguments) == 2
    assert "error: " in capsys.readouterr().err.splitlines()[-1]


@pytest.mark.parametrize("command", ["generate", "check"])
@pytest.mark.parametrize(
    ("definition", "says"),
    [
        (None, "neither openapi.json nor definition.json is there"),
        ('{"paths": 1}', "definition.json: /paths: not an object"),
        ('{"paths": {"/\\u001b[31m": 1, "/\\u001b[31m": 2}}', "at /paths/~1\\x1b[31m"),
    ],
)
def test_a_document_that_is_not_right_ends_with_1_and_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], command: str, definition: str | None, says: str
) -> None:
    (tmp_path / "odd").mkdir()
    if definition is not None:
        (tmp_path / "odd" / "definition.json").write_text(definition)
    out = tmp_path / "out"
    assert ended(command, "--provider", "odd", "--specs", str(tmp_path), "--out", str(out)) == 1
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith(f"codegen {command}: ")
    assert says in line
    assert line.isprintable()
    assert not out.exists()


def test_an_output_folder_that_can_not_be_is_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "file"
    file.write_text("")
    store(tmp_path / "small", document({"/a": {"get": operation()}}))
    assert ended("generate", "--provider", "small", "--specs", str(tmp_path), "--out", str(file)) == 1
    (line,) = capsys.readouterr().err.splitlines()
    assert "can't be written" in line


def test_a_provider_without_an_overlay_is_generated_and_what_its_document_says_is_shown_and_not_obeyed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    openapi = document({"/\x1b[31m\n": {"get": operation()}})
    store(tmp_path / "pet-shop", openapi, document({}))
    arguments = ["--provider", "pet-shop", "--specs", str(tmp_path), "--out", str(tmp_path / "out")]
    assert (ended("generate", *arguments), ended("check", *arguments)) == (0, 0)
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["API.md", "lowcodeapi_pet_shop_api"]
    said = capsys.readouterr().out
    assert "overlay  0 actions" in said
    assert "GET /\\x1b[31m is in openapi.json only" in said
    assert all(line.isprintable() for line in said.splitlines())
