"""Screens of every group at 80 and at 200 columns, as people read them, replayed against the local gateway.

With `UPDATE_TRANSCRIPTS=1` a replay updates the file; read it before committing.
"""

from __future__ import annotations

import os
import re
import shlex
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from lowcodeapi_baseten.cli.overview import resources
from lowcodeapi_baseten.testing import LocalGateway

from tests.support.shell import on_screen

SCREENS = Path(__file__).parent / "screens"
FILES = sorted(SCREENS.glob("*.txt"))
# Varying text → its stand-in, which is as long.
_VOLATILE = [(re.compile(r"(?<=http://127\.0\.0\.1:)\d+"), "PORTS"), (re.compile(r"(?<=Signature=)[0-9a-f]+"), "abc")]


@pytest.fixture(autouse=True)
def utc(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    with monkeypatch.context() as patch:
        patch.setenv("TZ", "UTC")
        time.tzset()
        yield
    time.tzset()


def commands(text: str) -> list[str]:
    return [line for line in text.splitlines() if line.startswith("$ ")]


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_a_group_looks_as_it_was_read(file: Path) -> None:
    written = file.read_text(encoding="utf-8")
    width = int(file.stem.rpartition("-")[2])
    shown, rows = list[str](), list[str]()
    with LocalGateway(empty_answers="answered") as gateway:
        for line in commands(written):
            screen = on_screen(*shlex.split(line)[2:], gateway=gateway, width=width)
            for pattern, word in _VOLATILE:
                screen = pattern.sub(word, screen)
            lines = [row.rstrip() for row in screen.splitlines()]
            shown += [line, *lines, ""]
            # An error is one line for whoever copies it.
            rows += [row for row in lines if not row.startswith("error: ") and "--help" not in line]
    now = "\n".join(shown)
    if os.environ.get("UPDATE_TRANSCRIPTS"):
        file.write_text(now, encoding="utf-8")
    else:
        assert now == written
    assert max(map(len, rows)) <= width


def test_every_group_has_its_screens_with_the_same_commands_in_both_widths() -> None:
    assert {file.stem for file in FILES} == {
        f"{group}-{width}" for group in [*resources(), "workflows"] for width in (80, 200)
    }
    for group in [*resources(), "workflows"]:
        narrow, broad = (commands((SCREENS / f"{group}-{width}.txt").read_text()) for width in (80, 200))
        assert narrow == broad and narrow, group
