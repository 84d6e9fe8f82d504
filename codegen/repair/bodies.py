"""Rules of `repair` for request bodies and answers: each changes an operation in place and returns its count."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from ..document.shape import Json, Operation
from ..document.widening import wider
from .schemas import walk


def _media_type(operation: Operation) -> int:
    return sum(media_types(content) for _, content in contents(operation))


def media_types(content: Json) -> int:
    """Read an empty or missing media type as JSON, and normalize case and parameters.

    A second spelling waits under its own name for `one_of_each`.
    """
    names = {name: _meant_media_type(name) for name in content}
    wrong = [name for name, right in names.items() if name != right]
    for name in wrong:
        if names[name] not in content:
            content[names[name]] = content.pop(name)
    return len(wrong)


def one_of_each(content: Json) -> None:
    """Merge the spellings of each media type, once their schemas are repaired, into a union of these."""
    found: dict[str, list[Json]] = {}
    for name, media in content.items():
        found.setdefault(_meant_media_type(name), []).append(media)
    for name in [name for name in content if name != _meant_media_type(name)]:
        del content[name]
    for name, several in found.items():
        schemas = [media["schema"] for media in several if media.get("schema")]
        if len(several) > 1 and schemas:
            content[name]["schema"] = _either(schemas)


def _either(schemas: list[Json]) -> Json:
    """A union of several schemas. It is built by halves: merging many one after the other would take too long."""
    if len(schemas) == 1:
        return schemas[0]
    half = len(schemas) // 2
    return wider(_either(schemas[:half]), _either(schemas[half:]))


def _meant_media_type(name: str) -> str:
    word = name.partition(";")[0].strip().lower()
    return word if re.fullmatch(r"[a-z0-9*.+-]+/[a-z0-9*.+-]+", word) else "application/json"


def _upload(operation: Operation) -> int:
    """Read a field of type `file` as a file, if the body may be multipart."""
    content = operation.node.get("requestBody", {}).get("content", {})
    if "multipart/form-data" not in map(_meant_media_type, content):
        return 0
    fields = [
        field
        for media in content.values()
        for _, schema in walk(media.get("schema"))
        for field in (schema, schema.get("items"))
        if isinstance(field, dict) and str(field.get("type")).strip().lower() in {"file", "binary"}
    ]
    for field in fields:
        field.update({"type": "string", "format": "binary"})
    return len(fields)


def empty_body(operation: Operation) -> int:
    """Remove a request body whose object states that it has no properties: nothing is sent.

    An object without stated properties may have any.
    """
    if "requestBody" not in operation.node:
        return 0
    for media in medias(operation):
        schema = media.get("schema", {})
        says_more = {key for key in schema if not key.startswith("x-")}
        says_more -= {"type", "properties", "required", "description"}
        if isinstance(schema.get("required"), list) and any(isinstance(name, str) for name in schema["required"]):
            # A required field exists, though it is not among the properties.
            return 0
        if schema.get("example") in ("", {}, None):
            says_more -= {"example"}
        if says_more or schema.get("properties") != {} or schema.get("type") != "object":
            return 0
    del operation.node["requestBody"]
    return 1


def _body_example(operation: Operation) -> int:
    """Remove the `example` of a body: it has empty strings whatever the types are."""
    return sum(media.pop("example", None) is not None for media in medias(operation))


def _nullable_body(operation: Operation) -> int:
    """Drop null from a whole body's types: a caller with nothing to send omits it, and its fields stay arguments."""
    schemas = [media["schema"] for media in medias(operation) if "nullable" in media.get("schema", {})]
    for schema in schemas:
        del schema["nullable"]
    return len(schemas)


def medias(operation: Operation) -> list[Json]:
    return list(operation.node.get("requestBody", {}).get("content", {}).values())


def contents(operation: Operation) -> Iterator[tuple[str, Json]]:
    if "requestBody" in operation.node:
        yield "body", operation.node["requestBody"].get("content", {})
    for status, response in operation.node.get("responses", {}).items():
        yield f"answer {status}", response.get("content", {})


RULES: dict[str, Callable[[Operation], int]] = {
    "media-type": _media_type,
    "upload": _upload,
    "nullable-body": _nullable_body,
    "empty-body": empty_body,
    "body-example": _body_example,
}
