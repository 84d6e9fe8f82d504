"""The form for a terminal: the summary first, then the findings by operation."""

from __future__ import annotations

from ...document.reading import visible
from ..bump import Advice
from ..changelog import text as changelog_text
from ..compare import Report
from ..finding import SEVERITIES, Finding, Severity
from . import WHOLE, grouped, pointers, subject
from .places import Places

_COLOURS: dict[Severity, str] = {"breaking": "31;1", "risky": "33", "safe": "32"}


def render(report: Report, advice: Advice, *, colour: bool) -> str:
    """The report as text. Colours are the only escape sequences in it."""
    counts = report.counts()
    shown = ", ".join(_painted(f"{counts[severity]} {severity}", severity, colour) for severity in SEVERITIES)
    lines = [f"{visible(report.old)} → {visible(report.new)}: {shown}"]
    if report.note:
        lines.append(report.note)
    lines += [advice.text, *_table(report, colour)]
    for name, findings in grouped(report.findings):
        lines += ["", _bold(visible(name), colour)]
        routes = findings[0].routes
        for format_name in ("new", "old"):
            if routes[format_name]:
                lines.append(f"  {format_name} format  {visible(str(routes[format_name]))}")
        for finding in findings:
            lines += _finding(finding, colour)
    if entry := changelog_text(report):
        lines += ["", "For CHANGELOG.md, below Unreleased:", "", *entry.rstrip("\n").split("\n")]
    return "\n".join(lines) + "\n"


def _table(report: Report, colour: bool) -> list[str]:
    """A row for each finding, the worst first."""
    places = Places(report)
    rows = []
    for finding in report.findings:
        place = places.of(finding)
        cells = [finding.operation or WHOLE, f"{finding.id} {subject(finding)}", place.shown if place else ""]
        rows.append((finding.severity, [visible(cell) for cell in cells]))
    widths = [max((len(cells[column]) for _, cells in rows), default=0) for column in range(3)]
    lines = []
    for severity, cells in rows:
        padded = [cell.ljust(width) for cell, width in zip(cells, widths, strict=True)]
        lines.append(f"{_painted(severity.ljust(8), severity, colour)}  {'  '.join(padded)}".rstrip())
    return ["", *lines]


def _finding(finding: Finding, colour: bool) -> list[str]:
    head = _painted(finding.severity.ljust(8), finding.severity, colour)
    lines = [f"  {head}  {finding.id}", f"            {finding.wire.plain()}", f"            {finding.python.plain()}"]
    if finding.also:
        shown = [f"{name} ({field})" if field else name for name, field in finding.also]
        lines.append(f"            also: {', '.join(map(visible, shown))}")
    if finding.reason:
        lines.append(f"            severity set by hand: {visible(finding.reason)}")
    return [*lines, *(f"            {document} {visible(pointer)}" for document, pointer in pointers(finding))]


def _painted(text: str, severity: Severity, colour: bool) -> str:
    return f"\x1b[{_COLOURS[severity]}m{text}\x1b[0m" if colour else text


def _bold(text: str, colour: bool) -> str:
    return f"\x1b[1m{text}\x1b[0m" if colour else text
