"""LowCodeAPI's dialect → valid OpenAPI 3.1: small named rules, each counted.

What the gateway serves calls itself OpenAPI 3.0.0 and is not (the table in *The two documents* of the gateway's facts).
A rule gets one part of the document, changes it in place and says how often it did. No rule removes an operation.
"""

from __future__ import annotations

import copy
import re
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

import attrs

from .documents import DocumentError

METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")
TYPES = frozenset({"string", "number", "integer", "boolean", "array", "object", "null"})

Json = dict[str, Any]


@attrs.frozen
class Repaired:
    """A valid document, and how often each rule was needed."""

    document: Json
    counts: Counter[str]


@attrs.frozen
class Operation:
    """An operation of a document, as a rule sees it."""

    path: str
    method: str
    node: Json

    @property
    def place(self) -> str:
        return f"{self.method.upper()} {self.path}"


def operations(document: Json) -> Iterator[Operation]:
    """The operations of a document, in its order. What is no operation is passed over."""
    paths = document.get("paths")
    for path, item in paths.items() if isinstance(paths, dict) else ():
        for method, node in item.items() if isinstance(item, dict) else ():
            if method in METHODS and isinstance(node, dict):
                yield Operation(path, method, node)


def repair(document: Json) -> Repaired:
    """Repair a document as the gateway serves it. The document that was given stays as it is."""
    document = copy.deepcopy(document)
    counts: Counter[str] = Counter()
    for name, document_rule in _DOCUMENT_RULES.items():
        counts[name] += document_rule(document)
    for operation in operations(document):
        for name, operation_rule in _OPERATION_RULES.items():
            counts[name] += operation_rule(operation)
        for schema in _schemas(operation):
            for name, schema_rule in _SCHEMA_RULES.items():
                counts[name] += schema_rule(schema)
    return Repaired(document, +counts)


# --- the document ----------------------------------------------------------------------------------------------------


def _version(document: Json) -> int:
    """3.0.0 → 3.1.0, where a type may be a list and a reference may have siblings."""
    changed = document.get("openapi") != "3.1.0"
    document["openapi"] = "3.1.0"
    return changed


def _info(document: Json) -> int:
    """`info` without `title` and `version`. The document has neither, so they say nothing."""
    info = document.get("info")
    info = document["info"] = dict(info) if isinstance(info, dict) else {}
    missing = {"title": "LowCodeAPI", "version": "0"}.items() - info.items()
    for key, value in missing:
        info.setdefault(key, value)
    return bool(missing)


def _servers(document: Json) -> int:
    """`servers` that are no list of objects with a URL."""
    servers = document.get("servers")
    kept = [
        server
        for server in (servers if isinstance(servers, list) else [])
        if isinstance(server, dict) and isinstance(server.get("url"), str)
    ]
    if kept == servers:
        return 0
    document["servers"] = kept
    return 1


# --- operations ------------------------------------------------------------------------------------------------------


def _external_docs(operation: Operation) -> int:
    """`externalDocs` without `url`: the upstream endpoint moves to `x-api-endpoint`, the reference becomes the URL."""
    docs = operation.node.pop("externalDocs", None)
    if not isinstance(docs, dict):
        return docs is not None
    endpoint = docs.get("api_endpoint")
    if isinstance(endpoint, str):
        operation.node["x-api-endpoint"] = endpoint
    url = docs.get("url", docs.get("api_ref"))
    if isinstance(url, str) and url:
        operation.node["externalDocs"] = {"url": url}
    return "api_ref" in docs or "api_endpoint" in docs


def _parameter_required(operation: Operation) -> int:
    """`required` missing on a parameter: a path parameter is required, any other is not."""
    missing = [parameter for parameter in _parameters(operation) if not isinstance(parameter.get("required"), bool)]
    for parameter in missing:
        parameter["required"] = parameter.get("in") == "path"
    return len(missing)


def _path_parameter_without_place(operation: Operation) -> int:
    """`in: path` while the path has no template for it: the parameter travels in the query (the old format)."""
    placed = set(re.findall(r"\{([^{}]*)\}", operation.path))
    moved = [
        parameter
        for parameter in _parameters(operation)
        if parameter.get("in") == "path" and parameter.get("name") not in placed
    ]
    for parameter in moved:
        parameter["in"] = "query"
        parameter["x-path-parameter"] = True
    return len(moved)


def _parameter_items_enum(operation: Operation) -> int:
    """`items.enum` on a parameter whose type is no array: the enum is the parameter's own."""
    found = 0
    for parameter in _parameters(operation):
        schema = parameter.get("schema")
        if not isinstance(schema, dict) or schema.get("type") == "array" or not isinstance(schema.get("items"), dict):
            continue
        items = schema.pop("items")
        if isinstance(items.get("enum"), list):
            schema.setdefault("enum", items["enum"])
        found += 1
    return found


def _empty_body(operation: Operation) -> int:
    """A request body that is an object without properties: nothing is sent."""
    body = operation.node.get("requestBody")
    contents = body.get("content") if isinstance(body, dict) else None
    schemas = [media.get("schema") for media in contents.values() if isinstance(media, dict)] if contents else []
    if body is None or any(not isinstance(schema, dict) or schema.get("properties") for schema in schemas):
        return 0
    del operation.node["requestBody"]
    return 1


def _body_example(operation: Operation) -> int:
    """The `example` of a body, made of empty strings whatever the types are."""
    body = operation.node.get("requestBody")
    contents = body.get("content") if isinstance(body, dict) else None
    medias = [media for media in contents.values() if isinstance(media, dict)] if isinstance(contents, dict) else []
    return sum(media.pop("example", None) is not None for media in medias)


def _responses(operation: Operation) -> int:
    """No `responses`: OpenAPI wants one."""
    if isinstance(operation.node.get("responses"), dict) and operation.node["responses"]:
        return 0
    operation.node["responses"] = {"default": {"description": "Not described."}}
    return 1


# --- schemas ---------------------------------------------------------------------------------------------------------


def _empty_example(schema: Json) -> int:
    """`example: ""`, which says nothing and is wrong for every type but string."""
    if schema.get("example") != "":
        return 0
    del schema["example"]
    return 1


def _property_required(schema: Json) -> int:
    """`required: true` on a property belongs into the `required` list of its object."""
    properties = schema.get("properties")
    if not isinstance(properties, dict):
        return 0
    found = 0
    listed = schema.get("required")
    required = [name for name in listed if isinstance(name, str)] if isinstance(listed, list) else []
    for name, node in properties.items():
        if isinstance(node, dict) and isinstance(node.get("required"), bool):
            found += 1
            if node.pop("required") and name not in required:
                required.append(name)
    if required:
        schema["required"] = required
    elif "required" in schema:
        # `required: []` says nothing, and OpenAPI 3.0 forbids it.
        del schema["required"]
        found += 1
    return found


def _array_without_items(schema: Json) -> int:
    """`array` without `items`: of anything."""
    if schema.get("type") != "array" or isinstance(schema.get("items"), dict):
        return 0
    schema["items"] = {}
    return 1


def _unknown_type(schema: Json) -> int:
    """A type that does not exist: any value, rather than a wrong guess."""
    type_ = schema.get("type")
    if type_ is None or (isinstance(type_, str) and type_ in TYPES):
        return 0
    del schema["type"]
    return 1


_DOCUMENT_RULES: dict[str, Callable[[Json], int]] = {
    "version": _version,
    "info": _info,
    "servers": _servers,
}
_OPERATION_RULES: dict[str, Callable[[Operation], int]] = {
    "external-docs": _external_docs,
    "parameter-required": _parameter_required,
    "path-parameter-without-place": _path_parameter_without_place,
    "parameter-items-enum": _parameter_items_enum,
    "empty-body": _empty_body,
    "body-example": _body_example,
    "responses": _responses,
}
_SCHEMA_RULES: dict[str, Callable[[Json], int]] = {
    "empty-example": _empty_example,
    "property-required": _property_required,
    "array-without-items": _array_without_items,
    "unknown-type": _unknown_type,
}
RULES = (*_DOCUMENT_RULES, *_OPERATION_RULES, *_SCHEMA_RULES)


def _parameters(operation: Operation) -> list[Json]:
    parameters = operation.node.get("parameters")
    return [node for node in parameters if isinstance(node, dict)] if isinstance(parameters, list) else []


def _schemas(operation: Operation) -> Iterator[Json]:
    """Every schema of the operation's parameters and bodies, outer ones first."""
    for parameter in _parameters(operation):
        yield from _walk(parameter.get("schema"), operation.place)
    body = operation.node.get("requestBody")
    contents = body.get("content") if isinstance(body, dict) else None
    for media in contents.values() if isinstance(contents, dict) else ():
        if isinstance(media, dict):
            yield from _walk(media.get("schema"), operation.place)


def _walk(schema: object, place: str, depth: int = 0) -> Iterator[Json]:
    if not isinstance(schema, dict):
        return
    if depth > 50:
        raise DocumentError(f"{place}: a schema is nested more than 50 levels deep")
    yield schema
    properties = schema.get("properties")
    inner = list(properties.values()) if isinstance(properties, dict) else []
    for node in [*inner, schema.get("items")]:
        yield from _walk(node, place, depth + 1)
