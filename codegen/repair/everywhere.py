"""Every schema and answer of a document, with the place of each."""

from __future__ import annotations

from collections.abc import Iterator

from ..document import shape
from ..document.shape import Json
from .bodies import contents
from .parameters import parameters_of
from .schemas import walk


def nodes(document: Json) -> Iterator[tuple[str, Json]]:
    """Every answer and every schema: all that may be a reference."""
    yield from answers(document)
    yield from schemas(document)


def answers(document: Json) -> Iterator[tuple[str, Json]]:
    """Every answer, of operations and components."""
    for operation in shape.operations(document):
        for status, response in operation.node["responses"].items():
            yield f"{operation.place}, answer {status}", response
    for name, response in document.get("components", {}).get("responses", {}).items():
        yield f"components, {name}", response


def schemas(document: Json) -> Iterator[tuple[str, Json]]:
    """Every schema, with the place of each, outer ones first."""
    for place, root in roots(document):
        for keys, schema in walk(root):
            yield f"{place}{inside(keys)}", schema


def roots(document: Json) -> Iterator[tuple[str, Json]]:
    """The outermost schemas: of parameters, bodies, answers and components, with the place of each."""
    for operation in shape.operations(document):
        for parameter in parameters_of(operation):
            yield f"{operation.place}, parameter {parameter['name']}", parameter.get("schema", {})
        for what, content in contents(operation):
            yield from (
                (f"{operation.place}, {what}", media["schema"]) for media in content.values() if "schema" in media
            )
    components = document.get("components", {})
    for name, schema in components.get("schemas", {}).items():
        yield f"components, {name}", schema
    for name, response in components.get("responses", {}).items():
        content = response.get("content", {})
        yield from ((f"components, {name}", media["schema"]) for media in content.values() if "schema" in media)


def inside(keys: shape.Keys) -> str:
    """The place of a schema in its outermost one, to be appended to the place of that."""
    return f", {'/'.join(map(str, keys))}" if keys else ""
