"""Read `findings.yaml`: every possible finding, with its usual severity, its opposite and its two sentences."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal

import attrs
import yaml

from .finding import Severity

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


def bump_of(severity: Severity, heading: Heading) -> Bump:
    """Breaking is major; risky, added and deprecated are minor; the rest is a patch."""
    if severity == "breaking":
        return "major"
    return "minor" if severity == "risky" or heading in ("Added", "Deprecated") else "patch"


def _kinds() -> Iterator[Kind]:
    text = Path(__file__).with_name("findings.yaml").read_text(encoding="utf-8")
    # The loader in Python takes ten times as long.
    for section in yaml.load(text, getattr(yaml, "CSafeLoader", yaml.SafeLoader))["sections"]:
        for what, noun in section.get("each", {"": ""}).items():
            yield from (_kind(id_, row, section, what, noun) for id_, row in section["findings"].items())


def _kind(id_: str, row: dict[str, Any], section: dict[str, Any], what: str, noun: str) -> Kind:
    return Kind(
        id=id_.replace("{what}", what),
        about=section["about"],
        severity=row["severity"],
        mirrors=tuple(mirror.replace("{what}", what) for mirror in row.get("mirrors", [id_])),
        wire=(row.get("wire") or section["wire"]).replace("{noun}", noun),
        python=row["python"],
        heading=row.get("heading", "Changed"),
    )


KINDS = {kind.id: kind for kind in _kinds()}
