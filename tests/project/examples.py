"""The examples of the README and of the documentation: each is run alone, in an empty namespace."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[2]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]


class Example(NamedTuple):
    """A block of Python on a page."""

    page: str
    number: int
    source: str

    @property
    def engine(self) -> str | None:
        """The engine that runs it, which `make test` does not install."""
        found = re.search(r"^(?:import|from) (ray|dask|pyspark)\b", self.source, re.MULTILINE)
        return found[1] if found else None


def examples() -> Iterator[Example]:
    """Every block of Python on every page."""
    for page in PAGES:
        found = re.findall(r"^```python\n(.*?)^```", page.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE)
        for number, source in enumerate(found, 1):
            yield Example(str(page.relative_to(ROOT)), number, source)
