"""The command `diff`: arguments, output, exit codes."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

from .. import pipeline
from ..arguments import add_provider
from ..document.reading import DocumentError
from ..document.unforeseen import during
from ..files.write import write_all
from . import bump, changelog, severity, source
from .compare import Report, compare
from .finding import SEVERITIES
from .forms import FORMATS, github, html, json_form, markdown, text

_FAILS = ("breaking", "risky", "any", "none")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `diff` to a parser."""
    parser.add_argument("old", nargs="?", default="git:HEAD", metavar="OLD", help="default: git:HEAD")
    parser.add_argument(
        "new", nargs="?", metavar="NEW", help="a folder, a document, or git:REV; default: the working tree"
    )
    add_provider(parser)
    parser.add_argument("--specs", type=Path, default=pipeline.SPECS, help="folder of the snapshots")
    parser.add_argument("--overlays", type=Path, default=pipeline.OVERLAYS, help="folder of the overlays")
    parser.add_argument("--severity", type=Path, default=severity.DEFAULT, metavar="FILE", help="severity.yaml")
    parser.add_argument("--format", choices=FORMATS, default="text", help="default: text")
    parser.add_argument(
        "--links", default="", metavar="URL", help="of this folder in a browser, for links to file and line"
    )
    parser.add_argument("--output", type=Path, metavar="FILE", help="write the report there, not to standard output")
    parser.add_argument(
        "--fail-on", choices=_FAILS, default="none", help="exit with 1 if there is such a finding or a worse one"
    )
    parser.add_argument(
        "--changelog",
        type=Path,
        nargs="?",
        const=pipeline.ROOT.parent / "CHANGELOG.md",
        metavar="FILE",
        help="write the entry below Unreleased, once; default: CHANGELOG.md",
    )
    parser.add_argument("--color", choices=("auto", "always", "never"), default="auto", help="of text; default: auto")


def run(options: argparse.Namespace) -> int:
    """Compare and report. Returns 0; 1 for findings that `--fail-on` names; 2 for a bad document or argument."""
    try:
        return _run(options)
    except (DocumentError, OSError) as error:
        print(f"codegen diff: {error}", file=sys.stderr)
        return 2


def _run(options: argparse.Namespace) -> int:
    places = source.Places(options.provider, options.specs, options.overlays)
    overrides = severity.load(options.severity)
    with during("compare"):
        report = compare(source.read(options.old, places), source.read(options.new, places), overrides)
    _write(options, report, render(report, options.format, colour=_is_coloured(options), links=options.links))
    return int(fails(report, options.fail_on))


def render(report: Report, form: str, *, colour: bool = False, links: str = "") -> str:
    """Render the report in one of its forms. `links` is the URL of the folder that paths are relative to."""
    advice = bump.advise(report, bump.present())
    match form:
        case "markdown":
            return markdown.render(report, advice, changelog.text(report), links)
        case "json":
            return json_form.render(report, advice, changelog.text(report))
        case "github":
            return github.render(report, advice)
        case "html":
            return html.render(report, advice, changelog.text(report), links)
        case _:
            return text.render(report, advice, colour=colour)


def fails(report: Report, level: str) -> bool:
    """True if the report has a finding of the level that `--fail-on` names, or a worse one."""
    counts = report.counts()
    wanted = {"breaking": 1, "risky": 2, "any": 3, "none": 0}[level]
    return any(counts[severity] for severity in SEVERITIES[:wanted])


def _write(options: argparse.Namespace, report: Report, shown: str) -> None:
    files: dict[Path, bytes] = {}
    if options.output is not None:
        files[options.output] = shown.encode()
    if options.changelog is not None and report.findings:
        path: Path = options.changelog
        before = path.read_text(encoding="utf-8") if path.exists() else ""
        files[path] = changelog.added(before, report).encode()
    write_all(files)
    if options.output is None:
        sys.stdout.write(shown)


def _is_coloured(options: argparse.Namespace) -> bool:
    if options.color != "auto" or options.output is not None:
        return bool(options.color == "always")
    return sys.stdout.isatty() and not os.environ.get("NO_COLOR")
