"""The file and line of a finding, and a link to them."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import quote

import attrs

from ..compare import Report
from ..finding import Finding
from .lines import line_of


@attrs.frozen
class Place:
    """A line of a file. The path is relative if the file is inside the current folder."""

    file: str
    line: int

    @property
    def shown(self) -> str:
        return f"{Path(self.file).name}:{self.line}"


class Places:
    """The places of a report's findings. `links` is the URL of the folder that paths are relative to."""

    def __init__(self, report: Report, links: str = "") -> None:
        self._paths = {name: _relative(path) for name, path in report.files.items()}
        self._texts = {name: _text(path) for name, path in report.files.items()}
        self._links = f"{links.rstrip('/')}/" if links else ""

    def of(self, finding: Finding) -> Place | None:
        """The line of the overlay entry or of the document that a finding is about. None for a git revision."""
        if finding.line is not None and "overlay" in self._paths:
            return Place(self._paths["overlay"], finding.line)
        found = ((name, pointer) for name, pointer in finding.targets.items() if name in self._paths)
        return next((Place(self._paths[name], line_of(self._texts[name], pointer)) for name, pointer in found), None)

    def link(self, place: Place) -> str:
        """The URL of a place; a path if there are no `links`."""
        return f"{self._links}{quote(place.file)}#L{place.line}"


def _relative(path: str) -> str:
    try:
        return Path(path).resolve().relative_to(Path.cwd()).as_posix()
    except ValueError:
        return path


def _text(path: str) -> str:
    try:
        return Path(path).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return ""
