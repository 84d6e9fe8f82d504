"""Read `findings.yaml`: every possible finding, with its usual severity, its opposite and its two sentences.

`python -m codegen.diff.catalogue > codegen/diff/FINDINGS.md` writes the page of them.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import attrs

from ..overlay import plain_yaml
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
    heading: Heading


def bump_of(severity: Severity, heading: Heading) -> Bump:
    """Breaking is major; risky, added and deprecated are minor; the rest is a patch."""
    if severity == "breaking":
        return "major"
    return "minor" if severity == "risky" or heading in ("Added", "Deprecated") else "patch"


def _kinds() -> Iterator[Kind]:
    path = Path(__file__).with_name("findings.yaml")
    for section in plain_yaml.read(plain_yaml.text(path), path.name).value["sections"]:
        for what, noun in section.get("each", {"": ""}).items():
            for id_, row in section["findings"].items():
                yield Kind(
                    id=id_.replace("{what}", what),
                    about=section["about"],
                    severity=row["severity"],
                    mirrors=tuple(mirror.replace("{what}", what) for mirror in row.get("mirrors", [id_])),
                    wire=row.get("wire", section.get("wire")).replace("{noun}", noun),
                    python=row["python"],
                    heading=row.get("heading", "Changed"),
                )


KINDS = {kind.id: kind for kind in _kinds()}

# --- the page --------------------------------------------------------------------------------------------------------

_HEAD = """\
# Findings of `python -m codegen diff`

Written by `python -m codegen.diff.catalogue > codegen/diff/FINDINGS.md`; a test fails where this page is not what the
code says.

**Severity.** *Breaking*: a caller may have to change. *Risky*: a caller may be surprised. *Safe*: no caller has to do
anything. A finding is as severe as the worst that it does to Python callers, so it may be worse than the table says;
`severity.yaml` has the last word. **Opposite**: what the same change is called when old and new are exchanged.

Not a change: the order of keys, white space in texts, and what `codegen/repair/` repairs (`example: ""`, examples of
whole bodies, `required: []`, a missing `required`, unknown types).
"""


_TABLE = ("| id | severity | on the wire | for Python callers | opposite |", "|---|---|---|---|---|")


def page() -> str:
    """The page of all findings, as Markdown."""
    lines = [_HEAD]
    for about in dict.fromkeys(kind.about for kind in KINDS.values()):
        rows = (_row(kind) for kind in KINDS.values() if kind.about == about)
        lines += [f"## {about[0].upper()}{about[1:]}\n", *_TABLE, *rows, ""]
    return "\n".join(lines)


def _row(kind: Kind) -> str:
    mirrors = ", ".join(f"`{mirror}`" for mirror in kind.mirrors)
    # The placeholders of the sentences in italics.
    wire, python = (said.replace("{", "*").replace("}", "*").replace("|", "\\|") for said in (kind.wire, kind.python))
    return f"| `{kind.id}` | {kind.severity} | {wire} | {python} | {mirrors} |"


if __name__ == "__main__":
    sys.stdout.write(page())
