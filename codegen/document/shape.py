"""Check the shape that every stage relies on: objects, lists and texts where OpenAPI has them.

`repair` gives the gateway's documents this shape (`repair/shapes.py`), and refuses non-documents and too large ones.
After the overlay it is checked again, and a wrong shape is refused with its place. So no later stage checks the type of
a value.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import attrs

from . import reading
from .reading import METHODS, DocumentError, pointer

PLACES = ("path", "query", "header", "cookie")
MAX_TEXT = 100_000
MAX_DEPTH = 50

Json = dict[str, Any]
Keys = tuple[str | int, ...]


@attrs.frozen
class Operation:
    """An operation of a document, in the form that rules use."""

    path: str
    method: str
    node: Json

    @property
    def place(self) -> str:
        return f"{self.method.upper()} {self.path}"


def operations(document: Json) -> Iterator[Operation]:
    """Yield the operations of a document, in its order. Anything else is skipped."""
    return (Operation(*found) for found in reading.operations(document))


def objects(value: Any) -> Iterator[Json]:
    """Yield every object in a value, itself included."""
    queue = [value]
    while queue:
        node = queue.pop()
        if isinstance(node, dict):
            yield node
            queue += node.values()
        elif isinstance(node, list):
            queue += node


def copied(value: Any) -> Any:
    """Copy JSON. `copy.deepcopy` takes three times as long, because it looks for shared objects."""
    if isinstance(value, dict):
        return {key: copied(item) for key, item in value.items()}
    return [copied(item) for item in value] if isinstance(value, list) else value


def check(document: Json, *, where: str) -> None:
    """Raise `DocumentError`, with the place, if the document lacks this shape. `where` begins the message."""
    try:
        _check_texts(document, ())
        for path, item in _object(document, "paths", (), is_needed=True).items():
            _check_path_item(item, ("paths", path))
        components = _object(document, "components", ())
        for name, schema in _object(components, "schemas", ("components",)).items():
            _check_schema(schema, ("components", "schemas", name))
        for name, response in _object(components, "responses", ("components",)).items():
            _check_response(response, ("components", "responses", name))
        info = _object(document, "info", ())
        _texts(info, ("title", "version", "description"), ("info",))
    except _Misshapen as error:
        raise DocumentError(f"{where}: {error}") from None


class _Misshapen(Exception):
    def __init__(self, keys: Keys, what: str) -> None:
        super().__init__(f"{pointer(keys)}: {what}; ask for the document to be repaired")


def _check_texts(value: Any, keys: Keys) -> None:
    if isinstance(value, str) and len(value) > MAX_TEXT:
        raise _Misshapen(keys, f"a text of more than {MAX_TEXT:,} characters")
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in items:
        if isinstance(key, str) and len(key) > MAX_TEXT:
            raise _Misshapen((*keys, key), f"a name of more than {MAX_TEXT:,} characters")
        if isinstance(item, str):
            if len(item) > MAX_TEXT:
                _check_texts(item, (*keys, key))
        elif isinstance(item, dict | list):
            _check_texts(item, (*keys, key))


def _check_path_item(item: Any, keys: Keys) -> None:
    _need_object(item, keys)
    if "$ref" in item:
        raise _Misshapen(keys, "a path by reference, which is not read")
    _check_parameters(item, keys)
    for key, node in item.items():
        if key.lower() in METHODS and key not in METHODS:
            raise _Misshapen((*keys, key), "a method that is not in lower case")
        if key in METHODS:
            _check_operation(node, (*keys, key))


def _check_operation(node: Any, keys: Keys) -> None:
    _need_object(node, keys)
    _texts(node, ("summary", "description", "operationId"), keys)
    tags = node.get("tags", [])
    if not isinstance(tags, list) or not all(isinstance(tag, str) for tag in tags):
        raise _Misshapen((*keys, "tags"), "not a list of texts")
    _check_parameters(node, keys)
    body = _object(node, "requestBody", keys)
    if "$ref" in body:
        raise _Misshapen((*keys, "requestBody"), "a body by reference, which is not read")
    _check_contents(body, (*keys, "requestBody"))
    responses = node.get("responses")
    for status, response in responses.items() if isinstance(responses, dict) else ():
        _check_response(response, (*keys, "responses", status))


def _check_contents(node: Json, keys: Keys) -> None:
    for media_type, media in _object(node, "content", keys).items():
        place = (*keys, "content", media_type)
        _need_object(media, place)
        if "schema" in media:
            _check_schema(media["schema"], (*place, "schema"))


def _check_response(response: Any, keys: Keys) -> None:
    _need_object(response, keys)
    _check_contents(response, keys)


def _check_parameters(node: Json, keys: Keys) -> None:
    parameters = node.get("parameters", [])
    if not isinstance(parameters, list):
        raise _Misshapen((*keys, "parameters"), "not a list")
    for index, parameter in enumerate(parameters):
        place = (*keys, "parameters", index)
        _need_object(parameter, place)
        if "$ref" in parameter:
            raise _Misshapen(place, "a parameter by reference, which is not read")
        if not isinstance(parameter.get("name"), str) or not parameter["name"]:
            raise _Misshapen(place, "a parameter without a name")
        if parameter.get("in") not in PLACES:
            raise _Misshapen(place, f"a parameter that is in none of {', '.join(PLACES)}")
        _texts(parameter, ("description",), place)
        if "schema" in parameter:
            _check_schema(parameter["schema"], (*place, "schema"))


def _check_schema(schema: Any, keys: Keys, depth: int = 1) -> None:
    _need_object(schema, keys)
    if depth > MAX_DEPTH:
        raise _Misshapen(keys, f"a schema nested more than {MAX_DEPTH} levels deep")
    _texts(schema, ("description", "title", "format"), keys)
    values = schema.get("enum", [])
    if not isinstance(values, list) or any(isinstance(value, dict | list) for value in values):
        raise _Misshapen((*keys, "enum"), "not a list of plain values")
    for name, inner in _object(schema, "properties", keys).items():
        _check_schema(inner, (*keys, "properties", name), depth + 1)
    for key in ("items", "additionalProperties"):
        inner = schema.get(key)
        if isinstance(inner, dict):
            _check_schema(inner, (*keys, key), depth + 1)
    for key in ("allOf", "anyOf", "oneOf"):
        several = schema.get(key, [])
        if not isinstance(several, list):
            raise _Misshapen((*keys, key), "not a list")
        for index, inner in enumerate(several):
            _check_schema(inner, (*keys, key, index), depth + 1)


def _need_object(value: Any, keys: Keys) -> None:
    if not isinstance(value, dict):
        raise _Misshapen(keys, "not an object")


def _object(node: Json, key: str, keys: Keys, *, is_needed: bool = False) -> Json:
    """The object under a key. If the key is missing and not needed, an empty one."""
    if key not in node and not is_needed:
        return {}
    value = node.get(key)
    _need_object(value, (*keys, key))
    return dict(value or {})


def _texts(node: Json, names: tuple[str, ...], keys: Keys) -> None:
    for name in names:
        if name in node and not isinstance(node[name], str):
            raise _Misshapen((*keys, name), "not a text")
