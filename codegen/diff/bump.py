"""The smallest honest version bump for a report, with the reason."""

from __future__ import annotations

import re
from pathlib import Path

import attrs

from .catalogue import KINDS, bump_of
from .compare import Report

VERSION = Path(__file__).resolve().parents[2] / "overrides" / "lowcodeapi_baseten" / "_version.py"


@attrs.frozen
class Advice:
    """The recommended next version. `version` is empty if the present one can't be read."""

    bump: str
    version: str
    why: str

    @property
    def text(self) -> str:
        """The bump on one line, in our own words only. The counts of the findings give the reason."""
        return f"Minimum version bump: {self.bump}{f' ({self.version})' if self.version else ''}"


def advise(report: Report, version: str | None) -> Advice:
    """Advise on a report. `version` is the present one, such as `1.2.3`. Before 1.0, a breaking change is minor."""
    if report.bump is None:
        return Advice("none", "", "nothing has changed.")
    count = sum(bump_of(finding.severity, KINDS[finding.id].heading) == report.bump for finding in report.findings)
    findings = f"{count} finding{'' if count == 1 else 's'}"
    why = {
        "major": f"{findings} may break a caller.",
        "minor": f"nothing breaks a caller; {findings} may surprise one, or add to the interface.",
        "patch": "no caller has to change, and nothing was added.",
    }[report.bump]
    numbers = re.fullmatch(r"(\d+)\.(\d+)\.(\d+)", version or "")
    if numbers is None:
        return Advice(report.bump, "", why)
    major, minor, patch = map(int, numbers.groups())
    bump = report.bump
    if major == 0 and bump == "major":
        # Semantic Versioning 2.0, item 4: before 1.0 anything may change. By custom, the minor number shows it.
        bump, why = "minor", f"{why[:-1]}, and before 1.0 the minor number says so."
    after = {"major": f"{major + 1}.0.0", "minor": f"{major}.{minor + 1}.0", "patch": f"{major}.{minor}.{patch + 1}"}
    return Advice(bump, f"{version} → {after[bump]}", why)


def present(path: Path = VERSION) -> str | None:
    """The package's version, read without importing it. None if it can't be read."""
    try:
        found = re.search(r'__version__ = "([^"]+)"', path.read_text(encoding="utf-8"))
    except OSError:
        return None
    return found[1] if found else None
