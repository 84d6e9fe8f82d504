"""Compare two versions of the documents and report every finding, in a fixed order."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping

import attrs

from ..package.tree import Operation
from ..render.filters import FILTERS
from . import explain as explaining
from .catalogue import KINDS, Bump, Kind, bump_of
from .disagree import disagreements
from .explain import Explained
from .finding import SEVERITIES, Change, Finding, Severity
from .gateway import gateway
from .hidden import hidden
from .operations import operation, summary
from .pairing import Operations, match
from .pointers import pointers, targets
from .prepare import Interface, Node, Prepared, components, interface, prepare
from .python import python
from .schemas import Schemas
from .sentence import Sentence, Words, sentence
from .severity import Override, override
from .shape import canonical, inlined
from .source import Source
from .tolerant import compatible


@attrs.frozen
class Report:
    """The two versions compared, and the findings."""

    old: str
    new: str
    findings: tuple[Finding, ...]
    bump: Bump | None
    """The minimum version bump; None if nothing has changed."""
    files: Mapping[str, str]
    """Paths of the new version's documents and overlay, for links."""
    note: str = ""

    def counts(self) -> dict[Severity, int]:
        counted = Counter(finding.severity for finding in self.findings)
        return {severity: counted[severity] for severity in SEVERITIES}


def compare(old: Source, new: Source, overrides: Iterable[Override] = (), *, with_python: bool = True) -> Report:
    """Compare two versions. Raises `DocumentError` only if a version can't be read or paired at all."""
    old, new, note = _alike(old, new)
    before, after = compatible(prepare(old), prepare(new))
    matched = match(before.nodes.values(), after.nodes.values())
    both = list(matched.both)
    wire = [*_one_each(_wire(before, after, matched)), *_overlay(before, after)]
    wire = [*_one_host(wire), *hidden(before, after, both, wire)]
    if with_python:
        read = interface(before), interface(after)
    else:
        read = (Interface(None, (), None, {}), Interface(None, (), None, {}))
    wire = [_signed(change, after, read[1]) for change in wire]
    wire += _generation(*read)
    names = _names(before, read[0]), _names(after, read[1])
    wire += _renamed(both, names)
    explained = explaining.explain(wire, _python(both, *read), *read)
    maker = _Maker(before, after, names, read, tuple(overrides))
    findings = sorted({_key(finding): finding for finding in map(maker.finding, explained)}.items())
    found = tuple(finding for _, finding in findings)
    files = {name: str(path) for name, path in new.files.items()}
    return Report(old.label, new.label, found, _bump(found), files, note)


def _alike(old: Source, new: Source) -> tuple[Source, Source, str]:
    """Reduce both versions to the same document if only one is given."""
    for one in (old, new):
        if one.is_one_document:
            name = next(name for name, document in one.documents.items() if document is not None)
            note = f"Only {name}.json was compared."
            return old.only(name), new.only(name), note
    return old, new, ""


# --- changes ---------------------------------------------------------------------------------------------------------


def _wire(old: Prepared, new: Prepared, matched: Operations) -> Iterator[Change]:
    yield from gateway(old, new)
    both = list(matched.both)
    compare_schemas = Schemas(old.document, new.document)
    documents = frozenset(
        name for name in old.source.documents if old.source.documents[name] and new.source.documents[name]
    )
    for was, node in both:
        for change in operation(was, node, compare_schemas, documents):
            yield change if was.place == node.place else attrs.evolve(change, was_place=was.place)
    for node in matched.removed:
        yield Change("operation-removed", node.place, (), old=summary(node), words=(("routes", _routes(node)),))
    for node in matched.added:
        only = _only(node) if len(documents) == 2 else ""
        words = (
            ("routes", _routes(node)),
            ("only", Words(only)),
            ("signature", Words("It can be called after an upgrade.")),
        )
        yield Change("operation-added", node.place, (), new=summary(node), words=words)
    yield from disagreements(old, new, both, list(matched.added))


def _one_each(changes: Iterable[Change]) -> Iterator[Change]:
    """Merge the changes of a component that several operations refer to into one."""
    found: dict[tuple[object, ...], Change] = {}
    for number, change in enumerate(changes):
        key = (change.id, change.origin, canonical([change.old, change.new])) if change.origin else (number,)
        first = found.setdefault(key, change)
        if first is not change:
            found[key] = attrs.evolve(first, also=(*first.also, (change.place or "", change.field)))
    yield from found.values()


def _one_host(changes: Iterable[Change]) -> Iterator[Change]:
    """Merge the changes of a host behind several operations into one."""
    moved = []
    for change in changes:
        if change.id == "upstream-endpoint-changed" and _hosts(change):
            moved.append(change)
        else:
            yield change
    if len(moved) < 2:
        yield from moved
        return
    old, new = (", ".join(sorted(set(side))) for side in zip(*filter(None, map(_hosts, moved)), strict=True))
    places = tuple((change.place, "") for change in moved if change.place)
    words = (("count", Words(str(len(places)))),)
    yield Change("upstream-host-changed", None, (), old, new, also=places, words=words)


def _hosts(change: Change) -> tuple[str, str] | None:
    """The old and new host if nothing else of the endpoint changed."""
    sides = [_ORIGIN.match(side) if isinstance(side, str) else None for side in (change.old, change.new)]
    if sides[0] is None or sides[1] is None or change.old[sides[0].end() :] != change.new[sides[1].end() :]:
        return None
    return sides[0][0], sides[1][0]


_ORIGIN = re.compile(r"[a-z]+://[^/?#]*")
# The position of an entry in its file is not part of its meaning.
_PLACE = re.compile(r":[0-9]+, action [0-9]+ |, action [0-9]+ | in line [0-9]+")


def _overlay(old: Prepared, new: Prepared) -> Iterator[Change]:
    sides = [{_PLACE.sub(" ", line): line for line in side.misfits} for side in (old, new)]
    for key in sorted(sides[0].keys() ^ sides[1].keys()):
        is_new = key in sides[1]
        line = sides[is_new][key]
        known = (*new.nodes.values(), *old.nodes.values())
        place = next((node.place for node in known if node.target.removeprefix("$.paths") in line), None)
        yield Change("overlay-misfit" if is_new else "overlay-fits", place, (), field=line, words=(("entry", line),))


def _generation(old: Interface, new: Interface) -> Iterator[Change]:
    if (old.error or "") != (new.error or ""):
        what = "generation-fails" if new.error else "generation-works"
        yield Change(what, None, (), words=(("error", new.error or old.error),))
    if old.error or new.error:
        return
    for line in sorted(set(old.warnings) ^ set(new.warnings)):
        what = "parser-warning" if line in new.warnings else "parser-warning-gone"
        yield Change(what, None, (), field=line, words=(("error", line),))


def _renamed(both: list[tuple[Node, Node]], names: tuple[dict[str, str], dict[str, str]]) -> Iterator[Change]:
    for was, node in both:
        old, new = names[0][was.place], names[1][node.place]
        if old != new and "." in old and "." in new and " " not in old + new:
            yield Change("operation-renamed", node.place, ("summary",), old, new, was_place=was.place)


def _python(both: list[tuple[Node, Node]], old: Interface, new: Interface) -> list[Change]:
    if old.package is None or new.package is None:
        return []
    places = {id_: place for names in (old.names, new.names) for place, id_ in names.items()}
    renamed = explaining.renamed([(was.place, node.place) for was, node in both], old.names, new.names)
    return list(python(old.package, new.package, places, renamed))


def _signed(change: Change, version: Prepared, read: Interface) -> Change:
    """Add to a new operation its signature, its safety, and the overlay work left to do."""
    id_ = read.names.get(change.place or "")
    if change.id != "operation-added" or read.package is None or id_ is None:
        return change
    method = read.operations[id_]
    told = sentence(
        "{signature}. It is {safety}." if _has_entry(version, change) else _TO_DO,
        {"signature": FILTERS["markdown_signature"](method), "safety": Words(method.safety), "result": _result(method)},
    )
    return attrs.evolve(change, words=(*change.words, ("signature", told)))


_TO_DO = "{signature}. No overlay entry: the result is {result} and it is treated as {safety}."


def _result(method: Operation) -> Words:
    return Words(FILTERS["returns"](method).removeprefix("builtins."))


def _has_entry(version: Prepared, change: Change) -> bool:
    node = version.nodes[change.place or ""]
    return any(action.target.startswith(node.target) for action in version.source.actions)


def _names(version: Prepared, read: Interface) -> dict[str, str]:
    """A name for each operation: the method's, else (without a package) the overlay's, else its place."""
    found = {}
    for place, node in version.nodes.items():
        stated = node.node.get("operationId")
        found[place] = read.names.get(place) or (stated if isinstance(stated, str) else place)
    return found


def _line(change: Change) -> int | None:
    """The line of the overlay entry that a change is about; None if there is no such line."""
    found = re.search(r":([0-9]+), action ", str(dict(change.words).get("entry", "")))
    return int(found[1]) if found else None


def _routes(node: Node) -> str:
    return ", ".join(dict.fromkeys(route for name in ("new", "old") if (route := node.route(name))))


def _only(node: Node) -> str:
    formats = [name for name in ("new", "old") if node.route(name)]
    return f", so far on gateways that serve the {formats[0]} format only" if len(formats) == 1 else ""


# --- findings --------------------------------------------------------------------------------------------------------


@attrs.frozen
class _Maker:
    """Turns changes into findings: names, routes, pointers, sentences, severities."""

    old: Prepared
    new: Prepared
    names: tuple[dict[str, str], dict[str, str]]
    read: tuple[Interface, Interface]
    overrides: tuple[Override, ...]

    def finding(self, explained: Explained) -> Finding:
        change = self._without_references(explained.change)
        kind = KINDS[change.id]
        name = self._name(change.place)
        wire, python = self._sentences(kind, change, name, explained.python)
        found: list[Severity] = [KINDS[id_].severity for id_ in (change.id, *(each.id for each in explained.python))]
        severity = SEVERITIES[min(map(SEVERITIES.index, found))]
        other = override(self.overrides, change.id, name)
        return Finding(
            id=change.id,
            severity=severity if other is None else other.severity,
            about=kind.about,
            operation=name,
            also=tuple((self._name(place) or place, "" if f == change.field else f) for place, f in change.also),
            routes=self._of_routes(change),
            pointers=pointers(change, self.old, self.new),
            targets=targets(change, self.old, self.new),
            old=change.old,
            new=change.new,
            wire=wire,
            python=python,
            field=change.field if isinstance(change.field, str) else "",
            symbol=change.symbol or next((found.symbol for found in explained.python), ""),
            interface=explained.python,
            line=_line(change),
            rule=str(dict(change.words).get("rule", "")),
            reason=other.reason if other else None,
        )

    def _without_references(self, change: Change) -> Change:
        known = components(self.old.document), components(self.new.document)
        words = tuple((name, inlined(value, known[1] or known[0])) for name, value in change.words)
        return attrs.evolve(change, old=inlined(change.old, known[0]), new=inlined(change.new, known[1]), words=words)

    def _name(self, place: str | None) -> str | None:
        if place is None:
            return None
        return self.names[1].get(place) or self.names[0].get(place) or place

    def _of_routes(self, change: Change) -> dict[str, str | None]:
        if change.place is None:
            return {"new": None, "old": None}
        node = self.new.nodes.get(change.place) or self.old.nodes[change.place]
        return {"new": node.route("new"), "old": node.route("old")}

    def _sentences(
        self, kind: Kind, change: Change, name: str | None, python: tuple[Change, ...]
    ) -> tuple[Sentence, Sentence]:
        values = {
            "call": _call(name),
            "field": change.field or "(whole)",
            "old": change.old,
            "new": change.new,
            "symbol": _symbol(change.symbol),
            **dict(change.words),
        }
        field = explaining.called(change, self.read[1]) or explaining.called(change, self.read[0])
        told = sentence(kind.python, {**values, "field": field} if field else values)
        said = (*_SAID, "argument-renamed") if kind.id.endswith("-renamed") else _SAID
        # A new method naturally has new classes: don't list them.
        said = (*said, "model-added") if kind.id == "operation-added" else said
        more = [found for found in python if not found.id.removeprefix("python-").startswith(said)]
        for found in more[:_MOST]:
            told = told.then(sentence(KINDS[found.id].python, {**values, **_own(found)}))
        if len(more) > _MOST:
            told = told.then(
                sentence("Of the interface, {count} more names change with it.", {"count": len(more) - _MOST})
            )
        return sentence(kind.wire, values), told


_MOST = 3
_SAID = ("method-", "argument-added", "argument-removed", "argument-became", "enum-member-")


def _own(change: Change) -> dict[str, object]:
    return {"symbol": _symbol(change.symbol), "old": change.old, "new": change.new, "field": change.field}


def _symbol(symbol: str) -> str:
    """A symbol as people write it. For an argument or a return type, this is the method."""
    base = symbol.partition("(")[0].partition(":")[0]
    return f"{base}()" if base != symbol or (symbol.islower() and "." in symbol) else symbol


def _call(name: str | None) -> object:
    return Words("every call") if name is None else f"{name}()" if " " not in name else name


def _key(finding: Finding) -> tuple[object, ...]:
    values = [repr(value) for value in (finding.old, finding.new)]
    return (
        SEVERITIES.index(finding.severity),
        finding.operation or "",
        finding.id,
        finding.field,
        finding.symbol,
        finding.wire.plain(),
        *values,
    )


def _bump(findings: tuple[Finding, ...]) -> Bump | None:
    wanted = {bump_of(finding.severity, KINDS[finding.id].heading) for finding in findings}
    order: tuple[Bump, ...] = ("major", "minor", "patch")
    return next((bump for bump in order if bump in wanted), None)
