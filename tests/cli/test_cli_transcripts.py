"""The guide's examples and best practices as shell sessions, replayed against the local gateway.

With `UPDATE_TRANSCRIPTS=1` a replay updates the file; review it before committing.
"""

from __future__ import annotations

import itertools
import os
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from lowcodeapi_baseten.testing import LocalGateway

from tests.support.shell import environment, path_with_it

FILES = sorted((Path(__file__).parent / "transcripts").glob("*.txt"))
_CURL = re.compile(r'# curl -X (\w+) "(\S+)"')
_SETTINGS = {"empty_answers": "answered", "envelope": "data"}
# Varying text → its stand-in.
_VOLATILE = [
    (re.compile(r"http://127\.0\.0\.1:\d+"), "http://127.0.0.1:PORT"),
    (re.compile(r"after \d+\.\d+ s"), "after 0.00 s"),
    (re.compile(r'"(prefix|new_prefix)": "(?!abcd1234)[0-9a-f]{8}"'), r'"\1": "PREFIX"'),
]


def _replayed(text: str, folder: Path) -> tuple[str, list[tuple[str, str]]]:
    """The session as it runs now, and the requests that reached Baseten."""
    development = LocalGateway(**_SETTINGS)  # type: ignore[arg-type]
    production = LocalGateway(api_token="lca-production-0123456789abcdef")
    with development, production:
        (folder / "development.token").write_text(development.api_token)
        (folder / "production.token").write_text(production.api_token)
        (folder / "bin").mkdir()
        own = {"PATH": path_with_it(folder / "bin"), "PRODUCTION_URL": production.base_url, "TZ": "UTC"}
        env = environment(development, own)
        lines = list(_session(text, folder, env))
        return "\n".join(lines) + "\n", [(one.method, one.path) for one in development.received]


def _session(text: str, folder: Path, env: dict[str, str]) -> Iterator[str]:
    for before, line in itertools.pairwise(["", *text.splitlines()]):
        if line.startswith("$ "):
            yield line
            done = subprocess.run(
                ["sh", "-c", line[2:]],
                cwd=folder,
                env=env,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                timeout=60,
                check=False,
            )
            yield from _steady(done.stdout).splitlines()
            if done.returncode:
                yield f"[exit {done.returncode}]"
        elif line.startswith("#") and not before:
            # A remark of the session; a line of output that looks like one follows other output.
            yield from ("", line) if text.index(line) else (line,)


def _steady(output: str) -> str:
    for pattern, word in _VOLATILE:
        output = pattern.sub(word, output)
    return output


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_a_session_goes_as_it_is_written(file: Path, tmp_path: Path) -> None:
    written = file.read_text(encoding="utf-8")
    now, received = _replayed(written, tmp_path)
    if os.environ.get("UPDATE_TRANSCRIPTS"):
        file.write_text(now, encoding="utf-8")
    else:
        assert now == written
    for method, url in _CURL.findall(written):
        assert (method, urlsplit(url).path.removeprefix("/baseten")) in received, url


def test_there_is_a_session_for_each_example_and_each_best_practice() -> None:
    counted = [name.rsplit("-", 1)[0] for name in (file.stem for file in FILES)]
    assert counted == [*(f"example-{n}" for n in range(1, 5)), *(f"practice-{n}" for n in range(1, 7))]


def test_every_line_of_the_guides_examples_has_ours_below_it() -> None:
    lines = [line for file in FILES if file.stem.startswith("example") for line in file.read_text().splitlines()]
    below = [after for line, after in itertools.pairwise(lines) if line.startswith("# curl")]
    assert len(below) == 3 + 4 + 5 + 6
    assert all(line.startswith("$ lowcodeapi-baseten ") for line in below)
