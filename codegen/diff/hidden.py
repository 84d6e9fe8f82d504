"""Find changes in the documents that an overlay entry hides from the generated package."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import attrs

from ..overlay.overlay import Action
from .finding import Change
from .operations import operation
from .prepare import Node, Prepared
from .schemas import Schemas
from .sentence import MISSING
from .shape import canonical


def hidden(old: Prepared, new: Prepared, both: Iterable[tuple[Node, Node]], seen: Iterable[Change]) -> Iterator[Change]:
    """Yield the changes that show only in the documents themselves. `seen` are those reported already.

    Changed texts are left out: the overlay exists to word them better.
    """
    # The same id and field, or the same values, make a repetition.
    known = {
        (place, key)
        for change in seen
        for place, field in ((change.place, change.field), *change.also)
        for key in _keys(attrs.evolve(change, field=field))
    }
    sides = [side.nodes_without_overlay for side in (old, new)]
    schemas = Schemas(old.paired, new.paired)
    for was, node in both:
        entries = [each for each in new.source.actions if each.target.startswith(node.target)]
        if not entries or was.place not in sides[0] or node.place not in sides[1]:
            continue
        for change in operation(sides[0][was.place], sides[1][node.place], schemas, frozenset()):
            is_known = any((change.place, key) in known for key in _keys(change))
            if not change.id.endswith("text-changed") and change.at and not is_known:
                yield attrs.evolve(
                    change,
                    id="changed-under-overlay",
                    field=change.field or change.at[-1],
                    words={"entry": _entry(entries, change).place},
                    was_place=was.place,
                    origin=(),
                )


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
