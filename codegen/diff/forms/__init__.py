"""The forms of a report, one module each. Each escapes values from the documents in its own way."""

from __future__ import annotations

from collections.abc import Iterable

from ..finding import SEVERITIES, Finding

FORMATS = ("text", "markdown", "json", "github", "html")


WHOLE = "the whole package"


def subject(finding: Finding) -> str:
    """The subject of a finding within its operation: a field, with a keyword or value, or a Python name."""
    if finding.id.startswith(("overlay-", "parser-")):
        return ""
    values = {"enum-value-added": finding.new, "enum-value-removed": finding.old}
    value = next((value for end, value in values.items() if finding.id.endswith(end)), finding.rule)
    return f"{finding.field} {value}".strip() or ("" if finding.operation else finding.symbol)


def grouped(findings: Iterable[Finding]) -> list[tuple[str, list[Finding]]]:
    """The findings by operation: first those for the whole package, then the worst operation."""
    groups: dict[str, list[Finding]] = {}
    for finding in findings:
        groups.setdefault(finding.operation or "", []).append(finding)
    rows = sorted(groups.items(), key=lambda row: (row[0] != "", _worst(row[1]), row[0]))
    return [(name or WHOLE, found) for name, found in rows]


def of_severity(findings: Iterable[Finding], severity: str) -> list[Finding]:
    """The findings of one severity, in their order."""
    return [finding for finding in findings if finding.severity == severity]


def pointers(finding: Finding) -> list[tuple[str, str]]:
    """(document, pointer) of the known places in the new version, or else in the old one."""
    of_version = finding.pointers["new"] if any(finding.pointers["new"].values()) else finding.pointers["old"]
    return [(f"{document}.json", pointer) for document, pointer in of_version.items() if pointer]


def _worst(findings: list[Finding]) -> int:
    return min(SEVERITIES.index(finding.severity) for finding in findings)
