"""For a workflow's log: one command a finding, which GitHub shows at the line of the document."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from ..bump import Advice
from ..compare import Report
from ..finding import Finding, Severity
from .lines import line_of

_COMMANDS: dict[Severity, str] = {"breaking": "error", "risky": "warning", "safe": "notice"}


def render(report: Report, advice: Advice) -> str:
    """The report as workflow commands, and the advice as the last one."""
    texts = {name: (_relative(path), _text(path)) for name, path in report.files.items()}
    lines = [_finding(finding, texts) for finding in report.findings]
    counts = ", ".join(f"{count} {severity}" for severity, count in report.counts().items())
    lines.append(_command("notice", {"title": f"API changes: {counts}"}, advice.text))
    return "\n".join(lines) + "\n"


def _finding(finding: Finding, texts: Mapping[str, tuple[str, str]]) -> str:
    properties: dict[str, str] = {}
    for name, (path, text) in texts.items():
        pointer = finding.pointers["new"].get(name)
        if pointer is not None and "file" not in properties:
            properties |= {"file": path, "line": str(line_of(text, pointer))}
    subject = f" {finding.operation}" if finding.operation else ""
    properties["title"] = f"{finding.id}{subject}"
    return _command(_COMMANDS[finding.severity], properties, f"{finding.wire.plain()} {finding.python.plain()}")


def _command(name: str, properties: Mapping[str, str], message: str) -> str:
    listed = ",".join(f"{key}={_property(value)}" for key, value in properties.items())
    return f"::{name} {listed}::{_data(message)}"


def _data(text: str) -> str:
    """A message: per cent first, then what would end the line and begin another command."""
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")


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
