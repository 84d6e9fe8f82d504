"""Make an entry for CHANGELOG.md in the style of Keep a Changelog, and add it once below *Unreleased*."""

from __future__ import annotations

import re
from pathlib import Path

from .catalogue import KINDS
from .compare import Report
from .forms.markdown import code, inline

HEADINGS = ("Added", "Changed", "Deprecated", "Removed", "Fixed")


def entry(report: Report) -> dict[str, list[str]]:
    """The lines of an entry by heading. Changes that only maintainers see (overlay, texts) are left out."""
    found: dict[str, list[str]] = {}
    for finding in report.findings:
        kind = KINDS[finding.id]
        if kind.about == "overlay" or finding.id.endswith(("-text-changed", "unused-schema-changed")):
            continue
        mark = "**Breaking:** " if finding.severity == "breaking" else ""
        where = f"{code(finding.operation)}: " if finding.operation else ""
        said = finding.python if kind.about == "Python callers" else finding.wire
        line = f"- {mark}{where}{inline(said)}"
        lines = found.setdefault(kind.heading, [])
        if line not in lines:
            lines.append(line)
    return {heading: found[heading] for heading in HEADINGS if heading in found}


def text(report: Report) -> str:
    """The entry, ready to paste below *Unreleased*."""
    parts = [f"### {heading}\n\n" + "\n".join(lines) + "\n" for heading, lines in entry(report).items()]
    return "\n".join(parts)


def added(changelog: str, report: Report) -> str:
    """The changelog with the entry below *Unreleased*. Existing lines stay and are not repeated."""
    content = changelog or "# Changelog\n"
    if not _UNRELEASED.search(content):
        first = _NEXT.search(content)
        at = first.start() if first else len(content)
        content = f"{content[:at].rstrip()}\n\n## [Unreleased]\n\n{content[at:]}"
    before, title, rest = _UNRELEASED.split(content, maxsplit=1)
    end = _NEXT.search(rest)
    section, after = (rest[: end.start()], rest[end.start() :]) if end else (rest, "")
    blocks = [block.strip("\n") for block in re.split(r"^(?=### )", section, flags=re.M) if block.strip()]
    for heading, lines in entry(report).items():
        later = tuple(f"### {name}" for name in HEADINGS[HEADINGS.index(heading) + 1 :])
        at = next((at for at, block in enumerate(blocks) if block.startswith(f"### {heading}\n")), -1)
        if at < 0:
            at = next((at for at, block in enumerate(blocks) if block.startswith(later)), len(blocks))
            blocks.insert(at, f"### {heading}\n")
        blocks[at] = "\n".join([blocks[at], *(line for line in lines if line not in blocks[at].split("\n"))])
    return "\n\n".join(filter(None, [before + title, *blocks, after])).rstrip("\n") + "\n"


_UNRELEASED = re.compile(r"(^## .*unreleased.*$)", re.I | re.M)
_NEXT = re.compile(r"^(?:## |\[)", re.M)


def written(path: Path, report: Report) -> dict[Path, bytes]:
    """The content of the changelog's file with the entry."""
    before = path.read_text(encoding="utf-8") if path.exists() else ""
    return {path: added(before, report).encode()}
