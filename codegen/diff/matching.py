"""Match two versions of operations, and of fields: both, removed, added. What was probably renamed counts as both."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Generic, TypeVar

import attrs

from ..repair.paths import PLACEHOLDER
from .prepare import Node

_ALIKE = 0.6
Each = TypeVar("Each", Node, str)
Evidence = tuple[str | None, ...]


@attrs.frozen
class Matched(Generic[Each]):
    """Those in both versions as (old, new), then those removed and those added."""

    both: list[tuple[Each, Each]]
    removed: list[Each]
    added: list[Each]


# --- operations ------------------------------------------------------------------------------------------------------


def match_operations(old: Iterable[Node], new: Iterable[Node]) -> Matched[Node]:
    """Match operations by place, upstream endpoint, name, or form of the path. Evidence that fits two is ignored."""
    both: list[tuple[Node, Node]] = []
    sides = list(old), list(new)
    for evidence in _EVIDENCE:
        found = _unique(sides[0], evidence), _unique(sides[1], evidence)
        pairs = [(node, found[1][key]) for key, node in found[0].items() if key in found[1]]
        met = {id(node) for pair in pairs for node in pair}
        sides = [node for node in sides[0] if id(node) not in met], [node for node in sides[1] if id(node) not in met]
        both += pairs
    return Matched(sorted(both, key=lambda pair: pair[1].place), *sides)


def _unique(nodes: Iterable[Node], evidence: Callable[[Node], Evidence]) -> dict[Evidence, Node]:
    """The nodes by their evidence, without evidence that is missing or that two share."""
    found: dict[Evidence, list[Node]] = {}
    for node in nodes:
        found.setdefault(evidence(node), []).append(node)
    return {key: each[0] for key, each in found.items() if len(each) == 1 and None not in key}


def _old_route(node: Node) -> Evidence:
    route = node.routes.get("old", {})
    return route.get("method"), route.get("path")


_EVIDENCE: tuple[Callable[[Node], Evidence], ...] = (
    lambda node: (node.place,),
    lambda node: (node.method, node.node.get("x-api-endpoint")),
    lambda node: (node.node.get("operationId"),),
    _old_route,  # the same if only the new format's path has changed
    lambda node: (node.method, PLACEHOLDER.sub("{}", node.path)),
    lambda node: (node.path, node.node.get("summary")),  # the same if only the method has changed
)

# --- fields ----------------------------------------------------------------------------------------------------------


def match_fields(
    old: Mapping[str, Any],
    new: Mapping[str, Any],
    kept: Callable[[Any], object] = lambda field: field,
    text: Callable[[Any], str] = lambda field: "",
    known: Iterable[tuple[str, str]] = (),
) -> Matched[str]:
    """Match names. A renamed field has the same that is `kept`, and a similar name or the same text.

    `known` lists certain renames, even where another field now has the old name or had the new one before. Exchanging
    old and new mirrors the result. Renamed fields come first.
    """
    renamed = list(known)
    before = dict.fromkeys(name for name in old if name not in {was for was, _ in renamed})
    after = dict.fromkeys(name for name in new if name not in {now for _, now in renamed})
    removed, added = [name for name in before if name not in after], [name for name in after if name not in before]
    same = [(name, name) for name in before if name not in removed]
    candidates = [
        (_likeness(gone, come, text(old[gone]), text(new[come])), gone, come)
        for gone in removed
        for come in added
        if kept(old[gone]) == kept(new[come])
    ]
    for likeness, gone, come in sorted(candidates, key=lambda row: (-row[0], sorted(row[1:]))):
        if likeness >= _ALIKE and gone in removed and come in added:
            renamed.append((gone, come))
            removed.remove(gone)
            added.remove(come)
    return Matched([*sorted(renamed), *same], removed, added)


def respelled(old: Mapping[str, str], new: Mapping[str, str]) -> list[tuple[str, str]]:
    """The (old, new) names of fields that were renamed. Both arguments map a name to the field it stands for."""
    now = {meant: name for name, meant in new.items()}
    return [(name, now[meant]) for name, meant in old.items() if meant in now and now[meant] != name]


def _likeness(old: str, new: str, old_text: str, new_text: str) -> float:
    if old_text and old_text == new_text:
        return 1.0
    one, other = old.lower(), new.lower()
    # The ratio depends on the order of its arguments.
    return max(difflib.SequenceMatcher(None, *pair).ratio() for pair in ((one, other), (other, one)))
