"""Schemas that several operations share: each compared once, in the directions in which operations reach it."""

from __future__ import annotations

from collections.abc import Iterator

import attrs

from .answers import paging
from .finding import Change
from .prepare import Node, Prepared, reachable, schemas
from .schemas import Schemas, Spot
from .shape import same


def components(old: Prepared, new: Prepared, both: list[tuple[Node, Node]]) -> Iterator[Change]:
    """The changes of the components that both versions have and that operations of both use."""
    before, after = schemas(old.document), schemas(new.document)
    changed = {name for name in before.keys() & after.keys() if not same(before[name], after[name])}
    if not changed:
        return
    compare = Schemas(before, after)
    users = {key: _users(both, key, Schemas(before, after)) for key in ("requestBody", "responses")}
    for name in sorted(changed):
        at = ("components", "schemas", name)
        is_used = False
        for key, ids, where in (
            ("requestBody", "request-property", "body"),
            ("responses", "response-property", "answer"),
        ):
            places = users[key].get(name, [])
            if places:
                is_used = True
                spot = Spot(places[0], at, name, ids, where)
                changes = list(compare.compare(before[name], after[name], spot))
                if key == "responses":
                    changes += paging(before[name], after[name], spot, compare)
                yield from (attrs.evolve(change, also=tuple(places[1:])) for change in changes)
        if not is_used:
            yield Change("document-changed", None, at, field=f"The schema {name}, which no operation uses,")


def _users(both: list[tuple[Node, Node]], key: str, compare: Schemas) -> dict[str, list[str]]:
    """The operations by the names of the components that they reach, in either version."""
    found: dict[str, list[str]] = {}
    for old, new in both:
        parts = ("parameters", "requestBody") if key == "requestBody" else (key,)
        names = {name for part in parts for name in reachable(old.node.get(part), compare.old)}
        names |= {name for part in parts for name in reachable(new.node.get(part), compare.new)}
        for name in names:
            found.setdefault(name, []).append(new.place)
    return {name: sorted(places) for name, places in found.items()}
