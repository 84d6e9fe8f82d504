"""The form for a pull request's comment: a table of all findings, the breaking ones, then the rest folded.

Values are in code spans, where Markdown, HTML, mentions and links have no effect.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from ...document.reading import visible
from ..bump import Advice
from ..compare import Report
from ..finding import SEVERITIES, Finding
from ..sentence import Sentence
from . import WHOLE, grouped, of_severity, pointers, subject
from .places import Places

LIMIT = 60_000
"""GitHub refuses a comment of more than 65,536 characters."""

BAR = "\\|"
_MARKS = {"breaking": "🔴", "risky": "🟡", "safe": "🟢"}


def render(report: Report, advice: Advice, changelog: str, links: str = "") -> str:
    """The report as Markdown, cut at the limit of a comment with a line that says so. `links`: see `Places`."""
    counts = report.counts()
    shown = ", ".join(f"{_MARKS[severity]} {counts[severity]} {severity}" for severity in SEVERITIES)
    head = [f"## API changes: {shown}", "", f"{code(report.old)} → {code(report.new)}. {report.note}".rstrip(), ""]
    head += [f"**{words(advice.text)}**", ""]
    tail = _folded("Entry for CHANGELOG.md", [fence(changelog)]) if changelog else []
    places = Places(report, links)
    body = _table(report, places) if report.findings else []
    for severity in SEVERITIES:
        found = of_severity(report.findings, severity)
        if found:
            lines = [line for name, findings in grouped(found) for line in _operation(name, findings, places)]
            title = f"{severity.capitalize()} ({len(found)})"
            body += [f"### {title}", "", *lines] if severity == "breaking" else _folded(title, lines)
    room = LIMIT - sum(len(line) + 1 for line in (*head, *tail))
    return "\n".join([*head, *_cut(body, room), *tail]).rstrip("\n") + "\n"


def _table(report: Report, places: Places) -> list[str]:
    """A row for each finding, the worst first."""
    rows = ["| | Operation | Finding | Where |", "|---|---|---|---|"]
    for finding in report.findings:
        name, about = code(finding.operation) if finding.operation else WHOLE, subject(finding)
        place = places.of(finding)
        where = f"[{words(place.shown)}]({places.link(place)})" if place else ""
        cells = (
            f"{_MARKS[finding.severity]} {finding.severity}",
            name,
            f"{code(finding.id)}{f' {code(about)}' if about else ''}",
            where,
        )
        # A bar ends a cell even inside code.
        rows.append(f"| {' | '.join(cell.replace('|', BAR) for cell in cells)} |")
    return [*rows, ""]


def _operation(name: str, findings: list[Finding], places: Places) -> list[str]:
    routes = findings[0].routes
    shown = ", ".join(f"{name} format {code(str(routes[name]))}" for name in ("new", "old") if routes[name])
    lines = [f"**{code(name) if findings[0].operation else name}**{f': {shown}' if shown else ''}", ""]
    for finding in findings:
        lines.append(f"- {code(finding.id)} {inline(finding.wire)}")
        lines.append(f"  *Python:* {inline(finding.python)}")
        if finding.also:
            others = [f"{code(name)} ({code(field)})" if field else code(name) for name, field in finding.also]
            lines.append(f"  *Also:* {', '.join(others)}")
        if finding.reason:
            lines.append(f"  *Severity set by hand:* {code(finding.reason)}")
        if places.of(finding) is None and (found := pointers(finding)):
            lines.append(f"  *At:* {', '.join(f'{document} {code(pointer)}' for document, pointer in found)}")
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
    kept: list[str] = []
    is_open = False
    for line in lines:
        room -= len(line) + 1
        if room < 200:
            return [
                *kept,
                *(["", "</details>"] if is_open else []),
                "",
                "*The report is longer than a comment may be.*",
                "",
            ]
        is_open = line == "<details>" or (is_open and line != "</details>")
        kept.append(line)
    return kept
