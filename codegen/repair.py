"""LowCodeAPI's dialect → valid OpenAPI 3.1: small named rules, each counted.

What the gateway serves calls itself OpenAPI 3.0.0 and is not. A rule gets one part of the document, changes it in
place and says how often it did. No rule removes an operation.
"""

from __future__ import annotations

import copy
import re
from collections import Counter
from collections.abc import Callable, Iterator

import attrs

from . import odd_keys, odd_paths, odd_schemas, shape
from .documents import clipped
from .odd_schemas import walk
from .shape import METHODS, Json, Operation, operations

# What later stages write into a document or the overlay says: nothing of it is the document's to say.
RESERVED = frozenset(
    {"x-api-endpoint", "x-routes", "x-path-parameter", "x-safety", "x-timeout", "x-list", "x-any-body", "x-alias"}
    | {"x-pasted", "x-path-characters"}
)
_STATUS = r"default|[1-5]([0-9]{2}|XX)"


@attrs.frozen
class Repaired:
    """A valid document, how often each rule was needed, and what could not be understood, one line each."""

    document: Json
    counts: Counter[str]
    unread: tuple[str, ...] = ()


def repair(document: Json, *, where: str = "the document") -> Repaired:
    """Repair a document as the gateway serves it. The document that was given stays as it is.

    Raises `DocumentError`, which begins with `where`, for a document that has not the shape of one (see `shape`).
    """
    shape.check(document, where=where)
    document = copy.deepcopy(document)
    counts: Counter[str] = Counter()
    unread: list[str] = []
    for name, document_rule in _DOCUMENT_RULES.items():
        counts[name] += document_rule(document)
    for operation in operations(document):
        for name, operation_rule in _OPERATION_RULES.items():
            counts[name] += operation_rule(operation)
    for place, schema in _schemas(document):
        type_ = schema.get("type")
        for name, schema_rule in odd_schemas.RULES.items():
            counts[name] += schema_rule(schema)
        if type_ is not None and not schema.keys() & {"type", "enum"}:
            unread.append(f"{place}: the type {clipped(repr(type_))} says nothing; any value is taken")
    for operation in operations(document):
        # Once more: a schema of odd keys alone shows only now that it says nothing.
        counts["empty-body"] += _empty_body(operation)
    return Repaired(document, +counts, tuple(unread))


# --- the document ----------------------------------------------------------------------------------------------------


def _version(document: Json) -> int:
    """3.0.0 → 3.1.0, where a type may be a list and a reference may have siblings."""
    changed = document.get("openapi") != "3.1.0"
    document["openapi"] = "3.1.0"
    return changed


def _info(document: Json) -> int:
    """`info` without `title` and `version`. The document has neither, so they say nothing."""
    info = document.setdefault("info", {})
    missing = {"title": "LowCodeAPI", "version": "0"}.keys() - info.keys()
    document["info"] = {"title": "LowCodeAPI", "version": "0", **info}
    return bool(missing)


def _servers(document: Json) -> int:
    """`servers` that are no list of objects with a URL."""
    servers = document.get("servers", [])
    kept = [
        server
        for server in (servers if isinstance(servers, list) else [])
        if isinstance(server, dict) and isinstance(server.get("url"), str)
    ]
    if kept == servers:
        return 0
    document["servers"] = kept
    return 1


def _shared_parameters(document: Json) -> int:
    """Parameters of a path belong to each of its operations; one of the operation's own goes first."""
    found = 0
    for item in document["paths"].values():
        shared = item.pop("parameters", [])
        found += len(shared)
        for node in (item[method] for method in METHODS if method in item):
            own = node.get("parameters", [])
            mine = {(parameter["in"], parameter["name"]) for parameter in own}
            added = [copy.deepcopy(each) for each in shared if (each["in"], each["name"]) not in mine]
            if added:
                node["parameters"] = own + added
    return found


def _odd_path(document: Json) -> int:
    """A path with white space, without its slash, or with placeholders of another kind; see `odd_paths`."""
    paths = document["paths"]
    # What needs no repair keeps its name, whatever comes before it.
    named = {path: path for path in paths if odd_paths.repaired(path) == path.partition("#")[0]}
    odd = [path for path in paths if path not in named]
    for path in odd:
        named[path] = odd_paths.unlike(odd_paths.repaired(path), set(named.values()))
    document["paths"] = {named[path]: item for path, item in paths.items()}
    return len(odd)


def _operation_id_twice(document: Json) -> int:
    """The same `operationId` twice: neither is one."""
    found = list(operations(document))
    times = Counter(operation.node.get("operationId") for operation in found)
    twice = [
        operation for operation in found if "operationId" in operation.node and times[operation.node["operationId"]] > 1
    ]
    for operation in twice:
        del operation.node["operationId"]
    return len(twice)


# --- operations ------------------------------------------------------------------------------------------------------


def _reserved(operation: Operation) -> int:
    """Keys that only codegen and the overlay may write."""
    nodes = [operation.node, *_parameters(operation)]
    found = [(node, key) for node in nodes for key in node.keys() & RESERVED]
    for node, key in found:
        del node[key]
    return len(found)


def _external_docs(operation: Operation) -> int:
    """`externalDocs` without `url`: the upstream endpoint moves to `x-api-endpoint`, the reference becomes the URL."""
    docs = operation.node.get("externalDocs", {"url": ""})
    if isinstance(docs, dict) and isinstance(docs.get("url"), str) and not docs.keys() & {"api_ref", "api_endpoint"}:
        return 0
    del operation.node["externalDocs"]
    if not isinstance(docs, dict):
        return 1
    endpoint = docs.get("api_endpoint")
    if isinstance(endpoint, str):
        operation.node["x-api-endpoint"] = endpoint
    url = docs.get("url", docs.get("api_ref"))
    if isinstance(url, str) and url:
        operation.node["externalDocs"] = {"url": url}
    return 1


def _parameter_required(operation: Operation) -> int:
    """`required` missing on a parameter: a path parameter is required, whatever is said of it; any other is not."""
    missing = [
        parameter
        for parameter in _parameters(operation)
        if not isinstance(parameter.get("required"), bool) or (parameter["in"] == "path" and not parameter["required"])
    ]
    for parameter in missing:
        parameter["required"] = parameter.get("in") == "path"
    return len(missing)


def _path_parameter_without_place(operation: Operation) -> int:
    """`in: path` while the path has no template for it: the parameter travels in the query (the old format)."""
    placed = set(odd_paths.placeholders(operation.path))
    moved = [
        parameter
        for parameter in _parameters(operation)
        if parameter.get("in") == "path" and parameter.get("name") not in placed
    ]
    for parameter in moved:
        parameter["in"] = "query"
        parameter["required"] = True
        parameter["x-path-parameter"] = True
    return len(moved)


def _undeclared_placeholder(operation: Operation) -> int:
    """A place in the path for which there is no parameter: one of the query that has its name, or else any text."""
    parameters = list(_parameters(operation))
    found = 0
    for name in odd_paths.placeholders(operation.path):
        if any(each["in"] == "path" and each["name"] == name for each in parameters):
            continue
        found += 1
        same = next((each for each in parameters if each["in"] == "query" and each["name"] == name), None)
        if same is None:
            parameters.append({"name": name, "in": "path", "required": True, "schema": {"type": "string"}})
        else:
            same.update({"in": "path", "required": True})
    if parameters:
        operation.node["parameters"] = parameters
    return found


def _parameter_schema(operation: Operation) -> int:
    """A parameter without `schema`: what should be in it stands beside it, or it may be anything."""
    missing = [parameter for parameter in _parameters(operation) if not isinstance(parameter.get("schema"), dict)]
    for parameter in missing:
        parameter.pop("content", None)
        beside = [key for key in ("type", "enum", "items", "format", "default") if key in parameter]
        schema = {key: parameter.pop(key) for key in beside}
        is_enum = isinstance(schema.get("enum"), list) and not any(
            isinstance(value, dict | list) for value in schema["enum"]
        )
        if not is_enum:
            schema.pop("enum", None)
        if not isinstance(schema.get("format", ""), str):
            del schema["format"]
        if not isinstance(schema.get("items", {}), dict) or schema.get("items", {}).keys() - {"type", "enum"}:
            del schema["items"]
        parameter["schema"] = schema
    return len(missing)


def _parameter_twice(operation: Operation) -> int:
    """The same parameter twice: the first stays, before it the one that belongs in the path."""
    kept: dict[tuple[str, str], Json] = {}
    parameters = _parameters(operation)
    for parameter in sorted(parameters, key=lambda parameter: "x-path-parameter" not in parameter):
        kept.setdefault((parameter["in"], parameter["name"]), parameter)
    if len(kept) < len(parameters):
        chosen = [id(parameter) for parameter in kept.values()]
        operation.node["parameters"] = [parameter for parameter in parameters if id(parameter) in chosen]
    return len(parameters) - len(kept)


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


def _media_type(operation: Operation) -> int:
    """A media type that is empty or none: JSON. What is the same but for case and parameters is one."""
    found = 0
    for _, content in _contents(operation):
        names = {name: _meant_media_type(name) for name in content}
        wrong = [name for name, right in names.items() if name != right]
        for name in wrong:
            media = content.pop(name)
            content.setdefault(names[name], media)
        found += len(wrong)
    return found


def _meant_media_type(name: str) -> str:
    word = name.partition(";")[0].strip().lower()
    return word if re.fullmatch(r"[a-z0-9*.+-]+/[a-z0-9*.+-]+", word) else "application/json"


def _upload(operation: Operation) -> int:
    """A field of type `file` in a multipart body is a file."""
    media = operation.node.get("requestBody", {}).get("content", {}).get("multipart/form-data", {})
    fields = [
        field
        for _, schema in walk(media.get("schema"))
        for field in (schema, schema.get("items"))
        if isinstance(field, dict) and str(field.get("type")).strip().lower() in {"file", "binary"}
    ]
    for field in fields:
        field.update({"type": "string", "format": "binary"})
    return len(fields)


def _empty_body(operation: Operation) -> int:
    """A request body that is an object without properties: nothing is sent."""
    if "requestBody" not in operation.node:
        return 0
    for media in _medias(operation):
        schema = media.get("schema", {})
        says_more = schema.keys() - {"type", "properties", "required", "description"}
        if schema.get("example") in ("", {}, None):
            says_more -= {"example"}
        if says_more or schema.get("properties") or schema.get("type") != "object":
            return 0
    del operation.node["requestBody"]
    return 1


def _body_example(operation: Operation) -> int:
    """The `example` of a body, made of empty strings whatever the types are."""
    return sum(media.pop("example", None) is not None for media in _medias(operation))


def _responses(operation: Operation) -> int:
    """No `responses`, one of no status, or one that is not described: OpenAPI wants them."""
    given = operation.node.get("responses")
    given = given if isinstance(given, dict) else {}
    kept = {status: response for status, response in given.items() if re.fullmatch(_STATUS, status)}
    operation.node["responses"] = kept or {"default": {"description": "Not described."}}
    undescribed = [
        each for each in kept.values() if "$ref" not in each and not isinstance(each.get("description"), str)
    ]
    for response in undescribed:
        response["description"] = "Not described."
    return len(undescribed) + (operation.node["responses"] != given and not undescribed)


_DOCUMENT_RULES: dict[str, Callable[[Json], int]] = {
    "version": _version,
    "info": _info,
    "servers": _servers,
    "unknown-key": odd_keys.unknown_keys,
    "odd-path": _odd_path,
    "shared-parameters": _shared_parameters,
    "operation-id-twice": _operation_id_twice,
}
_OPERATION_RULES: dict[str, Callable[[Operation], int]] = {
    "reserved": _reserved,
    "external-docs": _external_docs,
    "responses": _responses,
    "parameter-required": _parameter_required,
    "parameter-schema": _parameter_schema,
    "path-parameter-without-place": _path_parameter_without_place,
    "parameter-twice": _parameter_twice,
    "undeclared-placeholder": _undeclared_placeholder,
    "parameter-items-enum": _parameter_items_enum,
    "media-type": _media_type,
    "upload": _upload,
    "empty-body": _empty_body,
    "body-example": _body_example,
}
RULES = (*_DOCUMENT_RULES, *_OPERATION_RULES, *odd_schemas.RULES)


def _parameters(operation: Operation) -> list[Json]:
    parameters: list[Json] = operation.node.get("parameters", [])
    return parameters


def _medias(operation: Operation) -> list[Json]:
    return list(operation.node.get("requestBody", {}).get("content", {}).values())


def _schemas(document: Json) -> Iterator[tuple[str, Json]]:
    """Every schema of parameters, bodies, answers and components, with the place of each, outer ones first."""
    for operation in operations(document):
        for parameter in _parameters(operation):
            for keys, schema in walk(parameter.get("schema")):
                yield f"{operation.place}, parameter {parameter['name']}{_inside(keys)}", schema
        for what, content in _contents(operation):
            for media in content.values():
                for keys, schema in walk(media.get("schema")):
                    yield f"{operation.place}, {what}{_inside(keys)}", schema
    components = document.get("components", {})
    for name, schema in components.get("schemas", {}).items():
        for keys, inner in walk(schema):
            yield f"components, {name}{_inside(keys)}", inner
    for name, response in components.get("responses", {}).items():
        for media in response.get("content", {}).values():
            for keys, inner in walk(media.get("schema")):
                yield f"components, {name}{_inside(keys)}", inner


def _inside(keys: shape.Keys) -> str:
    return f", {'/'.join(map(str, keys))}" if keys else ""


def _contents(operation: Operation) -> Iterator[tuple[str, Json]]:
    if "requestBody" in operation.node:
        yield "body", operation.node["requestBody"].get("content", {})
    for status, response in operation.node.get("responses", {}).items():
        yield f"answer {status}", response.get("content", {})
