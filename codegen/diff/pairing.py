"""Match the operations of two versions by place, upstream endpoint, name, or form of the path."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable

import attrs

from ..repair.paths import PLACEHOLDER
from .prepare import Node


@attrs.frozen
class Operations:
    """Operations in both versions as (old, new), then those removed and those added."""

    both: tuple[tuple[Node, Node], ...]
    removed: tuple[Node, ...]
    added: tuple[Node, ...]


def match(old: Iterable[Node], new: Iterable[Node]) -> Operations:
    """Match the operations of two versions. Evidence that fits two operations is ignored."""
    before = {node.place: node for node in old}
    after = {node.place: node for node in new}
    both = [(before.pop(place), after.pop(place)) for place in list(before) if place in after]
    for evidence in (_endpoint, _name, _route_of_old, _form, _other_method):
        for was, node in _unique(before.values(), after.values(), evidence):
            both.append((before.pop(was.place), after.pop(node.place)))
    both.sort(key=lambda pair: pair[1].place)
    return Operations(tuple(both), tuple(before.values()), tuple(after.values()))


def _unique(
    old: Iterable[Node], new: Iterable[Node], evidence: Callable[[Node], Hashable | None]
) -> list[tuple[Node, Node]]:
    sides: list[dict[Hashable, list[Node]]] = []
    for nodes in (old, new):
        found: dict[Hashable, list[Node]] = {}
        for node in nodes:
            found.setdefault(evidence(node), []).append(node)
        sides.append(found)
    return [
        (nodes[0], sides[1][key][0])
        for key, nodes in sides[0].items()
        if key is not None and len(nodes) == 1 and len(sides[1].get(key, ())) == 1
    ]


def _endpoint(node: Node) -> Hashable | None:
    endpoint = node.node.get("x-api-endpoint")
    return (node.method, endpoint) if isinstance(endpoint, str) else None


def _name(node: Node) -> Hashable | None:
    name = node.node.get("operationId")
    return name if isinstance(name, str) else None


def _route_of_old(node: Node) -> Hashable | None:
    """The route in the old format. It is the same if only the new format's path has changed."""
    route = node.routes.get("old")
    return (route["method"], route["path"]) if route else None


def _form(node: Node) -> Hashable:
    """The method, and the path without the names of its placeholders."""
    return node.method, PLACEHOLDER.sub("{}", node.path)


def _other_method(node: Node) -> Hashable | None:
    """The path and summary. They are the same if only the method has changed."""
    summary = node.node.get("summary")
    return (node.path, summary) if isinstance(summary, str) and summary else None
