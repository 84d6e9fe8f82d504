"""The steps of `make update`: fetch, generate, test, diff.

It writes a new snapshot, package, changelog and Markdown report; or it restores the working tree and gives the reason.
With `--keep` it leaves the new documents if only the overlay or a test fails, for a person to finish.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import attrs

from . import arguments, pipeline
from .diff import bump, changelog, severity, source
from .diff.command import render
from .diff.compare import Report, compare
from .diff.forms.markdown import code
from .diff.prepare import prepare
from .document.reading import DocumentError
from .files.write import write_all

TESTS = (sys.executable, "-m", "pytest", "-q", "-x", "-n", "auto")


class Refused(Exception):
    """The reason for refusing an update, on one line. `report` has the findings, if the comparison was reached.

    With `is_kept` the tree still has the new documents.
    """

    def __init__(self, reason: str, report: Report | None = None, *, is_kept: bool = False) -> None:
        super().__init__(reason)
        self.report = report
        self.is_kept = is_kept


def update(
    provider: str,
    root: Path,
    *,
    take: Callable[[], None],
    test: Callable[[], int],
    say: Callable[[str], None],
    since: str | None = None,
    keep: bool = False,
) -> Report:
    """Run the steps in the working tree `root`. `take` fetches the documents; `test` returns pytest's exit code.

    The report compares with the snapshot before `take`, or with `since` (`git:HEAD`).

    Raises `Refused`, and restores the working tree, if the documents can't be fetched or read, if generation fails,
    or if a test fails. With `keep`, a failed generation leaves the new documents in the tree, and a failed test leaves
    the new documents and package.
    """
    places = source.Places(provider, root / "codegen" / "specs", root / "codegen" / "overlays")
    generated, log = root / "generated", root / "CHANGELOG.md"
    with _as_it_was_on_failure(log, places.specs, generated):
        before = source.read(since, places)
        report: Report | None = None
        try:
            take()
            old, new = attrs.evolve(before, label=since or "the last snapshot"), source.read(None, places)
            report = compare(prepare(old), prepare(new), severity.load())
            if report.findings:
                result = pipeline.generate(provider, specs=places.specs, overlays=places.overlays, say=say)
                changed = pipeline.write(result, generated)
                say(f"write    {len(changed)} files")
                if test() != 0:
                    raise Refused("a test fails with the new documents; see above", report, is_kept=keep)
                write_all(changelog.written(log, report))
        except (DocumentError, OSError) as error:
            is_kept = keep and report is not None and bool(report.findings)
            raise Refused(str(error), report, is_kept=is_kept) from None
    return report


@contextmanager
def _as_it_was_on_failure(*places: Path) -> Iterator[None]:
    """Restore the files and folders that an update writes if it does not finish."""
    before = {path: path.read_bytes() for path in _files(places)}
    try:
        yield
    except BaseException as error:
        if not (isinstance(error, Refused) and error.is_kept):
            write_all(before, remove=[path for path in _files(places) if path not in before])
        raise


def _files(places: Iterable[Path]) -> list[Path]:
    return [path for place in places for path in (place, *place.rglob("*")) if path.is_file()]


# --- the command -----------------------------------------------------------------------------------------------------


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `update` to a parser."""
    arguments.add_provider(parser)
    arguments.add_fetch(parser)
    parser.add_argument("--no-fetch", action="store_true", help="take the documents as they lie in the working tree")
    parser.add_argument("--report", type=Path, metavar="FILE", help="write the Markdown report there as well")
    parser.add_argument("--links", default="", metavar="URL", help="of the repository in a browser, for the report")
    parser.add_argument(
        "--keep",
        action="store_true",
        help="where only the overlay or a test fails, keep the new documents; exit with 4",
    )


def run(options: argparse.Namespace) -> int:
    """Run an update. Returns 0 if it succeeds or there is nothing to do, 1 if it fails and prints the reason.

    Returns 4 if it fails and the new documents stay in the tree.
    """
    root = pipeline.ROOT.parent

    def take() -> None:
        if not options.no_fetch:
            arguments.fetched(options, pipeline.SPECS)

    def test() -> int:
        # The documentation and the wheel are each built in one process, which all their tests share.
        built = (*TESTS, "--dist", "loadfile", "tests/artefacts")
        return _tested((*TESTS, "--dist", "worksteal"), root) or _tested(built, root)

    try:
        since = "git:HEAD" if options.no_fetch else None
        report = update(options.provider, root, take=take, test=test, say=print, since=since, keep=options.keep)
    except Refused as refusal:
        if refusal.report is not None:
            _write(options, refusal.report, reason=str(refusal))
        left = "the new documents are kept, and are to be finished" if refusal.is_kept else "nothing was changed"
        print(f"update: {left}: {refusal}", file=sys.stderr)
        return 4 if refusal.is_kept else 1
    _write(options, report)
    counts = ", ".join(f"{count} {severity_}" for severity_, count in report.counts().items())
    print(f"update   {counts}. {bump.advise(report, bump.present()).text}.")
    return 0


def _tested(command: Sequence[str], root: Path) -> int:
    return subprocess.run(command, cwd=root, check=False).returncode


def _write(options: argparse.Namespace, report: Report, *, reason: str = "") -> None:
    """Write the report. If the update is not finished, the reason goes below the title."""
    if options.report is not None:
        title, _, rest = render(report, "markdown", links=options.links).partition("\n")
        told = f"\n**Not finished:** {code(reason)}\n" if reason else ""
        write_all({options.report: f"{title}\n{told}{rest}".encode()})
