"""The form for a terminal: the summary first, then the findings by operation."""

from __future__ import annotations

from ...document.reading import visible
from ..finding import SEVERITIES
from .view import Row, View, grouped

_CODES = {"breaking": "31;1", "risky": "33", "safe": "32", "bold": "1"}


def render(view: View, *, colour: bool = False) -> str:
    """The report as text. Colours are the only escape sequences in it."""

    def painted(text: str, code: str) -> str:
        return f"\x1b[{_CODES[code]}m{text}\x1b[0m" if colour else text

    report, counts = view.report, view.report.counts()
    shown = ", ".join(painted(f"{counts[severity]} {severity}", severity) for severity in SEVERITIES)
    lines = [f"{visible(report.old)} → {visible(report.new)}: {shown}"]
    lines += [*([report.note] if report.note else []), view.advice.text, ""]
    table = [list(map(visible, (row.operation, f"{row.finding.id} {row.subject}", row.where))) for row in view.rows]
    widths = [max(map(len, column)) for column in zip(*table, strict=True)]
    for row, cells in zip(view.rows, table, strict=True):
        padded = "  ".join(cell.ljust(width) for cell, width in zip(cells, widths, strict=True))
        lines.append(f"{painted(row.finding.severity.ljust(8), row.finding.severity)}  {padded}".rstrip())
    for name, rows in grouped(view.rows):
        lines += ["", painted(visible(name), "bold")]
        routes = rows[0].finding.routes.items()
        lines += [f"  {format_name} format  {visible(route)}" for format_name, route in routes if route]
        for row in rows:
            lines.append(f"  {painted(row.finding.severity.ljust(8), row.finding.severity)}  {row.finding.id}")
            lines += [f"{' ' * 12}{line}" for line in _said(row)]
    if view.changelog:
        lines += ["", "For CHANGELOG.md, below Unreleased:", "", *view.changelog.rstrip("\n").split("\n")]
    return "\n".join(lines) + "\n"


def _said(row: Row) -> list[str]:
    finding = row.finding
    lines = [finding.wire.plain(), finding.python.plain()]
    if finding.also:
        also = (f"{name} ({field})" if field else name for name, field in finding.also)
        lines.append(f"also: {', '.join(map(visible, also))}")
    if finding.reason:
        lines.append(f"severity set by hand: {visible(finding.reason)}")
    return [*lines, *(f"{document} {visible(pointer)}" for document, pointer in row.pointers)]
