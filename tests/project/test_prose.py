"""Docstrings say first what the thing is or does: none begins with a question word."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
_QUESTION = re.compile(r'^ *r?"""\s*(?:What|Whether|Who)\b', re.MULTILINE)


def questions(source: str) -> list[int]:
    """The lines on which a docstring begins with a question word."""
    return [source.count("\n", 0, found.start()) + 1 for found in _QUESTION.finditer(source)]


def test_no_docstring_begins_with_a_question_word() -> None:
    paths = [path for folder in ("overrides", "codegen", "tests") for path in sorted((ROOT / folder).rglob("*.py"))]
    found = [
        f"{path.relative_to(ROOT)}:{line}" for path in paths for line in questions(path.read_text(encoding="utf-8"))
    ]
    assert found == []


def test_a_question_word_is_found_in_every_kind_of_docstring() -> None:
    source = '"""Who."""\nclass A:\n    """What it is."""\n    async def f(self):\n        """\n        Whether."""\n'
    assert questions(source) == [1, 3, 5]
    assert questions('def f():\n    """Whatever is given."""\n') == []
