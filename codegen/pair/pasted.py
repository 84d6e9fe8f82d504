"""Find the parameters that the gateway pastes into the URL it calls, and the routes that send them in the query.

It pastes a value decoded and unencoded, so every such argument is checked like a part of a path. Upstream endpoints
spell their placeholders differently; any `in: path` parameter counts.
"""

from __future__ import annotations

import functools
import re
from collections import Counter
from collections.abc import Iterable
from urllib.parse import unquote

from ..document.shape import Json, Operation, copied
from ..repair.paths import on_the_wire, placeholders
from .arguments import TOKEN, query_name

# `{id}` and `<id>` anywhere; in a path `[id]`, `$id`, and `:id` unless it is a verb after a word or a placeholder; in a
# query these only as values, since `a[b]` and `$top` are names there.
_BRACED = re.compile(r"\{([^{}]+)\}|<([^<>]+)>")
_IN_PATH = re.compile(r"\[([^\[\]]+)\]|\$(\w+)|(?<![\w}>\]]):([A-Za-z_]\w*)")
_IN_QUERY = re.compile(r"=(?:\[([^\[\]]+)\]|\$(\w+)|:([A-Za-z_]\w*))")
_PLAIN = re.compile(r"[\w\s.\[\]-]+")


def marked(operation: Operation, path: str) -> Json:
    """A copy of an operation under a path, its parameters marked.

    A parameter with a place in the path moves there. One without is marked if the gateway pastes it all the same.
    """
    node: Json = copied(operation.node)
    parameters: list[Json] = node.get("parameters", [])
    placed = placeholders(path)
    of_path = {each["name"] for each in parameters if each["in"] == "path" or "x-path-parameter" in each}
    pasted = _pasted(node, of_path)
    for each in parameters:
        each.pop("x-shadowed", None)
        is_of_path = each.pop("x-path-parameter", False) or each["in"] == "path"
        if each["in"] == "query" and each["name"] in placed and each["name"] not in of_path:
            is_of_path = True
        if query_name(each["name"]) == TOKEN and each["name"] not in placed:
            # The client sends its own, and so the gateway pastes that.
            continue
        if is_of_path and each["name"] in placed:
            each.update({"in": "path", "required": True})
        elif is_of_path or (each["in"] == "query" and _is_in(each["name"], pasted)):
            each.update({"in": "query", "required": True, "x-pasted": True})
    return node


INFERRED = "Inferred from the provider's URL; the document does not declare it."


def complete(node: Json, path: str) -> list[str]:
    """Add an optional parameter for each placeholder of the provider's path without one. Returns their names.

    The gateway's route has no place for it, so the call can be made without it.
    """
    parameters: list[Json] = node.get("parameters", [])
    given = {each["name"] for each in parameters if each["in"] == "path"}
    missing = [name for name in placeholders(path) if name not in given]
    if missing:
        inferred = {"in": "query", "required": False, "description": INFERRED, "x-pasted": True, "x-inferred": True}
        node["parameters"] = [
            *parameters,
            *({**inferred, "name": name, "schema": {"type": "string"}} for name in missing),
        ]
    return missing


def shadow(node: Json) -> None:
    """Mark query parameters that the gateway reads as a pasted one: their values would go unchecked."""
    parameters: list[Json] = node.get("parameters", [])
    taken = {query_name(each["name"]) for each in parameters if _is_checked(each)}
    for each in parameters:
        if each["in"] == "query" and "x-pasted" not in each and query_name(each["name"]) in taken:
            each["x-shadowed"] = True


def route(operation: Operation, node: Json, *, is_old: bool) -> Json:
    """The route of an operation, with those path parameters of `node` in the query that have no place in its path.

    They keep the order of the route's own operation. In the old format all are in the query: the gateway's route is the
    path as it stands, braces included.
    """
    in_path = [] if is_old else placeholders(operation.path)
    wanted = [each["name"] for each in node.get("parameters", ()) if _is_checked(each)]
    first = [each["name"] for each in operation.node.get("parameters", ())]
    ordered = dict.fromkeys([*(name for name in first if name in wanted), *wanted])
    query = [name for name in ordered if name not in in_path and query_name(name) != TOKEN]
    return {"method": operation.method, "path": on_the_wire(operation.path, is_literal=is_old), "query": query}


def _is_checked(parameter: Json) -> bool:
    """True for a path parameter of the method, wherever it travels."""
    return parameter["in"] == "path" or "x-pasted" in parameter


def twice(operation: Operation) -> list[str]:
    """The names used twice in the upstream endpoint: the old format has one value for both places."""
    return [name for name, times in Counter(_names(operation.node)).items() if times > 1]


def unfilled(node: Json, *operations: Operation) -> list[str]:
    """The names in the operations' upstream endpoints that no parameter of the merged operation fills.

    The gateway's value for them is unknown: from the account's credentials, or a query value of that name.
    """
    filled = {_letters(each["name"]) for each in node.get("parameters", ()) if _is_checked(each)} | {_letters(TOKEN)}
    names = dict.fromkeys(name for operation in operations for name in _names(operation.node))
    return [name for name in names if not filled.intersection(_each_part(name))]


def _names(node: Json) -> tuple[str, ...]:
    """The placeholders in the upstream endpoint."""
    endpoint = node.get("x-api-endpoint")
    return _names_in(endpoint) if isinstance(endpoint, str) else ()


# Each route of an operation asks several times for those of one endpoint.
@functools.lru_cache(maxsize=4096)
def _names_in(text: str) -> tuple[str, ...]:
    # Decode last: `%3F` begins no query.
    path, _, query = (unquote(part) for part in _BRACED.sub(_without_mark, text).partition("?"))
    found = []
    for part, pattern in ((path, _IN_PATH), (query, _IN_QUERY)):
        found += [*_BRACED.finditer(part), *pattern.finditer(_BRACED.sub("}", part))]
    return tuple("".join(match.groups("")) for match in found)


def _without_mark(match: re.Match[str]) -> str:
    """Remove the `?` of an optional `{id?}`, which begins no query either."""
    return match[0].replace("?", "")


def _pasted(node: Json, known: set[str]) -> set[str]:
    """The names in the upstream endpoint, except known ones, reduced to letters and digits."""
    return {letters for name in _names(node) if name not in known for letters in _each_part(name)}


def _is_in(name: str, pasted: set[str]) -> bool:
    """True if it is one of them in another spelling, but not if it is itself spelled like a placeholder."""
    return bool(_PLAIN.fullmatch(name)) and _letters(name) in pasted


def _each_part(name: str) -> Iterable[str]:
    """The parts of a name with a type: `model_id:int` or `int:model_id`."""
    return filter(None, map(_letters, name.split(":")))


def _letters(name: str) -> str:
    return re.sub(r"[^a-z0-9]", "", name.lower())
