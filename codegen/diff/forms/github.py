"""The form for a workflow's log: one command per finding. GitHub shows it at the document's line."""

from __future__ import annotations

from collections.abc import Mapping

from ..bump import Advice
from ..compare import Report
from ..finding import Finding, Severity
from .places import Places

_COMMANDS: dict[Severity, str] = {"breaking": "error", "risky": "warning", "safe": "notice"}


def render(report: Report, advice: Advice) -> str:
    """The report as workflow commands. The last one is the advice."""
    places = Places(report)
    lines = [_finding(finding, places) for finding in report.findings]
    counts = ", ".join(f"{count} {severity}" for severity, count in report.counts().items())
    lines.append(_command("notice", {"title": f"API changes: {counts}"}, advice.text))
    return "\n".join(lines) + "\n"


def _finding(finding: Finding, places: Places) -> str:
    place = places.of(finding)
    properties = {} if place is None else {"file": place.file, "line": str(place.line)}
    subject = f" {finding.operation}" if finding.operation else ""
    properties["title"] = f"{finding.id}{subject}"
    return _command(_COMMANDS[finding.severity], properties, f"{finding.wire.plain()} {finding.python.plain()}")


def _command(name: str, properties: Mapping[str, str], message: str) -> str:
    listed = ",".join(f"{key}={_property(value)}" for key, value in properties.items())
    return f"::{name} {listed}::{_data(message)}"


def _data(text: str) -> str:
    """Escape a message: first per cent signs, then line ends, which could begin another command."""
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
