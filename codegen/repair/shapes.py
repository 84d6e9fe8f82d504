"""Give every part of a document the shape that OpenAPI requires; see `values`.

It runs before all other rules, so that none has to check the kind of a value. No operation is removed: an unreadable
one is called without its arguments.
"""

from __future__ import annotations

import re
from typing import Any

from ..document.reading import METHODS, DocumentError
from ..document.shape import PLACES, Json, Keys, copied
from .keys import dropped
from .paths import unlike
from .references import is_reference
from .values import Found, schema

RULES = (
    *("reference", "misshapen", "says-nothing", "number-as-text", "text-as-list", "text-as-schema"),
    *("method-spelling", "place-spelling", "status-spelling", "unknown-key", "parameter-schema"),
)
_STATUS = re.compile(r"default|[1-5]([0-9]{2}|XX)")
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")
# Keywords of a schema that stand beside a parameter's name.
_BESIDE = ("type", "enum", "items", "format", "default")
_OF_A_PATH = frozenset({"summary", "description", "parameters", "servers", "$ref"})


def mended(document: Json, where: str) -> Found:
    """Give every part of the document its shape, in place. Raises `DocumentError` if `paths` is no object."""
    if not isinstance(document.get("paths"), dict):
        raise DocumentError(f"{where}: /paths: not an object; ask for the document to be repaired")
    found = Found(document)
    document["paths"] = _paths(document["paths"], found)
    info = found.taken(document, "info", dict, ()) or {}
    found.known(info, "info", ("info",))
    _servers(document, found)
    components = found.taken(document, "components", dict, ()) or {}
    for kind, read in (("schemas", schema), ("responses", _response)):
        nodes = found.taken(components, kind, dict, ("components",)) or {}
        for name, node in nodes.items():
            nodes[name] = read(node, ("components", kind, name), found)
    found.counts["unknown-key"] += dropped(components)
    found.known(document, "document", ())
    return found


def _servers(document: Json, found: Found) -> None:
    """Keep only servers with an absolute URL: the base of a relative one is unknown."""
    servers = found.taken(document, "servers", list, ())
    for index, server in enumerate(servers or ()):
        url = server.get("url") if isinstance(server, dict) else None
        if not isinstance(url, str) or not _SCHEME.match(url):
            found.misshapen(("servers", index), "a server without a whole URL; left out")
            servers[index] = None
    if servers:
        for index, server in enumerate(servers):
            found.known(server or {}, "server", ("servers", index))
        document["servers"] = [server for server in servers if server is not None]


def _paths(paths: Json, found: Found) -> Json:
    """The paths, each method once. A second `get` in another spelling gets the path again with a number after a `#`."""
    result: Json = {}
    taken = set(paths)
    for path, item in paths.items():
        if not isinstance(item, dict):
            found.other(item, ("paths", path), "an object")
            continue
        if is_reference(item):
            target = found.resolved(item, ("paths", path), "the path", "what it has is not known") or {}
            item = {**target, **{key: value for key, value in item.items() if key != "$ref"}}
        result[path], seconds = _path_item(item, ("paths", path), found)
        shared = result[path].get("parameters")
        for method, node in seconds:
            # White space before the number would belong to the path.
            other = unlike(path.strip(), taken)
            taken.add(other)
            result[other] = {**({"parameters": copied(shared)} if shared else {}), method: node}
    return result


def _path_item(item: Json, keys: Keys, found: Found) -> tuple[Json, list[tuple[str, Json]]]:
    result: Json = {}
    seconds: list[tuple[str, Json]] = []
    for key, value in item.items():
        method = key.strip().lower()
        if method not in METHODS:
            result[key] = value
            if isinstance(value, dict) and key not in _OF_A_PATH and not key.startswith("x-"):
                found.misshapen((*keys, key), "no method that OpenAPI knows; it can't be called")
            continue
        found.counts["method-spelling"] += key != method
        node = _operation(value, (*keys, key), found)
        if key != method and (method in item or method in result):
            seconds.append((method, node))
        else:
            result[method] = node
    _parameters(result, keys, found)
    found.known(result, "path", keys)
    return result, seconds


def _operation(value: Any, keys: Keys, found: Found) -> Json:
    if not isinstance(value, dict):
        found.misshapen(keys, "no object; the operation is kept, and nothing is known of it")
        return {}
    node: Json = value
    found.known(node, "operation", keys)
    _tags(node, keys, found)
    _parameters(node, keys, found)
    if is_reference(node.get("requestBody")):
        target = found.resolved(node["requestBody"], keys, "the body", "it may be anything")
        node["requestBody"] = target or {"content": {"application/json": {}}}
    body = node.get("requestBody", {})
    if not isinstance(body, dict):
        found.other(node.pop("requestBody"), (*keys, "requestBody"), "an object", "any body is taken")
        if body is not None:
            node["requestBody"] = {"content": {"application/json": {}}}
    else:
        _contents(body, (*keys, "requestBody"), found)
    if "requestBody" in node:
        node["requestBody"].setdefault("content", {})
        found.known(node["requestBody"], "body", (*keys, "requestBody"))
    _responses(node, keys, found)
    return node


def _tags(node: Json, keys: Keys, found: Found) -> None:
    if isinstance(node.get("tags"), str):
        node["tags"] = [node["tags"]]
        found.counts["text-as-list"] += 1
    tags = found.taken(node, "tags", list, keys) or []
    kept = [tag for tag in tags if isinstance(tag, str)]
    if len(kept) < len(tags):
        found.misshapen((*keys, "tags"), "tags that are no texts; left out")
        node["tags"] = kept


def _parameters(node: Json, keys: Keys, found: Found) -> None:
    given = found.taken(node, "parameters", list, keys) or []
    kept = []
    for index, each in enumerate(given):
        if is_reference(each):
            each = found.resolved(each, keys, "a parameter", "it is left out")
            if each is None:
                continue
        if _is_parameter(each, (*keys, "parameters", index), found):
            kept.append(each)
    if given:
        node["parameters"] = kept


def _is_parameter(value: Any, keys: Keys, found: Found) -> bool:
    """True if it can be sent, under its name in its place."""
    if not isinstance(value, dict):
        found.other(value, keys, "a parameter")
        return False
    node: Json = value
    has_none = node.get("schema") is None
    if has_none:
        found.counts["says-nothing"] += "schema" in node
        node["schema"] = {key: node.pop(key) for key in _BESIDE if key in node}
    found.known(node, "parameter", keys)
    place = str(node.get("in")).strip().lower()
    if not node.get("name"):
        found.misshapen(keys, "a parameter without a name; left out")
        return False
    if place not in PLACES:
        found.misshapen(keys, f"a parameter that is in none of {', '.join(PLACES)}; left out")
        return False
    found.counts["place-spelling"] += node["in"] != place
    node["in"] = place
    found.counts["parameter-schema"] += has_none
    _schema_of(node, keys, found)
    return True


def _contents(node: Json, keys: Keys, found: Found) -> None:
    """Shape the media types of a body or an answer. Unreadable contents may be anything."""
    content = node.get("content", {})
    if not isinstance(content, dict):
        found.other(node.pop("content"), (*keys, "content"), "an object", "any value is taken")
        if content is not None:
            node["content"] = {"application/json": {}}
        return
    for name, media in content.items():
        place = (*keys, "content", name)
        if isinstance(media, dict):
            _schema_of(media, place, found)
            found.known(media, "media", place)
        else:
            found.other(media, place, "an object", "any value is taken")
            content[name] = {}


def _schema_of(node: Json, keys: Keys, found: Found) -> None:
    """Shape the schema of a parameter or a media type. Null counts as missing: a type may then stand beside it."""
    if node.get("schema", {}) is None:
        found.other(node.pop("schema"), (*keys, "schema"), "a schema")
    elif "schema" in node:
        node["schema"] = schema(node["schema"], (*keys, "schema"), found)


def _responses(node: Json, keys: Keys, found: Found) -> None:
    given = found.taken(node, "responses", dict, keys)
    if not given:
        return
    kept: Json = {}
    for status, response in given.items():
        # `2xx`, `Default`
        right = status.strip().lower().replace("x", "X")
        place = (*keys, "responses", status)
        if _STATUS.fullmatch(right) and (status == right or right not in given.keys() | kept.keys()):
            found.counts["status-spelling"] += status != right
            kept[right] = _response(response, place, found)
        elif not status.startswith("x-"):
            found.misshapen(place, "no status of its own; the answer is left out")
    node["responses"] = kept


def _response(value: Any, keys: Keys, found: Found) -> Json:
    if not isinstance(value, dict):
        found.other(value, keys, "an answer", "any value may be in it")
        # Without a content the answer would be empty.
        return {"content": {"application/json": {}}}
    _contents(value, keys, found)
    found.known(value, "response", keys)
    return value
