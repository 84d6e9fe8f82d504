"""The file and line of a finding, and a link to them."""

from __future__ import annotations

import functools
import json
import re
from pathlib import Path
from urllib.parse import quote

import attrs

from ...document.reading import json_pointer
from ..compare import Report
from ..finding import Finding

_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|[][{},\n]|[^][{},:\s"]+')


@attrs.frozen
class Place:
    """A line of a file, and its URL. The path is relative if the file is inside the current folder."""

    file: str
    line: int
    link: str

    @property
    def shown(self) -> str:
        return f"{Path(self.file).name}:{self.line}"


class Places:
    """The places of a report's findings. `links` is the URL of the folder that paths are relative to."""

    def __init__(self, report: Report, links: str = "") -> None:
        self._files = report.files
        self._links = f"{links.rstrip('/')}/" if links else ""
        self._lines = functools.cache(lambda name: lines(_text(self._files[name])))

    def of(self, finding: Finding) -> Place | None:
        """The line of the overlay entry or of the document that a finding is about. None for a git revision."""
        if finding.line is not None and "overlay" in self._files:
            return self._place("overlay", finding.line)
        for name, pointer in finding.targets.items():
            if name in self._files:
                while pointer and pointer not in self._lines(name):
                    pointer = pointer.rpartition("/")[0]
                return self._place(name, self._lines(name).get(pointer, 1))
        return None

    def _place(self, name: str, line: int) -> Place:
        path = self._files[name].resolve()
        is_inside = path.is_relative_to(Path.cwd())
        file = path.relative_to(Path.cwd()).as_posix() if is_inside else str(self._files[name])
        return Place(file, line, f"{self._links}{quote(file)}#L{line}")


def lines(text: str) -> dict[str, int]:
    """The line, from 1, of each value of a JSON text, by its pointer."""
    found: dict[str, int] = {}
    keys: list[str | int] = []
    is_key = False
    line = 1
    for token in _TOKEN.findall(text):
        if token == "\n":
            line += 1
        elif token == ",":
            is_key = isinstance(keys[-1], str)
            keys[-1] = "" if isinstance(keys[-1], str) else keys[-1] + 1
        elif token in ("]", "}"):
            keys.pop()
            is_key = False
        elif is_key:
            keys[-1] = json.loads(token)
            is_key = False
        else:
            found[json_pointer(keys)] = line
            keys += [""] if token == "{" else [0] if token == "[" else []
            is_key = token == "{"
    return found


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return ""
