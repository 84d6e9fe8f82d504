"""Write `FINDINGS.md`: every possible finding, from the catalogue."""

from __future__ import annotations

import sys
from pathlib import Path

from .catalogue import KINDS, Kind

PATH = Path(__file__).parent / "FINDINGS.md"
COMMAND = "python -m codegen.diff.findings_page > codegen/diff/FINDINGS.md"

_HEAD = f"""\
# Findings of `python -m codegen diff`

Written by `{COMMAND}`; a test fails where this page is not what the code says.

**Severity.** *Breaking*: a caller may have to change. *Risky*: a caller may be surprised. *Safe*: no caller has to do
anything. A finding is as severe as the worst that it does to Python callers, so it may be worse than the table says;
`severity.yaml` has the last word. **Opposite**: what the same change is called when old and new are exchanged.

Not a change: the order of keys, white space in texts, and what `codegen/repair/` repairs (`example: ""`, examples of
whole bodies, `required: []`, a missing `required`, unknown types).
"""


def page() -> str:
    """The page as Markdown."""
    abouts = dict.fromkeys(kind.about for kind in KINDS.values())
    return _HEAD + "".join(_table(about) for about in abouts)


def _table(about: str) -> str:
    rows = "\n".join(_row(kind) for kind in KINDS.values() if kind.about == about)
    head = "| id | severity | on the wire | for Python callers | opposite |\n|---|---|---|---|---|"
    return f"\n## {about[0].upper()}{about[1:]}\n\n{head}\n{rows}\n"


def _row(kind: Kind) -> str:
    mirrors = ", ".join(f"`{mirror}`" for mirror in kind.mirrors)
    return f"| `{kind.id}` | {kind.severity} | {_shown(kind.wire)} | {_shown(kind.python)} | {mirrors} |"


def _shown(template: str) -> str:
    """A template as prose, its placeholders in italics."""
    return template.replace("{", "*").replace("}", "*").replace("|", "\\|")


if __name__ == "__main__":
    sys.stdout.write(page())
