"""The form for programs. Its schema is `report.schema.json` in this folder. `version` rises if readers would break."""

from __future__ import annotations

import json
from typing import Any

from ...document.reading import visible
from ..finding import Change, Finding
from ..sentence import MISSING
from .view import View

VERSION = 1


def render(view: View) -> str:
    """The report as ASCII JSON, so that no character can be mistaken for another."""
    report, advice = view.report, view.advice
    document: dict[str, Any] = {
        "version": VERSION,
        "old": report.old,
        "new": report.new,
        "note": report.note or None,
        "counts": report.counts(),
        "findings": list(map(_finding, report.findings)),
        "bump": {"level": advice.bump, "versions": advice.version or None, "why": advice.why},
        "changelog": view.changelog,
    }
    return json.dumps(document, indent=2) + "\n"


def _finding(finding: Finding) -> dict[str, Any]:
    """A finding. A value that is missing in a version is left out."""
    return {
        "id": finding.id,
        "severity": finding.severity,
        "about": finding.about,
        "operation": finding.operation,
        "also": [operation for operation, _ in finding.also],
        "routes": finding.routes,
        "pointers": finding.pointers,
        "field": visible(finding.field) or None,
        "symbol": finding.symbol or None,
        "wire": finding.wire.plain(),
        "python": finding.python.plain(),
        **_values(finding),
        "interface": [{"id": each.id, "symbol": each.symbol, **_values(each)} for each in finding.interface],
        **({"reason": finding.reason} if finding.reason else {}),
    }


def _values(found: Change | Finding) -> dict[str, Any]:
    return {name: value for name, value in (("old", found.old), ("new", found.new)) if value is not MISSING}
