"""Apply to both versions only the overlay entries that fit both.

An entry that fits only one version would make everything it sets look like a change. So both versions are compared
without it, except for keys it adds (the operation's name, its safety class). The misfit is a finding of its own.
Entries follow an operation that has moved.
"""

from __future__ import annotations

import attrs

from ..overlay import overlay
from ..overlay.overlay import Action
from .matching import match_operations
from .prepare import Node, Prepared
from .shape import canonical


def compatible(old: Prepared, new: Prepared) -> tuple[Prepared, Prepared]:
    """Both versions with the entries that fit both. The recorded misfits stay those of the whole overlays."""
    present = [side.nodes_without_overlay.values() for side in (old, new)]
    moved = [(was, node) for was, node in match_operations(*present).both if was.place != node.place]
    if not old.misfits and not new.misfits and not moved:
        return old, new
    sides = [(old, list(old.source.actions)), (new, _followed(new.source.actions, moved))]
    is_first = True
    while True:
        bad: set[str] = set()
        documents = []
        for (side, entries), there in zip(sides, present, strict=True):
            document, misfits = overlay.apply(side.paired, tuple(entries))
            documents.append(document)
            # An entry does not fit although its operation exists, or it is for the whole document.
            bad |= {
                _key(entry)
                for entry in entries
                if any(line.startswith(entry.place) for line in misfits)
                and (not entry.target.startswith("$.paths[") or any(entry.target.startswith(n.target) for n in there))
            }
        if not bad:
            before, after = (
                attrs.evolve(side, document=made) for (side, _), made in zip(sides, documents, strict=True)
            )
            return before, after
        sides = [(side, _without(entries, bad, keep_rest=is_first)) for side, entries in sides]
        is_first = False


def _followed(actions: tuple[Action, ...], moved: list[tuple[Node, Node]]) -> list[Action]:
    """The entries, with targets updated for operations that have moved."""
    result = list(actions)
    for was, node in moved:
        if not any(action.target.startswith(node.target) for action in actions):
            result = [
                attrs.evolve(action, target=node.target + action.target.removeprefix(was.target))
                if action.target.startswith(was.target)
                else action
                for action in result
            ]
    return result


def _without(actions: list[Action], bad: set[str], *, keep_rest: bool) -> list[Action]:
    """The entries without the bad ones. With `keep_rest`, bad ones still add keys that replace nothing."""
    result = []
    for action in actions:
        if _key(action) not in bad:
            result.append(action)
        elif keep_rest and isinstance(action.update, dict) and isinstance(action.was, dict):
            rest = {key: value for key, value in action.update.items() if key not in action.was}
            result.append(attrs.evolve(action, update=rest, was=None))
    return result


def _key(action: Action) -> str:
    """The content of an entry, without its position in the file or its path: the operation may have moved."""
    tail = action.target.partition("]")[2].partition(".")[2].partition(".")[2]
    return canonical([tail, action.update, action.was, action.is_removal])
