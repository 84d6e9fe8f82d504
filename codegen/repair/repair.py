"""LowCodeAPI's dialect → valid OpenAPI 3.1: small named rules, each counted.

The gateway's documents claim to be OpenAPI 3.0.0 and are not. A rule gets one part of the document, changes it in place
and returns its count; the modules beside this one have the rules, each for one subject. No rule removes an operation.
"""

from __future__ import annotations

from collections import Counter

import attrs

from ..document import shape
from ..document.reading import DocumentError, clipped, pointer
from ..document.shape import Json
from ..document.unforeseen import during
from . import bodies, documents, everywhere, operations, parameters, references, schemas, shapes, values
from .bodies import contents
from .parameters import parameters_of

_OPERATION_RULES = {**operations.RULES, **parameters.RULES, **bodies.RULES}
_REFERENCE_RULES = ("component-name", "reference-to-nothing")
RULES = (*shapes.RULES, *documents.RULES, *_OPERATION_RULES, *_REFERENCE_RULES, *schemas.RULES)


@attrs.frozen
class Repaired:
    """A valid document, a count for each rule, and a line for each part that could not be understood."""

    document: Json
    counts: Counter[str]
    unread: tuple[str, ...] = ()


def repair(document: Json, *, where: str = "the document") -> Repaired:
    """Repair a document as the gateway serves it. The given document stays unchanged.

    Raises `DocumentError`, which begins with `where`, only if it is not an OpenAPI document: it has no `paths`, or is
    of another version.
    """
    if (other := documents.other_kind(document)) is not None:
        raise DocumentError(f"{where}: {other}")
    document = shape.copied(document)
    broken = [f"{pointer(keys)}: {values.BROKEN}" for keys in values.broken(document)]
    mended = shapes.mended(document, where)
    counts, notes = mended.counts, [*broken, *mended.lines]
    for name, document_rule in documents.RULES.items():
        counts[name] += document_rule(document)
    for operation in shape.operations(document):
        with during(operation.place):
            for name, operation_rule in _OPERATION_RULES.items():
                counts[name] += operation_rule(operation)
    shared = list(document.get("components", {}).get("responses", {}).values())
    counts["media-type"] += sum(bodies.media_types(answer.get("content", {})) for answer in shared)
    counts["component-name"] = references.renamed(document, everywhere.nodes(document))
    counts["reference-to-nothing"], lines = references.dropped(document, everywhere.nodes(document))
    notes += lines
    notes += [
        f"{operation.place}, parameter {parameter['name']}: {schemas.CONTENT}"
        for operation in shape.operations(document)
        for parameter in parameters_of(operation)
        if isinstance(parameter.get("x-content"), dict)
    ]
    for _, answer in everywhere.answers(document):
        if "$ref" not in answer:
            answer.setdefault("description", "Not described.")
    for place, schema in everywhere.schemas(document):
        type_ = schema.get("type")
        with during(place):
            said = schemas.unread(schema)
            for name, schema_rule in schemas.RULES.items():
                counts[name] += schema_rule(schema)
            notes += [f"{place}: {line}" for line in (*said, *schemas.settled(schema))]
        if type_ is not None and not schema.keys() & {"type", "enum", "anyOf"}:
            notes.append(f"{place}: the type {clipped(repr(type_))} says nothing; any value is taken")
    own = [content for operation in shape.operations(document) for _, content in contents(operation)]
    for content in (*own, *(answer.get("content", {}) for answer in shared)):
        bodies.one_of_each(content)
    for operation in shape.operations(document):
        # Once more: a schema of unknown keys only now turns out to be empty.
        counts["empty-body"] += bodies.empty_body(operation)
    return Repaired(document, +counts, tuple(notes))


def check(document: Json, *, where: str) -> None:
    """Raise `DocumentError`, with the place, if a repaired document has lost its shape since, as by an overlay."""
    mended = shapes.mended(shape.copied(document), where)
    # An unknown key does no harm any more.
    rules = (+mended.counts).keys() - {"unknown-key"}
    if rules:
        raise DocumentError(f"{where}: {mended.lines[0] if mended.lines else f'needs the repair {min(rules)}'}")


def check_references(document: Json, *, where: str) -> None:
    """Raise `DocumentError`, with the place, if a repaired document has got a reference since that leads nowhere."""
    components = document.get("components", {})
    if not all(map(references.NAME.fullmatch, (*components.get("schemas", ()), *components.get("responses", ())))):
        raise DocumentError(f"{where}: /components: a name of other letters than A-Z a-z 0-9 . _ -")
    for place, node in references.leading_nowhere(document, everywhere.nodes(document)):
        raise DocumentError(f"{where}: {place} refers to {clipped(repr(node['$ref']))}, which is not there")
