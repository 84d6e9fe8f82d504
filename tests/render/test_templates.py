"""Templates are compiled once and never wrongly reused; their output has ruff's format, whatever is in it."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jinja2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from codegen.package.circles import circles
from codegen.render import filters, render
from codegen.render.compiled import Compiled
from tests.support.small_documents import body, document, operation, parsed

TEMPLATE = "{% for number in range(3) %}{{ number }} {% endfor %}"


class Counted(jinja2.Environment):
    """Counts its compilations."""

    compiled = 0

    def compile(self, *arguments: Any, **more: Any) -> Any:
        self.compiled += 1
        return super().compile(*arguments, **more)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with the template `a.py.jinja`, in a process that may write bytecode."""
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    (tmp_path / "a.py.jinja").write_text(TEMPLATE, encoding="utf-8")
    return tmp_path


def kept(folder: Path) -> Path:
    return Path(importlib.util.cache_from_source(str(folder / "a.py.jinja")))


def rendered(folder: Path, rules: object = ()) -> tuple[str, int]:
    """The output of the template in a new environment, and the number of compilations."""
    environment = Counted(loader=jinja2.FileSystemLoader(folder), bytecode_cache=Compiled(folder, rules))
    return environment.get_template("a.py.jinja").render(), environment.compiled


# --- compiled once ---------------------------------------------------------------------------------------------------


def test_a_template_is_compiled_once(folder: Path) -> None:
    assert [rendered(folder) for _ in range(3)] == [("0 1 2 ", 1), ("0 1 2 ", 0), ("0 1 2 ", 0)]


def test_a_changed_template_is_compiled_again(folder: Path) -> None:
    rendered(folder)
    (folder / "a.py.jinja").write_text("changed", encoding="utf-8")
    assert [rendered(folder), rendered(folder)] == [("changed", 1), ("changed", 0)]


def test_under_other_rules_a_template_is_compiled_again(folder: Path) -> None:
    rendered(folder)
    assert rendered(folder, {"trim_blocks": True}) == ("0 1 2 ", 1)


@pytest.mark.parametrize(
    "damage",
    [
        lambda good: b"",
        lambda good: good[:10],
        lambda good: good[:-1],
        lambda good: good[:-1] + bytes([good[-1] ^ 1]),
        lambda good: good[:32] + b"\0" * 100,
        lambda good: good + b"\0",
    ],
)
def test_a_damaged_file_is_as_good_as_none(folder: Path, damage: Callable[[bytes], bytes]) -> None:
    rendered(folder)
    kept(folder).write_bytes(damage(kept(folder).read_bytes()))
    assert [rendered(folder), rendered(folder)] == [("0 1 2 ", 1), ("0 1 2 ", 0)]


def test_where_nothing_can_be_written_templates_are_compiled_every_time(folder: Path) -> None:
    kept(folder).parent.write_bytes(b"a file, where the folder would be")
    assert [rendered(folder), rendered(folder)] == [("0 1 2 ", 1), ("0 1 2 ", 1)]


def test_a_process_that_is_to_write_no_bytecode_writes_none(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    rendered(folder)
    assert [path.name for path in folder.iterdir()] == ["a.py.jinja"]


def test_no_filter_runs_while_a_template_is_compiled() -> None:
    """Otherwise the cached code would be wrong after a change of the filter."""
    called: list[str] = []
    environment = jinja2.Environment()
    for name in filters.FILTERS:
        environment.filters[name] = lambda value, *rest, name=name: called.append(name)
    for template in sorted(render.TEMPLATES.glob("*.jinja")):
        environment.compile(template.read_text(encoding="utf-8"))
    assert called == []
    environment.compile("{{ 'a constant' | docstring }}")
    assert called == ["docstring"]


# --- formatted -------------------------------------------------------------------------------------------------------


def test_ruff_would_change_nothing_in_what_is_written(tmp_path: Path) -> None:
    """Not even in the modules that it never sees, as they are the same in every package."""
    upload = {"content": {"multipart/form-data": {"schema": {"type": "object", "properties": {"a": {}}}}}}
    paths = {
        "/a": {"post": operation("Send it", requestBody=upload)},
        "/b": {"post": operation("Make it", requestBody=body({"b": {"type": "string", "enum": ["x", "y"]}}))},
    }
    files = render.render(parsed(document(paths)).package)
    assert {Path(path).name for path in files} >= {"forms.py", "connected.py", "types.py", "_raw.py", "schema.py"}
    for path, content in files.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_bytes(content)
    options = ["--isolated", "--no-cache", "--line-length", "120", "--target-version", "py311", str(tmp_path)]
    for command in (["check", "--select", "F,I,RUF022"], ["format", "--diff"]):
        done = subprocess.run([sys.executable, "-m", "ruff", *command, *options], capture_output=True, text=True)
        assert done.returncode == 0, done.stdout


# --- classes that need each other ------------------------------------------------------------------------------------


def reached(needs: dict[str, set[str]], start: str) -> set[str]:
    found: set[str] = set()
    queue = [start]
    while queue:
        new = needs.get(queue.pop(), set()) - found
        found |= new
        queue += new
    return found


@given(st.dictionaries(st.sampled_from("abcdefg"), st.sets(st.sampled_from("abcdefgh"))))
def test_two_are_in_one_circle_where_each_reaches_the_other(needs: dict[str, set[str]]) -> None:
    found = circles(needs)
    names = {*needs, *(other for others in needs.values() for other in others)}
    assert set(found) == names
    for one in names:
        for other in names - {one}:
            is_circle = other in reached(needs, one) and one in reached(needs, other)
            assert (found[one] == found[other]) is is_circle


def test_a_circle_may_be_longer_than_the_stack() -> None:
    size = sys.getrecursionlimit() * 3
    needs = {str(number): [str((number + 1) % size)] for number in range(size)}
    assert len(set(circles(needs).values())) == 1
