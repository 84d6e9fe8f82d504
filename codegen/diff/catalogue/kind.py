"""A kind of finding: its usual severity, its opposite, its two sentences."""

from __future__ import annotations

from typing import Literal

import attrs

from ..finding import Severity

Bump = Literal["major", "minor", "patch"]
Heading = Literal["Added", "Changed", "Deprecated", "Removed", "Fixed"]


@attrs.frozen
class Kind:
    """One id. `mirrors` are the ids of the same change with old and new exchanged."""

    id: str
    about: str
    severity: Severity
    mirrors: tuple[str, ...]
    wire: str
    python: str
    heading: Heading = "Changed"

    @property
    def bump(self) -> Bump:
        """The minimum version bump at its usual severity."""
        return bump_of(self.severity, self.heading)


def bump_of(severity: Severity, heading: Heading) -> Bump:
    """Breaking is major; risky, added and deprecated are minor; the rest is a patch."""
    if severity == "breaking":
        return "major"
    return "minor" if severity == "risky" or heading in ("Added", "Deprecated") else "patch"
