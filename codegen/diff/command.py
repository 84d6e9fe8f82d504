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
from .forms import github, html, json_form, markdown, text
from .forms.view import View
from .prepare import prepare

_FAILING = {"breaking": SEVERITIES[:1], "risky": SEVERITIES[:2], "any": SEVERITIES, "none": ()}
_FORMS = {"markdown": markdown.render, "json": json_form.render, "github": github.render, "html": html.render}
FORMATS = ("text", *_FORMS)


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
        "--fail-on", choices=_FAILING, default="none", help="exit with 1 if there is such a finding or a worse one"
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
        places = source.Places(options.provider, options.specs, options.overlays)
        overrides = severity.load(options.severity)
        with during("compare"):
            old, new = source.alike(source.read(options.old, places), source.read(options.new, places))
            report = compare(prepare(old), prepare(new), overrides)
        is_coloured = options.color == "always"
        if options.color == "auto" and options.output is None:
            is_coloured = sys.stdout.isatty() and not os.environ.get("NO_COLOR")
        shown = render(report, options.format, colour=is_coloured, links=options.links)
        files = {} if options.output is None else {options.output: shown.encode()}
        if options.changelog is not None and report.findings:
            files |= changelog.written(options.changelog, report)
        write_all(files)
    except (DocumentError, OSError) as error:
        print(f"codegen diff: {error}", file=sys.stderr)
        return 2
    if options.output is None:
        sys.stdout.write(shown)
    return int(fails(report, options.fail_on))


def render(report: Report, form: str, *, colour: bool = False, links: str = "", version: str | None = None) -> str:
    """Render the report in one of its forms.

    `links` is the URL of the folder that paths are relative to; `version` the package's present one, if not its own.
    """
    shown = View(report, bump.advise(report, version or bump.present()), changelog.text(report), links)
    return text.render(shown, colour=colour) if form == "text" else _FORMS[form](shown)


def fails(report: Report, level: str) -> bool:
    """True if the report has a finding of the level that `--fail-on` names, or a worse one."""
    return any(finding.severity in _FAILING[level] for finding in report.findings)
