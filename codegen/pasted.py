"""Which parameters the gateway pastes into the URL that it calls, and in which routes they travel in the query.

It pastes a value decoded and with no encoding, so whatever may be pasted is an argument that is checked like a part of
a path. How the upstream endpoint spells its placeholders differs; that a parameter is `in: path` is enough.
"""

from __future__ import annotations

import functools
import re
from collections import Counter
from collections.abc import Iterable
from urllib.parse import unquote

from .arguments import TOKEN, query_name
from .odd_paths import on_the_wire, placeholders
from .shape import Json, Operation, copied

# `{id}` and `<id>` anywhere; in a path `[id]`, `$id`, and `:id` unless it is a verb after a word or a placeholder; in a
# query these only as values, since `a[b]` and `$top` are names there.
_BRACED = re.compile(r"\{([^{}]+)\}|<([^<>]+)>")
_IN_PATH = re.compile(r"\[([^\[\]]+)\]|\$(\w+)|(?<![\w}>\]]):([A-Za-z_]\w*)")
_IN_QUERY = re.compile(r"=(?:\[([^\[\]]+)\]|\$(\w+)|:([A-Za-z_]\w*))")
_PLAIN = re.compile(r"[\w\s.\[\]-]+")


def marked(operation: Operation, path: str) -> Json:
    """A copy of an operation under a path, its parameters marked.

    Who has a place in the path goes there. Who has none there is marked where the gateway pastes it all the same.
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


def complete(node: Json, path: str) -> list[str]:
    """Give each place of a path that no parameter has one of its own. Returns their names."""
    parameters: list[Json] = node.get("parameters", [])
    given = {each["name"] for each in parameters if each["in"] == "path"}
    missing = [name for name in placeholders(path) if name not in given]
    if missing:
        more = [{"name": name, "in": "path", "required": True, "schema": {"type": "string"}} for name in missing]
        node["parameters"] = [*parameters, *more]
    return missing


def shadow(node: Json) -> None:
    """Mark the parameters of the query that the gateway reads as one that it pastes: a value would go unchecked."""
    parameters: list[Json] = node.get("parameters", [])
    taken = {query_name(each["name"]) for each in parameters if _is_checked(each)}
    for each in parameters:
        if each["in"] == "query" and "x-pasted" not in each and query_name(each["name"]) in taken:
            each["x-shadowed"] = True


def route(operation: Operation, node: Json) -> Json:
    """The route of an operation, with the path parameters of `node` that have no place in its path in the query.

    They stand there in the order of the operation that the route is of.
    """
    in_path = placeholders(operation.path)
    wanted = [each["name"] for each in node.get("parameters", ()) if _is_checked(each)]
    first = [each["name"] for each in operation.node.get("parameters", ())]
    ordered = dict.fromkeys([*(name for name in first if name in wanted), *wanted])
    query = [name for name in ordered if name not in in_path and query_name(name) != TOKEN]
    return {"method": operation.method, "path": on_the_wire(operation.path), "query": query}


def _is_checked(parameter: Json) -> bool:
    """Whether it is one of the path parameters of the method, wherever it travels."""
    return parameter["in"] == "path" or "x-pasted" in parameter


def twice(operation: Operation) -> list[str]:
    """The names that stand for two values in the upstream endpoint: the old format has one for both places."""
    return [name for name, times in Counter(_names(operation.node)).items() if times > 1]


def unfilled(node: Json, *operations: Operation) -> list[str]:
    """The names in the upstream endpoints of these operations for which the one that is made of them has no parameter.

    What the gateway puts there is not known: of the account's credentials, or whatever a query has under that name.
    """
    filled = {_letters(each["name"]) for each in node.get("parameters", ()) if _is_checked(each)} | {_letters(TOKEN)}
    names = dict.fromkeys(name for operation in operations for name in _names(operation.node))
    return [name for name in names if not filled.intersection(_each_part(name))]


def _names(node: Json) -> tuple[str, ...]:
    """What stands for a value in the upstream endpoint."""
    endpoint = node.get("x-api-endpoint")
    return _names_in(endpoint) if isinstance(endpoint, str) else ()


# Each route of an operation asks several times for those of one endpoint.
@functools.lru_cache(maxsize=4096)
def _names_in(text: str) -> tuple[str, ...]:
    # What is encoded is decoded last: `%3F` begins no query.
    path, _, query = (unquote(part) for part in _BRACED.sub(_without_mark, text).partition("?"))
    found = []
    for part, pattern in ((path, _IN_PATH), (query, _IN_QUERY)):
        found += [*_BRACED.finditer(part), *pattern.finditer(_BRACED.sub("}", part))]
    return tuple("".join(match.groups("")) for match in found)


def _without_mark(match: re.Match[str]) -> str:
    """`{id?}`, which need not be there, begins no query either."""
    return match[0].replace("?", "")


def _pasted(node: Json, known: set[str]) -> set[str]:
    """The letters and digits of the names in the upstream endpoint, but for those known."""
    return {letters for name in _names(node) if name not in known for letters in _each_part(name)}


def _is_in(name: str, pasted: set[str]) -> bool:
    """Whether it is one of them in another spelling. A name that is itself spelled as a placeholder is none of them."""
    return bool(_PLAIN.fullmatch(name)) and _letters(name) in pasted


def _each_part(name: str) -> Iterable[str]:
    """`model_id:int` and `int:model_id` are of one name and a type."""
    return filter(None, map(_letters, name.split(":")))


def _letters(name: str) -> str:
    return re.sub(r"[^a-z0-9]", "", name.lower())
