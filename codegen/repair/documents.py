"""Rules of `repair` for a whole document: each changes it in place and returns its count."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

from ..document.reading import METHODS
from ..document.shape import Json, copied, operations
from .paths import repaired, unlike, with_names


def other_kind(document: Json) -> str | None:
    """The reason to refuse a document: Swagger 2.0, or webhooks alone. None for any other."""
    if "swagger" in document:
        return "this is Swagger 2.0, which is not read; convert it to OpenAPI 3 first"
    if "webhooks" in document and not document.get("paths"):
        return "there are webhooks and no paths, so there is nothing to call"
    return None


def _version(document: Json) -> int:
    """3.0.0 → 3.1.0, where a type may be a list and a reference may have siblings."""
    changed = document.get("openapi") != "3.1.0"
    document["openapi"] = "3.1.0"
    return changed


def _info(document: Json) -> int:
    """Complete an `info` without `title` and `version`. The document has neither, so the values mean nothing."""
    info = document.setdefault("info", {})
    missing = {"title": "LowCodeAPI", "version": "0"}.keys() - info.keys()
    document["info"] = {"title": "LowCodeAPI", "version": "0", **info}
    return bool(missing)


def _shared_parameters(document: Json) -> int:
    """Copy parameters of a path to each of its operations; an operation's own one wins."""
    found = 0
    for item in document["paths"].values():
        shared = item.pop("parameters", [])
        found += len(shared)
        for node in (item[method] for method in METHODS if method in item):
            own = node.get("parameters", [])
            mine = {(parameter["in"], parameter["name"]) for parameter in own}
            added = [copied(each) for each in shared if (each["in"], each["name"]) not in mine]
            if added:
                node["parameters"] = own + added
    return found


def _odd_path(document: Json) -> int:
    """Repair a path with white space, without its slash, or with other placeholders; see `paths`."""
    paths = document["paths"]
    meant = {path: with_names(repaired(path), _path_parameters(item)) for path, item in paths.items()}
    # A path that needs no repair keeps its name, even if an earlier one becomes equal.
    named = {path: path for path in paths if meant[path] == path.partition("#")[0]}
    odd = [path for path in paths if path not in named]
    taken = set(named)
    for path in odd:
        named[path] = unlike(meant[path], taken)
        taken.add(named[path])
    document["paths"] = {named[path]: item for path, item in paths.items()}
    return len(odd)


def _path_parameters(item: Json) -> set[str]:
    """The names of the path's parameters, from any of its operations."""
    holders = [item, *(item[method] for method in METHODS if method in item)]
    every = (each for holder in holders for each in holder.get("parameters", ()))
    return {each["name"].strip() for each in every if each["in"] == "path"}


def _operation_id_twice(document: Json) -> int:
    """Remove an `operationId` that occurs twice: it identifies neither operation."""
    found = list(operations(document))
    times = Counter(operation.node.get("operationId") for operation in found)
    twice = [
        operation for operation in found if "operationId" in operation.node and times[operation.node["operationId"]] > 1
    ]
    for operation in twice:
        del operation.node["operationId"]
    return len(twice)


RULES: dict[str, Callable[[Json], int]] = {
    "version": _version,
    "info": _info,
    "odd-path": _odd_path,
    "shared-parameters": _shared_parameters,
    "operation-id-twice": _operation_id_twice,
}
