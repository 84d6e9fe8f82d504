"""A report as every form shows it: each finding with its subject and place, the advice, the changelog's entry."""

from __future__ import annotations

import functools
from collections.abc import Iterable

import attrs

from ..bump import Advice
from ..compare import Report
from ..finding import SEVERITIES, Finding
from .places import Place, Places

WHOLE = "the whole package"


@attrs.frozen
class Row:
    """A finding, its subject within its operation, and its place in the new version; None for a git revision."""

    finding: Finding
    subject: str
    place: Place | None

    @property
    def operation(self) -> str:
        return self.finding.operation or WHOLE

    @property
    def where(self) -> str:
        return self.place.shown if self.place else ""

    @property
    def pointers(self) -> list[tuple[str, str]]:
        """(document, pointer) of the known places in the new version, or else in the old one."""
        sides = self.finding.pointers
        of_version = sides["new"] if any(sides["new"].values()) else sides["old"]
        return [(f"{document}.json", pointer) for document, pointer in of_version.items() if pointer]


@attrs.frozen
class View:
    """All that a form shows."""

    report: Report
    advice: Advice
    changelog: str
    links: str
    """URL of the folder that paths are relative to."""

    @functools.cached_property
    def rows(self) -> list[Row]:
        """The findings, the worst first."""
        places = Places(self.report, self.links)
        return [Row(each, _subject(each), places.of(each)) for each in self.report.findings]


def grouped(rows: Iterable[Row]) -> list[tuple[str, list[Row]]]:
    """The findings by operation: first those for the whole package, then the worst operation."""
    groups: dict[str, list[Row]] = {}
    for row in rows:
        groups.setdefault(row.finding.operation or "", []).append(row)
    # The rows are sorted, so the first of a group is its worst.
    found = sorted(groups, key=lambda name: (name != "", SEVERITIES.index(groups[name][0].finding.severity), name))
    return [(name or WHOLE, groups[name]) for name in found]


def _subject(finding: Finding) -> str:
    """A field, with a keyword or value, or a Python name."""
    if finding.id.startswith(("overlay-", "parser-")):
        return ""
    values = {"enum-value-added": finding.new, "enum-value-removed": finding.old}
    value = next((value for end, value in values.items() if finding.id.endswith(end)), finding.rule)
    return f"{finding.field} {value}".strip() or ("" if finding.operation else finding.symbol)
