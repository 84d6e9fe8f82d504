"""The form for programs. Its schema is `report.schema.json` in this folder. `version` rises if readers would break."""

from __future__ import annotations

import json
from typing import Any

from ..bump import Advice
from ..compare import Report

VERSION = 1


def render(report: Report, advice: Advice, changelog: str) -> str:
    """The report as ASCII JSON, so that no character can be mistaken for another."""
    document: dict[str, Any] = {
        "version": VERSION,
        "old": report.old,
        "new": report.new,
        "note": report.note or None,
        "counts": report.counts(),
        "findings": [finding.as_json() for finding in report.findings],
        "bump": {"level": advice.bump, "versions": advice.version or None, "why": advice.why},
        "changelog": changelog,
    }
    return json.dumps(document, indent=2) + "\n"
