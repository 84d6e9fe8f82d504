"""Two routes → one operation. Evidence: the same upstream endpoint; then the sanitised path.

The result is one document with the paths of the new format; the operations' `x-routes` has each format's spelling. If
the two documents disagree, the wider of the two readings is kept and reported.
"""

from __future__ import annotations

import re
from collections import defaultdict

import attrs

from ..document.reading import DocumentError, clipped
from ..document.shape import Json, Operation, copied, operations
from ..document.unforeseen import during
from ..document.widening import wider
from ..repair.paths import PLACEHOLDER as _PLACEHOLDER
from ..repair.paths import not_understood, on_the_wire, repaired, unlike
from . import components, pasted
from .arguments import TOKEN, query_name


@attrs.frozen
class Paired:
    """The one document; the number of operations with both routes; findings for people.

    `twice` lists operations with the same method and path as another one, a line each. `unfilled` has the placeholders
    of the provider's URLs that no parameter fills.
    """

    document: Json
    pairs: int
    findings: tuple[str, ...]
    twice: tuple[str, ...] = ()
    unfilled: tuple[str, ...] = ()


def sanitised(path: str) -> str:
    """The old spelling of a new path: `/v1/models/{model_id}` → `/v1/models/modelid`."""
    return _PLACEHOLDER.sub(lambda match: re.sub(r"[^A-Za-z0-9]", "", match[1]), path)


def pair(openapi: Json | None, definition: Json | None) -> Paired:
    """Pair the operations of the two repaired documents. Either may be missing, not both."""
    base = openapi or definition
    if base is None:
        raise DocumentError("there is no document to generate from: neither openapi.json nor definition.json")
    findings = _disagreements(openapi, definition)
    findings += _of_paths(openapi, "openapi.json") + _of_paths(definition, "definition.json")
    document = {key: copied(value) for key, value in base.items() if key != "paths"}
    if openapi is not None and definition is not None:
        known, definition = components.merged(openapi, definition, findings)
        if known:
            document["components"] = known
    paths = document["paths"] = {}
    twice: list[str] = []
    unfilled: list[str] = []
    new_operations = _named_twice(openapi, "openapi.json", twice)
    old_operations = _named_twice(definition, "definition.json", twice)
    findings += [
        f"{each.place}: {{{name}}} stands twice in its endpoint; the old format has one value for both"
        for each in old_operations
        for name in pasted.twice(each)
    ]
    partners = _partners(new_operations, old_operations, findings, twice)
    for new in new_operations:
        old = partners.get(new.place)
        with during(new.place):
            node = _merged(new, old, findings)
            unfilled += _unfilled(node, new, *([old] if old else []))
        if old is None and definition is not None:
            findings.append(f"{new.place} is in openapi.json only")
        paths.setdefault(new.path, {})[new.method] = node
    paired = {partner.place for partner in partners.values()}
    taken: defaultdict[str, set[str]] = defaultdict(set)
    for path, item in paths.items():
        for method in item:
            taken[method].add(path)
    for old in old_operations:
        if old.place in paired:
            continue
        if openapi is not None:
            findings.append(f"{old.place} is in definition.json only")
        path = _template(old)
        if path in taken[old.method]:
            twice.append(f"{old.place} of definition.json and {old.method.upper()} {path} are one operation twice")
            path = unlike(path, taken[old.method])
        taken[old.method].add(path)
        node = pasted.marked(old, path)
        for name in pasted.complete(node, path):
            findings.append(f"{old.place}: no parameter stands for {{{name}}} of its endpoint; it is optional")
        pasted.shadow(node)
        unfilled += _unfilled(node, old)
        node["x-routes"] = {"old": pasted.route(old, node, is_old=True)}
        paths.setdefault(path, {})[old.method] = node
    return Paired(document, len(partners), tuple(findings), tuple(twice), tuple(unfilled))


def _merged(new: Operation, old: Operation | None, findings: list[str]) -> Json:
    """The operation of a new route merged with the old one, if there is one."""
    node = pasted.marked(new, new.path)
    if old:
        _merge(node, old, new, findings)
    pasted.shadow(node)
    node["x-routes"] = {"new": pasted.route(new, node, is_old=False)}
    if not node["x-routes"]["new"]["query"]:
        del node["x-routes"]["new"]["query"]
    if old:
        node["x-routes"]["old"] = pasted.route(old, node, is_old=True)
    return node


def _named_twice(document: Json | None, where: str, twice: list[str]) -> list[Operation]:
    """The operations of a document, reporting those whose paths differ only by the names of parameters."""
    found: dict[tuple[str, str], Operation] = {}
    every = list(operations(document or {}))
    for operation in every:
        route = _PLACEHOLDER.sub("{}", on_the_wire(operation.path))
        first = found.setdefault((operation.method, route), operation)
        if first is not operation:
            twice.append(f"{where}: {first.place} and {operation.place} are one operation twice")
    return every


def _unfilled(node: Json, *sources: Operation) -> list[str]:
    return [
        f"{sources[0].place}: no parameter stands for {clipped(repr(name))} of its endpoint"
        for name in pasted.unfilled(node, *sources)
    ]


def _of_paths(document: Json | None, where: str) -> list[str]:
    return [
        f"{where}: {each.place}: {what}" for each in operations(document or {}) for what in not_understood(each.path)
    ]


def _disagreements(openapi: Json | None, definition: Json | None) -> list[str]:
    if openapi is None or definition is None:
        return []
    keys = ("servers", "security", "components")
    return [f"the documents disagree on {key}" for key in keys if openapi.get(key) != definition.get(key)]


def _partners(
    new: list[Operation], old: list[Operation], findings: list[str], twice: list[str]
) -> dict[str, Operation]:
    """The old operation for each new one, by the new one's place."""
    by_endpoint: dict[tuple[str, str], list[Operation]] = {}
    for operation in old:
        by_endpoint.setdefault((operation.method, str(operation.node.get("x-api-endpoint"))), []).append(operation)
    by_path: dict[tuple[str, str], Operation] = {}
    for operation in old:
        by_path.setdefault((operation.method, on_the_wire(operation.path)), operation)
    partners: dict[str, Operation] = {}
    for operation in new:
        path = on_the_wire(operation.path)
        same_path = by_path.get((operation.method, sanitised(path)), by_path.get((operation.method, path)))
        endpoint = operation.node.get("x-api-endpoint")
        same_endpoint = by_endpoint.get((operation.method, endpoint), []) if isinstance(endpoint, str) else []
        if len(same_endpoint) == 1:
            partners[operation.place] = same_endpoint[0]
            if same_path is not same_endpoint[0]:
                findings.append(
                    f"{operation.place}: paired with {same_endpoint[0].place} by its endpoint, not by its path"
                )
        elif same_path and (not same_endpoint or same_path in same_endpoint):
            partners[operation.place] = same_path
            findings.append(f"{operation.place}: paired with {same_path.place} by its path: no endpoint says so")
    return _each_once(partners, twice)


def _each_once(partners: dict[str, Operation], twice: list[str]) -> dict[str, Operation]:
    """Let the first new operation keep an old one; a further one keeps its new route alone."""
    first: dict[str, str] = {}
    for place, partner in partners.items():
        if partner.place in first:
            twice.append(f"{first[partner.place]} and {place} both pair with {partner.place} of definition.json")
        else:
            first[partner.place] = place
    return {place: partners[place] for place in first.values()}


def _template(operation: Operation) -> str:
    """The new spelling of an old path: the end of its upstream endpoint that sanitises to it, else the path itself."""
    endpoint = operation.node.get("x-api-endpoint")
    match = re.match(r"https?://[^/]*(/[^?#]*)", endpoint) if isinstance(endpoint, str) else None
    upstream = repaired(match[1]) if match else ""
    starts = [index for index, char in enumerate(upstream) if char == "/"]
    route = operation.path.partition("#")[0]
    names = [query_name(name) for name in _PLACEHOLDER.findall(upstream)]
    if TOKEN in names:
        # The client sends its own token, and the gateway pastes that.
        return operation.path
    return next((upstream[start:] for start in starts if sanitised(upstream[start:]) == route), operation.path)


# --- one operation of two --------------------------------------------------------------------------------------------


def _merge(node: Json, old: Operation, new: Operation, findings: list[str]) -> None:
    """Merge the old operation into the new one: the union of fields, required only in both, the wider type."""
    old_node, place = pasted.marked(old, new.path), new.place
    for key in ("summary", "description", "tags"):
        if key in old_node and old_node[key] != node.get(key):
            findings.append(f"{place}: the documents disagree on {key}")
            node.setdefault(key, old_node[key])
    _merge_parameters(node, old_node, place, findings)
    _merge_bodies(node, old_node, place, findings)


def _merge_parameters(node: Json, old_node: Json, place: str, findings: list[str]) -> None:
    parameters: list[Json] = node.setdefault("parameters", [])
    mine = {(parameter.get("in"), parameter.get("name")): parameter for parameter in parameters}
    theirs = {(parameter.get("in"), parameter.get("name")): parameter for parameter in old_node.get("parameters", [])}
    for key in [key for key in mine if key not in theirs]:
        findings.append(f"{place}: parameter {key[1]} is in openapi.json only")
        mine[key]["required"] = key[0] == "path" or "x-pasted" in mine[key]
    for key, parameter in theirs.items():
        if key not in mine:
            findings.append(f"{place}: parameter {key[1]} is in definition.json only")
            parameters.append({**parameter, "required": key[0] == "path" or "x-pasted" in parameter})
        elif "x-pasted" in parameter:
            mine[key].update({"x-pasted": True, "required": True})
        elif (
            key[0] != "path" and "x-pasted" not in mine[key] and parameter.get("required") != mine[key].get("required")
        ):
            findings.append(f"{place}: the documents disagree on whether parameter {key[1]} is required")
            mine[key]["required"] = False
        if key in mine and parameter.get("schema") != mine[key].get("schema"):
            findings.append(f"{place}: the documents disagree on the type of parameter {key[1]}")
            mine[key]["schema"] = wider(mine[key].get("schema", {}), parameter.get("schema", {}))


def _merge_bodies(node: Json, old_node: Json, place: str, findings: list[str]) -> None:
    mine, theirs = node.get("requestBody"), old_node.get("requestBody")
    if mine == theirs:
        return
    findings.append(f"{place}: the documents disagree on the body")
    if mine is None or theirs is None:
        body = copied(mine or theirs or {})
        body["required"] = False
        for media in body.get("content", {}).values():
            if isinstance(media.get("schema"), dict):
                media["schema"].pop("required", None)
        node["requestBody"] = body
        return
    for content_type, media in theirs.get("content", {}).items():
        known = mine["content"].setdefault(content_type, media)
        if known is not media:
            known["schema"] = wider(known.get("schema", {}), media.get("schema", {}))
    mine["required"] = bool(mine.get("required")) and bool(theirs.get("required"))
