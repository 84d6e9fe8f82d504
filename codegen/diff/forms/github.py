"""The form for a workflow's log: one command per finding. GitHub shows it at the document's line."""

from __future__ import annotations

from ..finding import Severity
from .view import Row, View

_COMMANDS: dict[Severity, str] = {"breaking": "error", "risky": "warning", "safe": "notice"}


def render(view: View) -> str:
    """The report as workflow commands. The last one is the advice."""
    counts = ", ".join(f"{count} {severity}" for severity, count in view.report.counts().items())
    last = _command("notice", {"title": f"API changes: {counts}"}, view.advice.text)
    return "\n".join([*map(_finding, view.rows), last]) + "\n"


def _finding(row: Row) -> str:
    finding = row.finding
    properties = {"file": row.place.file, "line": str(row.place.line)} if row.place else {}
    properties["title"] = f"{finding.id} {finding.operation or ''}".strip()
    return _command(_COMMANDS[finding.severity], properties, f"{finding.wire.plain()} {finding.python.plain()}")


def _command(name: str, properties: dict[str, str], message: str) -> str:
    listed = ",".join(
        f"{key}={_data(value).replace(':', '%3A').replace(',', '%2C')}" for key, value in properties.items()
    )
    return f"::{name} {listed}::{_data(message)}"


def _data(text: str) -> str:
    """Escape a message: first per cent signs, then line ends, which could begin another command."""
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
