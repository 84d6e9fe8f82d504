"""Find changes in the documents that an overlay entry hides from the generated package."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import attrs

from ..overlay.overlay import Action
from .finding import Change
from .operations import operation
from .prepare import Node, Prepared, nodes
from .schemas import Schemas
from .sentence import MISSING
from .shape import canonical


def hidden(old: Prepared, new: Prepared, both: Iterable[tuple[Node, Node]], seen: Iterable[Change]) -> Iterator[Change]:
    """Yield the changes that show only in the documents themselves. `seen` are those reported already.

    Changed texts are left out: the overlay exists to word them better.
    """
    if not new.source.actions:
        return
    known = _Known(seen)
    sides = [nodes(side.paired) for side in (old, new)]
    compare_schemas = Schemas(old.paired, new.paired)
    for was, node in both:
        pair = sides[0].get(was.place), sides[1].get(node.place)
        entries = [each for each in new.source.actions if each.target.startswith(node.target)]
        if not entries or pair[0] is None or pair[1] is None:
            continue
        for change in operation(pair[0], pair[1], compare_schemas, frozenset()):
            if not change.id.endswith("text-changed") and change.at and not known.has(change):
                entry = _entry(entries, change).place
                yield Change(
                    "changed-under-overlay",
                    node.place,
                    change.at,
                    change.old,
                    change.new,
                    change.field or change.at[-1],
                    words=(("entry", entry),),
                    was_at=change.was_at,
                    was_place=was.place if was.place != node.place else None,
                )


class _Known:
    """The changes already reported. The same id and field, or the same values, make a repetition."""

    def __init__(self, seen: Iterable[Change]) -> None:
        self._keys: set[tuple[str, str]] = set()
        for change in seen:
            for place, field in ((change.place or "", change.field), *change.also):
                self._keys |= {(place, key) for key in _keys(attrs.evolve(change, field=field))}

    def has(self, change: Change) -> bool:
        return any((change.place or "", key) in self._keys for key in _keys(change))


def _keys(change: Change) -> Iterator[str]:
    yield canonical([change.id, change.field])
    values = [None if value is MISSING else value for value in (change.old, change.new)]
    if values != [None, None]:
        yield canonical(values)


def _entry(entries: list[Action], change: Change) -> Action:
    """The entry that mentions the field, else the operation's first entry."""
    name = change.field.rpartition(".")[2].strip("[]{}") or change.at[-1]
    of_field = [each for each in entries if name in each.target or f'"{name}"' in canonical([each.update, each.was])]
    return (of_field or entries)[0]
