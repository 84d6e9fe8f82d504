"""The guide's examples as shell sessions, and screens of every group at 80 and at 200 columns, as people read them.

They are replayed against the local gateway. With `UPDATE_TRANSCRIPTS=1` a replay updates the file; read it before
committing.
"""

from __future__ import annotations

import itertools
import os
import re
import shlex
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from lowcodeapi_baseten.cli.overview import resources
from lowcodeapi_baseten.testing import LocalGateway

from codegen import pipeline
from codegen.document import reading
from tests.support.shell import Done, environment, here, on_screen
from tests.support.small_documents import BASETEN

SCREENS = sorted((Path(__file__).parent / "screens").glob("*.txt"))
SESSIONS = sorted((Path(__file__).parent / "transcripts").glob("*.txt"))
_CURL = re.compile(r'# curl -X (\w+) "(\S+)"')
# Varying text → its stand-in; in screens it is as long.
_ON_SCREEN = {r"(?<=http://127\.0\.0\.1:)\d+": "PORTS", r"(?<=Signature=)[0-9a-f]+": "abc"}
_IN_SESSIONS = {
    r"http://127\.0\.0\.1:\d+": "http://127.0.0.1:PORT",
    r"after \d+\.\d+ s": "after 0.00 s",
    r'"(prefix|new_prefix)": "(?!abcd1234)[0-9a-f]{8}"': r'"\1": "PREFIX"',
}


@pytest.fixture(autouse=True)
def utc(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    with monkeypatch.context() as patch:
        patch.setenv("TZ", "UTC")
        time.tzset()
        yield
    time.tzset()


def steady(text: str, stand_ins: dict[str, str]) -> str:
    for pattern, word in stand_ins.items():
        text = re.sub(pattern, word, text)
    return text


def compare(file: Path, written: str, now: str) -> None:
    if os.environ.get("UPDATE_TRANSCRIPTS"):
        file.write_text(now, encoding="utf-8")
    else:
        assert now == written


def commands(text: str) -> list[str]:
    return [line for line in text.splitlines() if line.startswith("$ ")]


def screens(text: str) -> list[str]:
    """The screens of a file, each below its command."""
    return re.split(r"\n\n(?=\$ )", text.removesuffix("\n"))


def may_have_other_help() -> bool:
    """True if the documents are not those of which the screens show the help: they may have other operations."""
    return reading.load(pipeline.SPECS / "baseten") != BASETEN


@pytest.mark.parametrize("file", SCREENS, ids=lambda file: file.stem)
def test_a_group_looks_as_it_was_read(file: Path, gateway: LocalGateway) -> None:
    written = file.read_text(encoding="utf-8")
    width = int(file.stem.rpartition("-")[2])
    shown = []
    has_other_help = may_have_other_help()
    for known in screens(written):
        line = known.partition("\n")[0]
        screen = steady(on_screen(*shlex.split(line)[2:], gateway=gateway, width=width), _ON_SCREEN)
        rows = [row.rstrip() for row in screen.splitlines()]
        shown.append(known if has_other_help and "--help" in line else "\n".join([line, *rows]))
        # An error is one line for whoever copies it.
        assert "--help" in line or all(len(row) <= width or row.startswith("error: ") for row in rows)
    compare(file, written, "\n\n".join(shown) + "\n")


def test_every_group_has_its_screens_with_the_same_commands_in_both_widths() -> None:
    groups = [*resources(), "workflows"]
    assert {file.stem for file in SCREENS} == {f"{group}-{width}" for group in groups for width in (80, 200)}
    for broad, narrow in zip(SCREENS[::2], SCREENS[1::2], strict=True):
        assert commands(broad.read_text()) == commands(narrow.read_text()) != []


def replayed(line: str, folder: Path, env: dict[str, str]) -> Done:
    """A line of a shell: our command in this process, what stands before and after it in a shell."""

    def shell(line: str, given: str = "") -> Done:
        done = subprocess.run(["sh", "-c", line], cwd=folder, env=env, input=given, text=True, capture_output=True)
        return Done(done.returncode, done.stdout, done.stderr)

    before, ours, rest = line.partition("lowcodeapi-baseten ")
    if not ours:
        return shell(line)
    rest, pipe, after = rest.partition(" | ")
    rest, _, to = rest.partition(" > ")
    words, _, source = rest.partition(" < ")
    given = shell(f"cat {source}" if source else before.removesuffix("| ")).out if before or source else ""
    done = here(*(os.path.expandvars(word) for word in shlex.split(words)), given=given, env=env)
    if not pipe and not to:
        return done
    code, out, _ = shell(after or f"cat > {to}", done.out)
    return Done(code if pipe else done.code, out, done.err)


def session(text: str, folder: Path, env: dict[str, str]) -> Iterator[str]:
    """The session as it runs now."""
    for before, line in itertools.pairwise(["", *text.splitlines()]):
        if line.startswith("$ "):
            done = replayed(line[2:], folder, env)
            yield line
            yield from steady(done.err + done.out, _IN_SESSIONS).splitlines()
            if done.code:
                yield f"[exit {done.code}]"
        elif line.startswith("#") and not before:
            # A remark of the session; a line of output that looks like one follows other output.
            yield from ("", line) if text.index(line) else (line,)


@pytest.mark.parametrize("file", SESSIONS, ids=lambda file: file.stem)
def test_a_session_goes_as_it_is_written(file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    written = file.read_text(encoding="utf-8")
    with (
        LocalGateway(empty_answers="answered", envelope="data") as development,
        LocalGateway(api_token="lca-production-0123456789abcdef") as production,
    ):
        monkeypatch.setenv("PRODUCTION_URL", production.base_url)
        monkeypatch.chdir(tmp_path)
        (tmp_path / "development.token").write_text(development.api_token)
        (tmp_path / "production.token").write_text(production.api_token)
        env = environment(development)
        now = "\n".join(session(written, tmp_path, env)) + "\n"
        received = [(one.method, one.path) for one in development.received]
    compare(file, written, now)
    for method, url in _CURL.findall(written):
        assert (method, urlsplit(url).path.removeprefix("/baseten")) in received, url


def test_there_is_a_session_for_each_example_and_practice_and_ours_below_each_line_of_the_guide() -> None:
    counted = [file.stem.rsplit("-", 1)[0] for file in SESSIONS]
    assert counted == [*(f"example-{n}" for n in range(1, 5)), *(f"practice-{n}" for n in range(1, 7))]
    lines = [line for file in SESSIONS if file.stem.startswith("example") for line in file.read_text().splitlines()]
    below = [after for line, after in itertools.pairwise(lines) if line.startswith("# curl")]
    assert len(below) == 3 + 4 + 5 + 6
    assert all(line.startswith("$ lowcodeapi-baseten ") for line in below)
