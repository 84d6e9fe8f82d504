"""Compare everything that concerns all operations: servers, security schemes, the token's place, the documents."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

from ..document import reading
from ..document.reading import NAMES
from ..document.shape import Json
from .finding import Change
from .prepare import Prepared, components, unused
from .sentence import MISSING, Words
from .shape import differing, same

_APART = frozenset({"openapi", "paths", "servers", "security", "components", "info"})


def gateway(old: Prepared, new: Prepared) -> Iterator[Change]:
    """Yield the changes at the top of the paired document, and documents gained or lost."""
    for name in NAMES:
        given = old.source.documents[name], new.source.documents[name]
        if (given[0] is None) != (given[1] is None):
            words = {"document": Words(f"{name}.json"), "count": Words(reading.count_operations(given[0] or given[1]))}
            yield Change("document-lost" if given[0] else "document-gained", None, words=words, document=name)
    before, after = old.document, new.document
    yield from _servers(before.get("servers", []), after.get("servers", []))
    if not same(before.get("security"), after.get("security")):
        was, now = before.get("security", MISSING), after.get("security", MISSING)
        yield Change("security-requirement-changed", None, ("security",), was, now)
    yield from _components(before, after)
    for key, was, now in differing(before.get("info", {}), after.get("info", {})):
        yield Change("gateway-text-changed", None, ("info", key), was, now, f"info.{key}")
    for key, was, now in differing(before, after, _APART):
        yield Change("document-changed", None, (key,), was, now, key)


def _servers(old: list[Json], new: list[Json]) -> Iterator[Change]:
    for index, sides in enumerate(itertools.zip_longest(old, new, fillvalue=Json())):
        at = ("servers", str(index))
        # A trailing slash has no meaning: the paths begin with one.
        was, now = (side["url"].rstrip("/") if side else MISSING for side in sides)
        if was != now:
            yield Change("server-url-changed", None, (*at, "url"), was, now)
        was, now = (_but(side, "url") for side in sides)
        if all(sides) and not same(was, now):
            yield Change("gateway-text-changed", None, at, was, now, "What is said of a server")


def _components(before: Json, after: Json) -> Iterator[Change]:
    old_components, new_components = before.get("components", {}), after.get("components", {})
    at = ("components", "securitySchemes")
    old, new = old_components.get(at[1], {}), new_components.get(at[1], {})
    was, now = (" or ".join(sorted(map(_place, side.values()))) or "nothing" for side in (old, new))
    if was != now:
        yield Change("token-place-changed", None, at, was, now)
    bare = [
        {name: _but(each, "in", "name") if each["type"] == "apiKey" else each for name, each in side.items()}
        for side in (old, new)
    ]
    for name, _, _ in differing(*bare):
        yield Change("security-scheme-changed", None, (*at, name), old.get(name, MISSING), new.get(name, MISSING), name)
    for key, was, now in differing(old_components, new_components, {"schemas", "responses", at[1]}):
        yield Change("document-changed", None, ("components", key), was, now, f"components.{key}")
    idle = unused(before), unused(after)
    # Components that either version uses are compared where they are used.
    used = {name for side, left in zip((before, after), idle, strict=True) for name in components(side).keys() - left}
    if not all(same(*(side.get(name) for side in idle)) for name in (idle[0].keys() | idle[1].keys()) - used):
        yield Change("unused-schema-changed", None, ("components", "schemas"))


def _place(scheme: Json) -> str:
    """The place of the token in a scheme: `query parameter api_token`."""
    if scheme["type"] == "apiKey":
        return f"{scheme['in']} parameter {scheme['name']}"
    return f"the Authorization header ({scheme['scheme']})"


def _but(node: Json, *keys: str) -> Json:
    return {key: value for key, value in node.items() if key not in keys}
