"""No regular expression of the package takes more than linear time, whatever text it is given."""

from __future__ import annotations

import ast
import importlib
import pkgutil
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

import lowcodeapi_baseten
import pytest

from tests.client.patterns import slow

_SEARCHING = {"search", "sub", "subn", "split", "findall", "finditer"}
# It reads our own annotations.
_TRUSTED = {"signatures.py"}
_ROOT = Path(lowcodeapi_baseten.__file__).parent


def _modules() -> Iterator[str]:
    for module in pkgutil.walk_packages([str(_ROOT)], "lowcodeapi_baseten."):
        if not module.name.endswith("__main__"):
            yield module.name


def _of_objects() -> Iterator[tuple[str, re.Pattern[Any], bool]]:
    """The patterns compiled on import, by module and name."""
    for name in _modules():
        try:
            module = importlib.import_module(name)
        except ModuleNotFoundError as error:
            if error.name != "mcp":  # an extra that the lowest versions of the rest exclude
                raise
            continue
        source = Path(str(module.__file__)).read_text(encoding="utf-8")
        for given, value in vars(module).items():
            for pattern in value if isinstance(value, (tuple, list)) else [value]:
                if isinstance(pattern, re.Pattern):
                    is_searched = any(f"{given}.{method}" in source for method in _SEARCHING)
                    yield f"{name}.{given}", pattern, is_searched


def _of_calls() -> Iterator[tuple[str, re.Pattern[Any], bool]]:
    """The patterns given where they are used, by file and line."""
    for path in sorted(_ROOT.rglob("*.py")):
        if str(path.relative_to(_ROOT)) in _TRUSTED:
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.args):
                continue
            called, given = node.func, node.args[0]
            if isinstance(called.value, ast.Name) and called.value.id == "re" and isinstance(given, ast.Constant):
                yield (
                    f"{path.relative_to(_ROOT)}:{node.lineno}",
                    re.compile(cast("Any", given.value)),
                    called.attr in _SEARCHING,
                )


def test_every_pattern_takes_linear_time() -> None:
    found = {
        name: slow(pattern, is_searched=is_searched) for name, pattern, is_searched in [*_of_objects(), *_of_calls()]
    }
    assert len(found) > 40
    assert {name: reason for name, reason in found.items() if reason} == {}


@pytest.mark.parametrize(
    "pattern",
    ["(a+)+", "(?:a|aa)+", r"\s*\s*", "a*b?a*", ".*.*x", r"\w+\d*!", "(?:a*)*", "(x+x+)+y", "[a-c]*[c-e]*"],
)
def test_a_pattern_that_shares_out_a_run_is_found(pattern: str) -> None:
    assert all(slow(re.compile(pattern), is_searched=is_searched) for is_searched in (False, True))


@pytest.mark.parametrize("pattern", [r"\s+,", r"(?:\\+u0041)+", r"\[.*\]", "a[ab]*c", "<[^>]*>"])
def test_a_pattern_that_is_searched_anew_in_a_run_is_found(pattern: str) -> None:
    assert slow(re.compile(pattern), is_searched=True)
    assert slow(re.compile(pattern), is_searched=False) is None


@pytest.mark.parametrize(
    ("pattern", "is_searched"),
    [
        ("a*b", False),
        (b"[^%]+%", False),
        (r"(?:[a-z]+: [ -~]*\r\n)*", False),
        ("<[^<>]*>", True),
        ("x{1,9}x{1,9}", True),
        (r"a\s*=\s*b", True),
        ("[A-Z]+", True),
        ("(?:a|b)+", True),
    ],
)
def test_a_pattern_that_is_linear_is_let_through(pattern: Any, is_searched: bool) -> None:
    assert slow(re.compile(pattern), is_searched=is_searched) is None
