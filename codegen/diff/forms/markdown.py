"""The form for a pull request's comment: a table of all findings, the breaking ones, then the rest folded.

Values are in code spans, where Markdown, HTML, mentions and links have no effect.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from ...document.reading import visible
from ..finding import SEVERITIES
from ..sentence import Sentence
from .view import WHOLE, Row, View, grouped

LIMIT = 60_000
"""GitHub refuses a comment of more than 65,536 characters."""

BAR = "\\|"
_MARKS = {"breaking": "🔴", "risky": "🟡", "safe": "🟢"}


def render(view: View) -> str:
    """The report as Markdown, cut at the limit of a comment with a line that says so."""
    report, counts = view.report, view.report.counts()
    shown = ", ".join(f"{_MARKS[severity]} {counts[severity]} {severity}" for severity in SEVERITIES)
    head = [f"## API changes: {shown}", "", f"{code(report.old)} → {code(report.new)}. {report.note}".rstrip(), ""]
    head += [f"**{words(view.advice.text)}**", ""]
    tail = _folded("Entry for CHANGELOG.md", [fence(view.changelog)]) if view.changelog else []
    body = ["| | Operation | Finding | Where |", "|---|---|---|---|", *map(_row, view.rows), ""] if view.rows else []
    for severity in SEVERITIES:
        found = [row for row in view.rows if row.finding.severity == severity]
        if found:
            lines = [line for name, rows in grouped(found) for line in _operation(name, rows)]
            title = f"{severity.capitalize()} ({len(found)})"
            body += [f"### {title}", "", *lines] if severity == "breaking" else _folded(title, lines)
    room = LIMIT - sum(len(line) + 1 for line in (*head, *tail))
    return "\n".join([*head, *_cut(body, room), *tail]).rstrip("\n") + "\n"


def _row(row: Row) -> str:
    finding = row.finding
    cells = (
        f"{_MARKS[finding.severity]} {finding.severity}",
        code(finding.operation) if finding.operation else WHOLE,
        f"{code(finding.id)}{f' {code(row.subject)}' if row.subject else ''}",
        f"[{words(row.place.shown)}]({row.place.link})" if row.place else "",
    )
    # A bar ends a cell even inside code.
    return f"| {' | '.join(cell.replace('|', BAR) for cell in cells)} |"


def _operation(name: str, rows: list[Row]) -> list[str]:
    routes = ", ".join(f"{name} format {code(route)}" for name, route in rows[0].finding.routes.items() if route)
    title = code(name) if rows[0].finding.operation else name
    lines = [f"**{title}**{f': {routes}' if routes else ''}", ""]
    for finding, place, pointers in ((row.finding, row.place, row.pointers) for row in rows):
        lines.append(f"- {code(finding.id)} {inline(finding.wire)}")
        lines.append(f"  *Python:* {inline(finding.python)}")
        if finding.also:
            others = [f"{code(name)} ({code(field)})" if field else code(name) for name, field in finding.also]
            lines.append(f"  *Also:* {', '.join(others)}")
        if finding.reason:
            lines.append(f"  *Severity set by hand:* {code(finding.reason)}")
        if place is None and pointers:
            lines.append(f"  *At:* {', '.join(f'{document} {code(pointer)}' for document, pointer in pointers)}")
    return [*lines, ""]


def inline(said: Sentence) -> str:
    """A sentence with its values as code."""
    return said.shown(words, code)


def code(text: str) -> str:
    """A value as a code span that its content can't end."""
    shown = visible(text)
    longest = max((len(run) for run in re.findall(r"`+", shown)), default=0)
    ticks = "`" * (longest + 1)
    # A span needs a space beside a backtick at its ends, and can't be empty.
    pad = " " if longest or not shown.strip() else ""
    return f"{ticks}{pad}{shown or ' '}{pad}{ticks}"


def words(text: str) -> str:
    """Our own words, with Markdown's special characters escaped."""
    return re.sub(r"([\\*_<>\[\]`#|])", r"\\\1", text)


def fence(text: str) -> str:
    """A code block that the text can't end."""
    longest = max((len(run) for run in re.findall(r"`{3,}", text)), default=2)
    ticks = "`" * (longest + 1)
    return f"{ticks}markdown\n{text.rstrip()}\n{ticks}"


def _folded(title: str, lines: Iterable[str]) -> list[str]:
    return ["<details>", f"<summary>{title}</summary>", "", *lines, "", "</details>", ""]


def _cut(lines: list[str], room: int) -> list[str]:
    for number, line in enumerate(lines):
        room -= len(line) + 1
        if room < 200:
            kept = lines[:number]
            is_open = kept.count("<details>") > kept.count("</details>")
            end = ["", "*The report is longer than a comment may be.*", ""]
            return [*kept, *(["", "</details>"] if is_open else []), *end]
    return lines
