"""Make an entry for CHANGELOG.md in the style of Keep a Changelog, and add it once below *Unreleased*."""

from __future__ import annotations

from .catalogue import KINDS
from .compare import Report
from .forms.markdown import code, inline

HEADINGS = ("Added", "Changed", "Deprecated", "Removed", "Fixed")
HEADER = """\
# Changelog

All changes that matter to users of the package. The form is that of
[Keep a Changelog](https://keepachangelog.com/en/1.1.0/); versions follow [Semantic Versioning](https://semver.org).

## [Unreleased]
"""


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
    content = changelog or HEADER
    lines = content.rstrip("\n").split("\n")
    start = next((index for index, line in enumerate(lines) if _is_unreleased(line)), None)
    if start is None:
        at = next((index for index, line in enumerate(lines) if line.startswith("## ")), len(lines))
        lines[at:at] = ["## [Unreleased]", ""]
        start = at
    end = next((index for index in range(start + 1, len(lines)) if lines[index].startswith(("## ", "["))), len(lines))
    section = _merged(lines[start + 1 : end], entry(report))
    before, after = lines[: start + 1], lines[end:]
    return "\n".join([*before, *section, *([""] if after else []), *after]).rstrip("\n") + "\n"


def _is_unreleased(line: str) -> bool:
    return line.startswith("## ") and "unreleased" in line.lower()


def _merged(section: list[str], wanted: dict[str, list[str]]) -> list[str]:
    """The section with each wanted line added at the end of its heading."""
    blocks: list[tuple[str, list[str]]] = [("", [])]
    for line in section:
        if line.startswith("### "):
            blocks.append((line.removeprefix("### ").strip(), []))
        else:
            blocks[-1][1].append(line)
    known = dict(blocks)
    for heading, lines in wanted.items():
        block = known.get(heading)
        if block is None:
            block = known[heading] = []
            later = HEADINGS[HEADINGS.index(heading) + 1 :]
            at = next((index for index, (name, _) in enumerate(blocks) if name in later), len(blocks))
            blocks.insert(at, (heading, block))
        block += [line for line in lines if line not in block]
    result: list[str] = []
    for heading, block in blocks:
        if heading:
            result += ["", f"### {heading}", "", *filter(None, block)]
        elif any(block):
            result += ["", *"\n".join(block).strip("\n").split("\n")]
    return result
