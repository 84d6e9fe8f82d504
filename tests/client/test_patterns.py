"""No regular expression of the package takes more than linear time, whatever text it is given."""

from __future__ import annotations

import ast
import importlib
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

import lowcodeapi_baseten

from tests.client.patterns import slow

_SEARCHING = {"search", "sub", "subn", "split", "findall", "finditer"}
# It reads our own annotations.
_TRUSTED = {"signatures.py"}
_ROOT = Path(lowcodeapi_baseten.__file__).parent


_SOURCES = [path for path in sorted(_ROOT.rglob("*.py")) if path.name not in {*_TRUSTED, "__main__.py"}]


def _of_objects() -> Iterator[tuple[str, re.Pattern[Any], bool]]:
    """The patterns compiled on import, by module and name."""
    for path in _SOURCES:
        source = path.read_text(encoding="utf-8")
        if "re.compile(" not in source or "\nfrom mcp." in source:  # an extra, slow to import; `_of_calls` reads it
            continue
        name = ".".join(("lowcodeapi_baseten", *path.relative_to(_ROOT).with_suffix("").parts))
        for given, value in vars(importlib.import_module(name)).items():
            for pattern in value if isinstance(value, (tuple, list)) else [value]:
                if isinstance(pattern, re.Pattern):
                    is_searched = any(f"{given}.{method}" in source for method in _SEARCHING)
                    yield f"{name}.{given}", pattern, is_searched


def _of_calls() -> Iterator[tuple[str, re.Pattern[Any], bool]]:
    """The patterns given where they are used, by file and line."""
    for path in _SOURCES:
        source = path.read_text(encoding="utf-8")
        tree = ast.parse(source if re.search(r"\bre\.\w+\(", source) else "")
        named = {getattr(node.targets[0], "id", ""): node.value for node in tree.body if isinstance(node, ast.Assign)}
        for node in ast.walk(tree):
            if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.args):
                continue
            called, given = node.func, named.get(getattr(node.args[0], "id", None), node.args[0])
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
    assert any(name.startswith("cli/text.py:") for name in found), "a pattern that has a name is found where it is used"
    assert {name: reason for name, reason in found.items() if reason} == {}


SHARED = ["(a+)+", "(?:a|aa)+", r"\s*\s*", "a*b?a*", ".*.*x", r"\w+\d*!", "(?:a*)*", "(x+x+)+y", "[a-c]*[c-e]*"]
ANEW = [r"\s+,", r"(?:\\+u0041)+", r"\[.*\]", "a[ab]*c", "<[^>]*>"]
LINEAR: list[Any] = ["a*b", b"[^%]+%", r"(?:[a-z]+: [ -~]*\r\n)*"]
LINEAR_IN_A_SEARCH = ["<[^<>]*>", "x{1,9}x{1,9}", r"a\s*=\s*b", "[A-Z]+", "(?:a|b)+"]


def test_slow_patterns_are_found_and_linear_ones_let_through() -> None:
    cases = [
        *((pattern, True, True) for pattern in SHARED),
        *((pattern, False, True) for pattern in ANEW),
        *((pattern, False, None) for pattern in LINEAR),
        *((pattern, None, False) for pattern in LINEAR_IN_A_SEARCH),
    ]
    for pattern, *expected in cases:
        for is_slow, is_searched in zip(expected, (False, True), strict=True):
            found = slow(re.compile(pattern), is_searched=is_searched) is not None
            assert is_slow in (None, found), pattern
