"""Docstrings say first what the thing is or does: none begins with a question word."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
_QUESTION = re.compile(r"(What|Whether|Who)\b")
_DOCUMENTED = ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef


def questions(source: str) -> Iterator[int]:
    """The lines of definitions whose docstring begins with a question word."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, _DOCUMENTED) and _QUESTION.match(ast.get_docstring(node) or ""):
            yield getattr(node, "lineno", 1)


def test_no_docstring_begins_with_a_question_word() -> None:
    paths = [path for folder in ("overrides", "codegen", "tests") for path in sorted((ROOT / folder).rglob("*.py"))]
    found = [
        f"{path.relative_to(ROOT)}:{line}" for path in paths for line in questions(path.read_text(encoding="utf-8"))
    ]
    assert found == []


def test_a_question_word_is_found_in_every_kind_of_docstring() -> None:
    source = '"""Who."""\nclass A:\n    """What it is."""\n    async def f(self):\n        """Whether, or not."""\n'
    assert list(questions(source)) == [1, 2, 4]
    assert list(questions('def f():\n    """Whatever is given."""\n')) == []
