"""The report on a provider's documents, as JSON or Markdown: repairs, and parts that were not understood."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import attrs

from .document import shape
from .document.reading import visible
from .package.parse import Parsed
from .pair.pair import Paired
from .repair.repair import Repaired

SUFFIXES = (".json", ".md")


@attrs.frozen
class Report:
    """Counts for each document, and findings by kind. The same documents always give the same report."""

    provider: str
    operations: int
    documents: dict[str, dict[str, Any]]
    lines: dict[str, tuple[str, ...]]


_TITLES = {
    "not_understood": "Not understood: taken as any value, or left out where a reference leads nowhere",
    "untyped": "Could not be read with its types",
    "not_sent": "No argument: the gateway passes no header and no cookie on, and the token is the client's to send",
    "bodies": "Bodies that are not sent as they are stated, or that end a published server",
    "servers": "Servers that can't be called as they are stated",
    "unfilled": "Places of the provider's URL that no parameter fills: what extra_query has for one is not checked",
    "same_operation": "The same operation twice: both are kept",
    "same_name": "Operations that would have had one name",
    "disagreements": "Where the documents disagree, or nothing but the path says that two operations are one",
}


def report(provider: str, repaired: Mapping[str, Repaired | None], paired: Paired, parsed: Parsed) -> Report:
    """The report of one run."""
    present = {name: result for name, result in repaired.items() if result is not None}
    counts = {
        name: {
            "operations": sum(1 for _ in shape.operations(result.document)),
            "repairs": dict(sorted(result.counts.items())),
        }
        for name, result in present.items()
    }
    unread = [f"{name}.json: {line}" for name, result in present.items() for line in result.unread]
    lines = {
        "not_understood": unread,
        "untyped": (*parsed.warnings, *parsed.any_values),
        "not_sent": parsed.not_sent,
        "bodies": parsed.bodies,
        "servers": parsed.servers,
        "unfilled": paired.unfilled,
        "same_operation": paired.twice,
        "same_name": parsed.shared_names,
        "disagreements": paired.findings,
    }
    shown = {key: tuple(visible(line) for line in found) for key, found in lines.items()}
    return Report(provider, len(parsed.package.operations), counts, shown)


def written(report: Report, suffix: str) -> bytes:
    """The report as JSON or, for `.md`, as Markdown."""
    if suffix == ".json":
        return (json.dumps(attrs.asdict(report), indent=2, ensure_ascii=False) + "\n").encode()
    text = [f"# What codegen made of {report.provider}", "", f"{report.operations} operations."]
    for name, counts in report.documents.items():
        text += ["", f"## {name}.json", "", f"{counts['operations']} operations.", ""]
        text += ["| rule | times |", "|---|---|"]
        text += [f"| {rule} | {times} |" for rule, times in counts["repairs"].items()]
    for key, title in _TITLES.items():
        if report.lines[key]:
            text += ["", f"## {title}", "", *(f"- `{line.replace('`', chr(39))}`" for line in report.lines[key])]
    return ("\n".join(text) + "\n").encode()
