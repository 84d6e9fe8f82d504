"""Prepare a version of the documents for comparison: repair, pair, overlay, parse. A misfit is recorded, no error."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from typing import Any

import attrs

from ..document.reading import DocumentError
from ..document.shape import Json, Operation, objects, operations
from ..document.unforeseen import during
from ..overlay import overlay
from ..package import parse, tree
from ..package.tree import Package
from ..pair import pair
from ..repair import repair
from .source import Source

FORMATS = {"openapi": "new", "definition": "old"}
"""The format of each document."""


@attrs.frozen
class Node(Operation):
    """An operation of the paired document, with its routes."""

    @property
    def target(self) -> str:
        """The beginning of the overlay's targets in it."""
        return f"$.paths['{self.path}'].{self.method}"

    @property
    def routes(self) -> dict[str, Json]:
        routes: dict[str, Json] = self.node.get("x-routes", {})
        return routes

    def route(self, format_name: str) -> str | None:
        """The route as a format spells it: `GET /v1/models/modelid?model_id=`."""
        route = self.routes.get(format_name)
        if route is None:
            return None
        query = "&".join(f"{name}=" for name in route.get("query", ()))
        return f"{route['method'].upper()} {route['path']}{'?' if query else ''}{query}"


@attrs.frozen
class Prepared:
    """A version of the documents after each stage."""

    source: Source
    repaired: dict[str, Json | None]
    paired: Json
    document: Json
    """The paired document with the overlay applied. The package is generated from it."""
    misfits: tuple[str, ...]

    @functools.cached_property
    def nodes(self) -> dict[str, Node]:
        """The operations of `document` by place."""
        return _nodes(self.document)

    @functools.cached_property
    def nodes_without_overlay(self) -> dict[str, Node]:
        """The operations of `paired` by place."""
        return _nodes(self.paired)

    @functools.cached_property
    def interface(self) -> Interface:
        """The interface of the package. An error is part of the result, not raised."""
        try:
            parsed = parse.parse(self.document, provider="provider", is_vouched_for=bool(self.source.actions))
        except DocumentError as error:
            return Interface(None, (), str(error), {})
        return Interface(parsed.package, parsed.warnings, None, parsed.ids)


def prepare(source: Source) -> Prepared:
    """Run the stages up to the overlay. Raises `DocumentError` if a stage can't read the documents at all."""
    repaired: dict[str, Json | None] = {}
    for name, given in source.documents.items():
        where = f"{source.label}, {name}.json"
        with during(where):
            repaired[name] = None if given is None else repair.repair(given, where=where).document
    with during(source.label):
        paired = pair.pair(repaired["openapi"], repaired["definition"]).document
    document, misfits = paired, tuple[str, ...]()
    if source.actions:
        with during(f"{source.label}, overlay"):
            document, misfits = overlay.apply(paired, source.actions)
            repair.check(document, where=f"{source.label}, overlay: the documents with it")
    return Prepared(source, repaired, paired, document, misfits)


def _nodes(document: Json) -> dict[str, Node]:
    return {each.place: Node(each.path, each.method, each.node) for each in operations(document)}


def refers(node: Any) -> set[str]:
    """The names of the components that a node refers to directly."""
    references = (each.get("$ref") for each in objects(node))
    return {reference.rpartition("/")[2] for reference in references if isinstance(reference, str)}


def components(document: Json, *kinds: str) -> Json:
    """The schemas and answers that operations share, by name; or only the given kinds of components."""
    parts = document.get("components", {})
    return {name: node for kind in kinds or ("schemas", "responses") for name, node in parts.get(kind, {}).items()}


def unused(document: Json) -> Json:
    """The components that no operation refers to, even indirectly."""
    known = components(document)
    queue = list(refers(document["paths"])) if known else []
    while queue:
        queue += refers(known.pop(queue.pop(), None))
    return known


# --- the Python interface --------------------------------------------------------------------------------------------


@attrs.frozen
class Interface:
    """The package made from a version, or the error that prevents one."""

    package: Package | None
    warnings: tuple[str, ...]
    error: str | None
    names: Mapping[str, str]
    """Names of operations by their places in the paired document."""

    @functools.cached_property
    def operations(self) -> dict[str, tree.Operation]:
        """The operations of the package by their names."""
        return {} if self.package is None else {each.id: each for each in self.package.operations}


NO_INTERFACE = Interface(None, (), None, {})
