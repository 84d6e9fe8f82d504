"""Turn changes into findings: names, routes, pointers, sentences, severities."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import attrs

from .catalogue import KINDS, Kind
from .explain import Explained, called
from .finding import SEVERITIES, Change, Finding
from .pointers import pointers, targets
from .prepare import Interface, Prepared, components
from .sentence import Sentence, Words, sentence
from .severity import Override, override
from .shape import inlined

_MOST = 3
_SAID = ("method-", "argument-added", "argument-removed", "argument-became", "enum-member-")


@attrs.frozen
class Teller:
    """All that the findings of a comparison are told from. `names` has the names of operations by place."""

    old: Prepared
    new: Prepared
    names: Mapping[str, str]
    read: tuple[Interface, Interface]
    overrides: tuple[Override, ...]

    def finding(self, explained: Explained) -> Finding:
        """The finding on a change, and on the changes of the interface that it causes."""
        change = self._without_references(explained.change)
        kind = KINDS[change.id]
        name = None if change.place is None else self.names.get(change.place, change.place)
        wire, python = self._sentences(kind, change, name, explained.python)
        severity = SEVERITIES[min(SEVERITIES.index(KINDS[each.id].severity) for each in (change, *explained.python))]
        other = override(self.overrides, change.id, name)
        node = self.new.nodes.get(change.place or "") or self.old.nodes.get(change.place or "")
        line = re.search(r":([0-9]+), action ", str(change.words.get("entry", "")))
        return Finding(
            id=change.id,
            severity=severity if other is None else other.severity,
            about=kind.about,
            operation=name,
            also=tuple((self.names.get(at, at), "" if field == change.field else field) for at, field in change.also),
            routes={format_name: node.route(format_name) if node else None for format_name in ("new", "old")},
            pointers=pointers(change, self.old, self.new),
            targets=targets(change, self.old, self.new),
            old=change.old,
            new=change.new,
            wire=wire,
            python=python,
            field=change.field,
            symbol=change.symbol or next((found.symbol for found in explained.python), ""),
            interface=explained.python,
            line=int(line[1]) if line else None,
            rule=change.words.get("rule", ""),
            reason=other.reason if other else None,
        )

    def _without_references(self, change: Change) -> Change:
        known = components(self.old.document), components(self.new.document)
        words = {name: inlined(value, known[1] or known[0]) for name, value in change.words.items()}
        return attrs.evolve(change, old=inlined(change.old, known[0]), new=inlined(change.new, known[1]), words=words)

    def _sentences(
        self, kind: Kind, change: Change, name: str | None, python: tuple[Change, ...]
    ) -> tuple[Sentence, Sentence]:
        values = {
            "call": Words("every call") if name is None else f"{name}()" if " " not in name else name,
            **_values(change),
            "field": change.field or "(whole)",
            **change.words,
        }
        field = called(change, self.read[1]) or called(change, self.read[0]) or values["field"]
        told = sentence(kind.python, {**values, "field": field})
        said = (*_SAID, "argument-renamed") if kind.id.endswith("-renamed") else _SAID
        # A new method naturally has new classes: don't list them.
        said = (*said, "model-added") if kind.id == "operation-added" else said
        more = [found for found in python if not found.id.removeprefix("python-").startswith(said)]
        for found in more[:_MOST]:
            told = told.then(sentence(KINDS[found.id].python, {**values, **_values(found)}))
        if len(more) > _MOST:
            rest = {"count": len(more) - _MOST}
            told = told.then(sentence("Of the interface, {count} more names change with it.", rest))
        return sentence(kind.wire, values), told


def _values(change: Change) -> dict[str, Any]:
    return {"symbol": _symbol(change.symbol), "old": change.old, "new": change.new, "field": change.field}


def _symbol(symbol: str) -> str:
    """A symbol as people write it. For an argument or a return type, this is the method."""
    base = symbol.partition("(")[0].partition(":")[0]
    return f"{base}()" if base != symbol or (symbol.islower() and "." in symbol) else symbol
