"""Compare two versions of the documents and report every finding, in a fixed order."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

import attrs

from ..render.filters import FILTERS
from .catalogue import KINDS, Bump, bump_of
from .disagree import disagreements
from .explain import explain
from .finding import SEVERITIES, Change, Finding, Severity
from .gateway import gateway
from .hidden import hidden
from .matching import Matched, match_operations
from .operations import operation, summary
from .prepare import NO_INTERFACE, Interface, Node, Prepared
from .python import python
from .schemas import Schemas
from .sentence import Words, sentence
from .severity import Override
from .shape import canonical
from .telling import Teller
from .tolerant import compatible


@attrs.frozen
class Report:
    """The two versions compared, and the findings."""

    old: str
    new: str
    findings: tuple[Finding, ...]
    bump: Bump | None
    """The minimum version bump; None if nothing has changed."""
    files: Mapping[str, Path]
    """Paths of the new version's documents and overlay, for links."""
    note: str = ""

    def counts(self) -> dict[Severity, int]:
        counted = Counter(finding.severity for finding in self.findings)
        return {severity: counted[severity] for severity in SEVERITIES}


def compare(old: Prepared, new: Prepared, overrides: Iterable[Override] = (), *, with_python: bool = True) -> Report:
    """Compare two versions."""
    before, after = compatible(old, new)
    read = (before.interface, after.interface) if with_python else (NO_INTERFACE, NO_INTERFACE)
    matched = match_operations(before.nodes.values(), after.nodes.values())
    names = _names(before, read[0]), _names(after, read[1])
    wire = [*_one_each(_wire(before, after, matched, read[1])), *_overlay(before, after)]
    wire = [*_one_host(wire), *hidden(before, after, matched.both, wire)]
    wire += [*_generation(*read), *_renamed(matched.both, *names)]
    explained = explain(wire, python(matched.both, *read), *read)
    teller = Teller(before, after, {**names[0], **names[1]}, read, tuple(overrides))
    found = {_key(finding): finding for finding in map(teller.finding, explained)}
    findings = tuple(found[key] for key in sorted(found))
    note = f"Only {new.source.only}.json was compared." if new.source.only else ""
    return Report(old.source.label, new.source.label, findings, _bump(findings), new.source.files, note)


def _names(version: Prepared, read: Interface) -> dict[str, str]:
    """A name for each operation: the method's, else (without a package) the overlay's, else its place."""
    return {
        place: read.names.get(place) or node.node.get("operationId") or place for place, node in version.nodes.items()
    }


def _key(finding: Finding) -> tuple[object, ...]:
    """Sort by severity and operation; equal keys are one finding."""
    severity = SEVERITIES.index(finding.severity)
    rest = finding.id, finding.field, finding.symbol, finding.wire.plain(), repr(finding.old), repr(finding.new)
    return (severity, finding.operation or "", *rest)


def _bump(findings: tuple[Finding, ...]) -> Bump | None:
    wanted = {bump_of(finding.severity, KINDS[finding.id].heading) for finding in findings}
    order: tuple[Bump, ...] = ("major", "minor", "patch")
    return next((bump for bump in order if bump in wanted), None)


# --- changes ---------------------------------------------------------------------------------------------------------


def _wire(old: Prepared, new: Prepared, matched: Matched[Node], read: Interface) -> Iterator[Change]:
    yield from gateway(old, new)
    schemas = Schemas(old.document, new.document)
    given = old.source.documents, new.source.documents
    documents = frozenset(name for name in given[0] if given[0][name] and given[1][name])
    for was, node in matched.both:
        for change in operation(was, node, schemas, documents):
            yield attrs.evolve(change, was_place=was.place)
    for node in matched.removed:
        yield Change("operation-removed", node.place, old=summary(node), words={"routes": _routes(node)})
    for node in matched.added:
        yield _added(node, new, read, is_paired=len(documents) == 2)
    yield from disagreements(old, new, matched.both, matched.added)


def _added(node: Node, version: Prepared, read: Interface, *, is_paired: bool) -> Change:
    """A new operation with its signature, its safety, and the overlay work left to do."""
    formats = [name for name in ("new", "old") if node.route(name)]
    only = f", so far on gateways that serve the {formats[0]} format only" if is_paired and len(formats) == 1 else ""
    words: dict[str, object] = {"routes": _routes(node), "only": Words(only)}
    words["signature"] = Words("It can be called after an upgrade.")
    method = read.operations.get(read.names.get(node.place, ""))
    if method is not None:
        has_entry = any(action.target.startswith(node.target) for action in version.source.actions)
        told = "It is {safety}." if has_entry else _TO_DO
        told_of = {"signature": FILTERS["markdown_signature"](method), "safety": Words(method.safety)}
        told_of["result"] = Words(FILTERS["returns"](method).removeprefix("builtins."))
        words["signature"] = sentence(f"{{signature}}. {told}", told_of)
    return Change("operation-added", node.place, new=summary(node), words=words)


_TO_DO = "No overlay entry: the result is {result} and it is treated as {safety}."


def _routes(node: Node) -> str:
    return ", ".join(dict.fromkeys(route for name in ("new", "old") if (route := node.route(name))))


def _one_each(changes: Iterable[Change]) -> Iterator[Change]:
    """Merge the changes of a component that several operations refer to into one."""
    found: dict[tuple[object, ...], Change] = {}
    for number, change in enumerate(changes):
        key = (change.id, change.origin, canonical([change.old, change.new])) if change.origin else (number,)
        first = found.setdefault(key, change)
        if first is not change:
            found[key] = attrs.evolve(first, also=(*first.also, (change.place or "", change.field)))
    yield from found.values()


_ORIGIN = re.compile(r"[a-z]+://[^/?#]*")


def _one_host(changes: list[Change]) -> list[Change]:
    """Merge the changes of a host behind several operations into one."""
    hosts = {id(change): _hosts(change) for change in changes if change.id == "upstream-endpoint-changed"}
    moved = [change for change in changes if hosts.get(id(change))]
    others = [change for change in changes if not hosts.get(id(change))]
    if len(moved) < 2:
        return [*others, *moved]
    old, new = (", ".join(sorted(set(side))) for side in zip(*filter(None, hosts.values()), strict=True))
    also = tuple((change.place or "", "") for change in moved)
    return [*others, Change("upstream-host-changed", None, (), old, new, words={"count": Words(len(also))}, also=also)]


def _hosts(change: Change) -> tuple[str, str] | None:
    """The old and new host if nothing else of the endpoint changed."""
    was, now = (_ORIGIN.match(str(side)) for side in (change.old, change.new))
    if was is None or now is None or change.old[was.end() :] != change.new[now.end() :]:
        return None
    return was[0], now[0]


# The position of an entry in its file is not part of its meaning.
_PLACE = re.compile(r":[0-9]+, action [0-9]+ |, action [0-9]+ | in line [0-9]+")


def _overlay(old: Prepared, new: Prepared) -> Iterator[Change]:
    sides = [{_PLACE.sub(" ", line): line for line in side.misfits} for side in (old, new)]
    for key in sorted(sides[0].keys() ^ sides[1].keys()):
        line = {**sides[0], **sides[1]}[key]
        known = (*new.nodes.values(), *old.nodes.values())
        place = next((node.place for node in known if node.target.removeprefix("$.paths") in line), None)
        what = "overlay-misfit" if key in sides[1] else "overlay-fits"
        yield Change(what, place, field=line, words={"entry": line})


def _generation(old: Interface, new: Interface) -> Iterator[Change]:
    if old.error != new.error:
        what = "generation-fails" if new.error else "generation-works"
        yield Change(what, None, words={"error": new.error or old.error})
    if old.error or new.error:
        return
    for line in sorted(set(old.warnings) ^ set(new.warnings)):
        what = "parser-warning" if line in new.warnings else "parser-warning-gone"
        yield Change(what, None, field=line, words={"error": line})


def _renamed(both: list[tuple[Node, Node]], old: dict[str, str], new: dict[str, str]) -> Iterator[Change]:
    for was, node in both:
        names = old[was.place], new[node.place]
        if names[0] != names[1] and all("." in name and " " not in name for name in names):
            yield Change("operation-renamed", node.place, ("summary",), *names, was_place=was.place)
