"""LowCodeAPI's dialect → valid OpenAPI 3.1: small named rules, each counted.

The gateway's documents claim to be OpenAPI 3.0.0 and are not. A rule gets one part of the document, changes it in place
and returns its count; the modules beside this one have the rules, each for one subject. No rule removes an operation.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import attrs

from ..document import shape, unforeseen
from ..document.reading import DocumentError, clipped
from ..document.shape import Json
from . import bodies, documents, operations, parameters, references, schemas, shapes, sizes, unread, values
from .bodies import contents
from .parameters import parameters_of
from .schemas import walk

_OPERATION_RULES = {**operations.RULES, **parameters.RULES, **bodies.RULES}
_REFERENCE_RULES = ("component-name", "reference-to-nothing")
RULES = ("reference", *shapes.RULES, *documents.RULES, *_OPERATION_RULES, *_REFERENCE_RULES, *schemas.RULES)


@attrs.frozen
class Repaired:
    """A valid document, a count for each rule, and a line for each part that could not be understood."""

    document: Json
    counts: Counter[str]
    unread: tuple[str, ...] = ()


def repair(document: Json, *, where: str = "the document") -> Repaired:
    """Repair a document as the gateway serves it. The given document stays unchanged.

    Raises `DocumentError`, which begins with `where`, only if it is not an OpenAPI document (without `paths`, or of
    other shapes) or too large: texts that are sent, names, copied targets of references.
    """
    document = shape.copied(document)
    counts: Counter[str] = Counter()
    copies = references.Copies(where)
    counts["reference"], notes = references.copied(document, copies)
    mended = shapes.mended(document, copies)
    counts += mended.counts
    notes += mended.lines
    if counts["misshapen"] > len(mended.lines):
        raise DocumentError(
            f"{where}: more than {values.MAX_LINES:,} parts of other shapes; this is no OpenAPI document"
        )
    shape.check(document, where=where)
    for name, document_rule in documents.RULES.items():
        counts[name] += document_rule(document)
    for operation in shape.operations(document):
        with unforeseen.at(document, operation.node):
            for name, operation_rule in _OPERATION_RULES.items():
                counts[name] += operation_rule(operation)
    shared = list(document.get("components", {}).get("responses", {}).values())
    counts["media-type"] += sum(bodies.media_types(answer.get("content", {})) for answer in shared)
    counts["component-name"] = references.renamed(document, _nodes(document))
    counts["reference-to-nothing"], lines = references.dropped(document, _nodes(document))
    notes += lines
    notes += [
        f"{operation.place}, parameter {parameter['name']}: {unread.CONTENT}"
        for operation in shape.operations(document)
        for parameter in parameters_of(operation)
        if isinstance(parameter.get("x-content"), dict)
    ]
    for _, answer in _answers(document):
        if "$ref" not in answer:
            answer.setdefault("description", "Not described.")
    for place, schema in _schemas(document):
        type_ = schema.get("type")
        with unforeseen.at(document, schema):
            said = unread.unread(schema)
            for name, schema_rule in schemas.RULES.items():
                counts[name] += schema_rule(schema)
            notes += [f"{place}: {line}" for line in (*said, *unread.settled(schema))]
        if type_ is not None and not schema.keys() & {"type", "enum", "anyOf"}:
            notes.append(f"{place}: the type {clipped(repr(type_))} says nothing; any value is taken")
    own = [content for operation in shape.operations(document) for _, content in contents(operation)]
    for content in (*own, *(answer.get("content", {}) for answer in shared)):
        bodies.one_of_each(content)
    for place, root in _roots(document):
        # The rules above may have added nesting.
        lines = [f"{place}{_inside(keys)}: {sizes.TOO_DEEP}" for keys in sizes.flattened(root)]
        counts["misshapen"] += len(lines)
        notes += lines
    for operation in shape.operations(document):
        # Once more: a schema of unknown keys only now turns out to be empty.
        counts["empty-body"] += bodies.empty_body(operation)
    return Repaired(document, +counts, tuple(notes))


def _nodes(document: Json) -> Iterator[tuple[str, Json]]:
    """Every answer and every schema: all that may be a reference."""
    yield from _answers(document)
    yield from _schemas(document)


def _answers(document: Json) -> Iterator[tuple[str, Json]]:
    for operation in shape.operations(document):
        for status, response in operation.node["responses"].items():
            yield f"{operation.place}, answer {status}", response
    for name, response in document.get("components", {}).get("responses", {}).items():
        yield f"components, {name}", response


def _schemas(document: Json) -> Iterator[tuple[str, Json]]:
    """Every schema, with the place of each, outer ones first."""
    for place, root in _roots(document):
        for keys, schema in walk(root):
            yield f"{place}{_inside(keys)}", schema


def _roots(document: Json) -> Iterator[tuple[str, Json]]:
    """The outermost schemas: of parameters, bodies, answers and components, with the place of each."""
    for operation in shape.operations(document):
        for parameter in parameters_of(operation):
            yield f"{operation.place}, parameter {parameter['name']}", parameter["schema"]
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


def _inside(keys: shape.Keys) -> str:
    return f", {'/'.join(map(str, keys))}" if keys else ""
