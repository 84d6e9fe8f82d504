"""For programs. The schema is `report.schema.json` beside this file; `version` rises when a reader would break."""

from __future__ import annotations

import json
from typing import Any

from ..bump import Advice
from ..compare import Report

VERSION = 1


def render(report: Report, advice: Advice, changelog: str) -> str:
    """The report as JSON, in ASCII, so that nothing in it can be taken for something else."""
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
