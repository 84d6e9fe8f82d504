"""The forms of a report: one module each. What comes from a document is made harmless in each form's own way."""

from __future__ import annotations

from collections.abc import Iterable

from ..finding import SEVERITIES, Finding

FORMATS = ("text", "markdown", "json", "github", "html")


WHOLE = "the whole package"


def subject(finding: Finding) -> str:
    """What a finding is about within its operation: the field, its keyword or value; or the name in Python."""
    if finding.id.startswith(("overlay-", "parser-")):
        return ""
    values = {"enum-value-added": finding.new, "enum-value-removed": finding.old}
    value = next((value for end, value in values.items() if finding.id.endswith(end)), finding.rule)
    return f"{finding.field} {value}".strip() or ("" if finding.operation else finding.symbol)


def grouped(findings: Iterable[Finding]) -> list[tuple[str, list[Finding]]]:
    """The findings by operation, the worst operation first; what concerns all of them before that."""
    groups: dict[str, list[Finding]] = {}
    for finding in findings:
        groups.setdefault(finding.operation or "", []).append(finding)
    rows = sorted(groups.items(), key=lambda row: (row[0] != "", _worst(row[1]), row[0]))
    return [(name or WHOLE, found) for name, found in rows]


def of_severity(findings: Iterable[Finding], severity: str) -> list[Finding]:
    """The findings of one severity, in their order."""
    return [finding for finding in findings if finding.severity == severity]


def _worst(findings: list[Finding]) -> int:
    return min(SEVERITIES.index(finding.severity) for finding in findings)
