"""Documents → the generated package, stage by stage; and compare it with the committed one."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import attrs

from . import report
from .document import reading, shape
from .document.reading import DocumentError
from .document.unforeseen import during
from .files.write import write_all
from .overlay import overlay
from .package import parse
from .package.tree import Package
from .pair import pair
from .render import render
from .repair import repair
from .repair.repair import Repaired
from .report import Report

ROOT = Path(__file__).resolve().parent
SPECS = ROOT / "specs"
OVERLAYS = ROOT / "overlays"
OUT = ROOT.parent / "generated"
_LINES = 20

Say = Callable[[str], None]


@attrs.frozen
class Generated:
    """The stages' results: the package as data, its files by their path below the output folder, and the report."""

    package: Package
    files: dict[str, bytes]
    report: Report


@attrs.frozen
class Documented:
    """One document of two: repaired, paired and overlaid; and the results on the way there."""

    document: dict[str, Any]
    repaired: dict[str, Repaired | None]
    paired: pair.Paired
    is_vouched_for: bool
    """True if the provider has an overlay, and so somebody who vouches for it."""


def documented(provider: str, *, specs: Path = SPECS, overlays: Path | None = None, say: Say) -> Documented:
    """Run the stages up to the overlay. Raises `DocumentError` at the first problem."""
    repaired: dict[str, Repaired | None] = {}
    for name, given in reading.load(specs / provider).items():
        with during(f"repair {name}.json"):
            repaired[name] = repair.repair(given, where=f"{name}.json") if given is not None else None
    for name, result in repaired.items():
        if result is not None:
            count = sum(1 for _ in shape.operations(result.document))
            rules = ", ".join(f"{rule} {times}" for rule, times in sorted(result.counts.items())) or "nothing to repair"
            say(f"repair   {name}.json: {count} operations; {rules}")
            _say_some(result.unread, say)
    new, old = repaired["openapi"], repaired["definition"]
    with during("pair"):
        paired = pair.pair(new.document if new else None, old.document if old else None)
    say(f"pair     {paired.pairs} pairs, {len(paired.findings)} disagreements")
    _say_some((*paired.findings, *paired.twice), say)
    with during("overlay"):
        actions = overlay.load((overlays or OVERLAYS) / f"{provider}.yaml")
        document, misfits = overlay.apply(paired.document, actions)
    if paired.twice and actions:
        raise DocumentError("; ".join(paired.twice))
    if misfits:
        raise DocumentError("; ".join(misfits))
    say(f"overlay  {len(actions)} actions")
    return Documented(document, repaired, paired, is_vouched_for=bool(actions))


def generate(provider: str, *, specs: Path = SPECS, overlays: Path | None = None, say: Say) -> Generated:
    """Run every stage but the writing. Raises `DocumentError` at the first problem."""
    started = time.perf_counter()
    made = documented(provider, specs=specs, overlays=overlays, say=say)
    with during("parse"):
        parsed = parse.parse(made.document, provider=provider, is_vouched_for=made.is_vouched_for)
    _say_some(parsed.warnings, say)
    if parsed.warnings and made.is_vouched_for:
        raise DocumentError(f"the parser can't read everything: {'; '.join(parsed.warnings)}")
    if parsed.shared_names and made.is_vouched_for:
        raise DocumentError(f"name one in the overlay: {'; '.join(parsed.shared_names)}")
    _say_some(parsed.shared_names, say)
    _say_some(parsed.any_values, say)
    _say_some(parsed.bodies, say)
    _say_some([f"no argument: {line}" for line in parsed.not_sent], say)
    package = parsed.package
    say(f"parse    {len(package.operations)} operations, {len(package.models)} models, {len(package.enums)} enums")
    with during("render"):
        files = render.render(package)
    seconds = time.perf_counter() - started
    say(f"render   {len(files)} files, {sum(map(len, files.values())):,} bytes, {seconds:.1f} s in all")
    return Generated(package, files, report.report(provider, made.repaired, made.paired, parsed))


def _say_some(lines: Sequence[str], say: Say) -> None:
    """Say the first of many lines: the report has them all."""
    for line in lines[:_LINES]:
        say(f"         {line}")
    if len(lines) > _LINES:
        say(f"         and {len(lines) - _LINES} more such; --report FILE lists them all")


def write(generated: Generated, out: Path) -> list[str]:
    """Write the files below `out`, all or nothing, and remove obsolete ones. Returns the changed files."""
    changed = differences(generated, out)
    write_all(
        {out / path: content for path, content in generated.files.items()},
        remove=[out / path for path in changed if path not in generated.files],
        inside=out,
    )
    return changed


def differences(generated: Generated, out: Path) -> list[str]:
    """The files below `out` that differ from the generated ones: changed, missing or extra."""
    written = {path: out / path for path in generated.files}
    changed = {path for path, file in written.items() if _content(file) != generated.files[path]}
    folder = out / generated.package.name
    found = {file.relative_to(out).as_posix() for file in folder.rglob("*") if file.is_file() or file.is_symlink()}
    stray = {path for path in found - set(written) if "__pycache__" not in path.split("/")}
    return sorted(changed | stray)


def _content(file: Path) -> bytes | None:
    return file.read_bytes() if file.is_file() and not file.is_symlink() else None
