"""`python -m codegen fetch|generate|check|diff|update|export`: arguments, lines and exit codes."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from . import arguments, export, pipeline, report, unasync, update
from .diff import command as diff
from .document import unforeseen
from .document.reading import DocumentError, visible
from .fetch.fetch import Offline
from .files.write import write_all

_DESCRIPTION = """\
From the gateway's two documents to a typed Python package.

  fetch      take /openapi and /definition from the backend into codegen/specs/<provider>/
  generate   repair, pair, overlay, parse and render them into generated/
  check      render again and compare: fails where generated/ is not what generate writes
  diff       what changed between two versions of the documents, and whom it breaks
  update     fetch, generate, test and diff in one go; on any failure the tree stays as it was
  export     the repaired, paired and overlaid document, as OpenAPI 3.1 for other tools
  unasync    write the sync twins of what is written async; --check only compares
"""
_EPILOG = """\
A first run:      python -m codegen generate
After an update:  python -m codegen fetch && python -m codegen generate && python -m codegen diff

Exit codes: 0 done, 1 a document or a generated file is not right, or update left the tree as it was, 2 wrong arguments,
3 fetch can't reach the backend, 4 update --keep left new documents that are to be finished.
"""


# List this many files; a new package has hundreds.
_LISTED = 20


def main(given: Sequence[str] | None = None) -> int:
    """Run one command. Returns its exit code."""
    options = _parser().parse_args(given)
    try:
        return int(options.run(options))
    except Offline as error:
        print(f"codegen {options.command}: {error}", file=sys.stderr)
        return 3
    except (DocumentError, OSError) as error:
        return _failed(options, visible(str(error)), error)
    except KeyboardInterrupt:
        print(f"codegen {options.command}: interrupted", file=sys.stderr)
        return 130
    except Exception as error:
        return _failed(options, unforeseen.line(error), error)


def _failed(options: argparse.Namespace, line: str, error: Exception) -> int:
    if options.debug:
        print(unforeseen.rest(error), file=sys.stderr)
    print(f"codegen {options.command}: {line}", file=sys.stderr)
    return 1


def _fetch(options: argparse.Namespace) -> int:
    arguments.fetched(options, options.specs)
    return 0


def _generate(options: argparse.Namespace) -> int:
    result = pipeline.generate(options.provider, specs=options.specs, say=_say)
    changed = pipeline.write(result, options.out)
    if options.report:
        write_all({options.report: report.written(result.report, options.report.suffix)})
    print(f"write    {len(changed)} changed in {options.out}{_listed(changed)}")
    return 0


def _check(options: argparse.Namespace) -> int:
    result = pipeline.generate(options.provider, specs=options.specs, say=lambda line: None)
    changed = pipeline.differences(result, options.out)
    if changed:
        print(f"codegen check: {len(changed)} files are not what generate writes{_listed(changed)}", file=sys.stderr)
        print("Run `make generate` and look at the difference.", file=sys.stderr)
        return 1
    print(f"check    {len(result.files)} files are what generate writes")
    return 0


def _unasync(options: argparse.Namespace) -> int:
    if not options.check:
        unasync.write()
    elif differing := unasync.differing():
        print(f"codegen unasync: not the twins of what is async: {', '.join(differing)}", file=sys.stderr)
        return 1
    print("unasync  each _sync is made from its _async")
    return 0


def _say(line: str) -> None:
    print(visible(line))


def _report_file(text: str) -> Path:
    path = Path(text)
    if path.suffix not in report.SUFFIXES:
        raise argparse.ArgumentTypeError(f"{text!r} ends with none of {', '.join(report.SUFFIXES)}")
    return path


def _listed(paths: list[str]) -> str:
    more = f"\n         and {len(paths) - _LISTED} more" if len(paths) > _LISTED else ""
    return "".join(f"\n         {path}" for path in paths[:_LISTED]) + more


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m codegen",
        description=_DESCRIPTION,
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    commands = parser.add_subparsers(
        dest="command", required=True, metavar="fetch|generate|check|diff|update|export|unasync"
    )
    for name, run, about in (
        ("fetch", _fetch, "take both documents from the backend, both or neither; or one with --only"),
        ("generate", _generate, "write the package from the snapshot; no network"),
        ("check", _check, "compare the package with what generate would write; no network"),
    ):
        command = commands.add_parser(name, help=about, description=about.capitalize() + ".")
        command.set_defaults(run=run)
        arguments.add_provider(command)
        command.add_argument(
            "--specs", type=Path, default=pipeline.SPECS, help="folder of the snapshots; default: codegen/specs"
        )
        if name == "fetch":
            arguments.add_fetch(command)
        else:
            command.add_argument(
                "--out", type=Path, default=pipeline.OUT, help="folder of the package; default: generated/"
            )
        if name == "generate":
            command.add_argument(
                "--report",
                type=_report_file,
                help="also write what was repaired and what not understood: FILE.json, FILE.md",
            )
    twins = commands.add_parser("unasync", help="make the sync twins of what is written async")
    twins.set_defaults(run=_unasync)
    twins.add_argument("--check", action="store_true", help="only compare")
    for name, module, about in (
        ("diff", diff, "compare two versions of the documents: findings for the wire and for Python callers"),
        ("update", update, "fetch, generate, test and diff; leaves the tree updated, or as it was with a reason"),
        ("export", export, "write the repaired, paired and overlaid document as OpenAPI 3.1, for any other tool"),
    ):
        command = commands.add_parser(name, help=about, description=about.capitalize() + ".")
        command.set_defaults(run=module.run)
        module.add_arguments(command)
    for command in commands.choices.values():
        command.add_argument("--debug", action="store_true", help="show where in codegen a failure happened")
    return parser
