"""The Python interface of a version of the documents, or why there is none."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from functools import lru_cache

import attrs

from .. import parse
from ..documents import DocumentError
from ..tree import Operation, Package
from .prepare import Node, Prepared, reachable, schemas
from .shape import same
from .source import Json
from .surface import Surface, surface

_ADDRESS = re.compile(r" object at 0x[0-9a-f]+")
"""The parser shows some objects with their addresses, which differ from run to run."""

MOST = 150
"""Where either version has more operations, only those that changed are rendered and read: the parser needs about 4 ms
an operation, and what did not change can't differ."""


@attrs.frozen
class Interface:
    """What was generated for the comparison."""

    package: Package | None
    surface: Surface | None
    warnings: tuple[str, ...]
    error: str | None
    names: dict[str, str]
    """The operations' names by their places in the paired document."""


def interface(version: Prepared, places: Iterable[str]) -> Interface:
    """Generate what the operations at these places become, and read it back. An error is a part of the result."""
    kept = set(places)
    paths: Json = {}
    for node in version.nodes.values():
        if node.place in kept:
            paths.setdefault(node.path, {})[node.method] = node.node
    try:
        package, read, warnings = _generated(json.dumps({**version.document, "paths": paths}))
    except DocumentError as error:
        return Interface(None, None, (), str(error), {})
    return Interface(package, read, warnings, None, _names(package, version))


@lru_cache(maxsize=2)
def _generated(document: str) -> tuple[Package, Surface, tuple[str, ...]]:
    """What a document becomes. Kept, since one version is often compared with several others."""
    parsed = parse.parse(json.loads(document), provider="provider")
    return parsed.package, surface(parsed.package), tuple(_ADDRESS.sub("", line) for line in parsed.warnings)


def places(old: Prepared, new: Prepared, both: list[tuple[Node, Node]]) -> tuple[set[str], set[str]]:
    """The operations of each version whose interfaces are to be compared."""
    if max(len(old.nodes), len(new.nodes)) <= MOST:
        return set(old.nodes), set(new.nodes)
    before, after = schemas(old.document), schemas(new.document)
    changed = {name for name in before.keys() | after.keys() if not same(before.get(name), after.get(name))}
    found = set(old.nodes) - {was.place for was, _ in both}, set(new.nodes) - {node.place for _, node in both}
    shared: set[str] = set()
    untouched: list[tuple[Node, Node, frozenset[str]]] = []
    for was, node in both:
        names = reachable(node.node, after) | reachable(was.node, before)
        if same(_relevant(was), _relevant(node)) and not names & changed:
            untouched.append((was, node, names))
        else:
            found[0].add(was.place)
            found[1].add(node.place)
            shared |= names
    # A class is gone only where nothing uses it, so an unchanged operation that uses it has to be seen as well.
    for was, node, names in untouched:
        if names & shared:
            shared -= names
            found[0].add(was.place)
            found[1].add(node.place)
    return found


def _relevant(node: Node) -> Json:
    """What of an operation its Python interface can depend on."""
    responses = node.node.get("responses")
    success = {key: value for key, value in responses.items() if str(key)[:1] in "2d"} if responses else {}
    return {**{key: value for key, value in node.node.items() if key not in _IRRELEVANT}, "responses": success}


_IRRELEVANT = frozenset(
    {"description", "deprecated", "externalDocs", "x-api-endpoint", "security", "servers", "x-routes"}
)


def _names(package: Package, version: Prepared) -> dict[str, str]:
    by_route = {_route(operation): operation.id for operation in package.operations}
    found = {}
    for place, node in version.nodes.items():
        route = node.routes.get("new") or node.routes.get("old") or {}
        key = bool(node.routes.get("new")), str(route.get("method", "")).upper(), str(route.get("path", ""))
        id_ = by_route.get(key)
        if id_ is not None:
            found[place] = id_
    return found


def _route(operation: Operation) -> tuple[bool, str, str]:
    route = operation.new or operation.old
    return (operation.new is not None, route.method, route.path) if route else (False, "", "")
