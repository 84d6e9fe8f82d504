"""Apply to both versions only the overlay entries that fit both.

An entry that fits only one version would make everything it sets look like a change. So both versions are compared
without it, except for keys it adds (the operation's name, its safety class). The misfit is a finding of its own.
Entries follow an operation that has moved.
"""

from __future__ import annotations

from collections.abc import Iterable

import attrs

from ..document.shape import Json
from ..overlay import overlay
from ..overlay.overlay import Action
from .pairing import match
from .prepare import Node, Prepared, nodes
from .shape import canonical

_ROUNDS = 6


def compatible(old: Prepared, new: Prepared) -> tuple[Prepared, Prepared]:
    """Both versions with the entries that fit both. The recorded misfits stay those of the whole overlays."""
    present = [tuple(nodes(side.paired).values()) for side in (old, new)]
    moved = [(was, node) for was, node in match(*present).both if was.place != node.place]
    if not old.misfits and not new.misfits and not moved:
        return old, new
    sides = [old, new]
    actions = [list(old.source.actions), _followed(new.source.actions, moved)]
    for round_ in range(_ROUNDS):
        bad: set[str] = set()
        applied = []
        for side, entries, there in zip(sides, actions, present, strict=True):
            document, misfits = overlay.apply(side.paired, tuple(entries))
            applied.append(document)
            bad |= {_key(entry) for entry in entries if _is_bad(entry, misfits, there)}
        sides = [_with(side, document) for side, document in zip(sides, applied, strict=True)]
        if not bad:
            break
        actions = [_without(entries, bad, keep_rest=round_ == 0) for entries in actions]
    return sides[0], sides[1]


def _with(side: Prepared, document: Json) -> Prepared:
    return attrs.evolve(side, document=document, nodes=nodes(document))


def _followed(actions: Iterable[Action], moved: list[tuple[Node, Node]]) -> list[Action]:
    """The entries, with targets updated for operations that have moved."""
    result = list(actions)
    for was, node in moved:
        if any(action.target.startswith(node.target) for action in actions):
            continue
        result = [
            attrs.evolve(action, target=node.target + action.target.removeprefix(was.target))
            if action.target.startswith(was.target)
            else action
            for action in result
        ]
    return result


def _is_bad(action: Action, misfits: tuple[str, ...], there: Iterable[Node]) -> bool:
    """True if an entry does not fit although its operation exists."""
    if not any(line.startswith(action.place) for line in misfits):
        return False
    return not action.target.startswith("$.paths[") or any(action.target.startswith(node.target) for node in there)


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
