"""The rules of `repair` for what an operation says of itself: each changes it in place and says how often it did."""

from __future__ import annotations

from collections.abc import Callable

from .odd_parameters import parameters_of
from .shape import Json, Operation

# What later stages write into a document or the overlay says: nothing of it is the document's to say.
RESERVED = frozenset(
    {"x-api-endpoint", "x-routes", "x-path-parameter", "x-safety", "x-timeout", "x-list", "x-any-body", "x-alias"}
    | {"x-pasted", "x-path-characters"}
)


def _reserved(operation: Operation) -> int:
    """Keys that only codegen and the overlay may write."""
    nodes = [operation.node, *parameters_of(operation)]
    found = [(node, key) for node in nodes for key in node.keys() & RESERVED]
    for node, key in found:
        del node[key]
    return len(found)


def _external_docs(operation: Operation) -> int:
    """`externalDocs` without `url`: the upstream endpoint moves to `x-api-endpoint`, the reference becomes the URL.

    What OpenAPI does not know goes, since there could be references in it.
    """
    docs = operation.node.get("externalDocs", {"url": ""})
    if isinstance(docs, dict) and isinstance(docs.get("url"), str) and _are_known(docs):
        return 0
    del operation.node["externalDocs"]
    if not isinstance(docs, dict):
        return 1
    endpoint = docs.get("api_endpoint")
    if isinstance(endpoint, str):
        operation.node["x-api-endpoint"] = endpoint
    url = docs.get("url", docs.get("api_ref"))
    if isinstance(url, str) and url:
        said = docs.get("description")
        operation.node["externalDocs"] = {"url": url, **({"description": said} if isinstance(said, str) else {})}
    return 1


def _are_known(docs: Json) -> bool:
    return not docs.keys() - {"url", "description"} and isinstance(docs.get("description", ""), str)


def _responses(operation: Operation) -> int:
    """No `responses`, or one that is not described: OpenAPI wants them."""
    if not operation.node.get("responses"):
        operation.node["responses"] = {"default": {}}
    given = operation.node["responses"].values()
    undescribed = [each for each in given if "$ref" not in each and not isinstance(each.get("description"), str)]
    for response in undescribed:
        response["description"] = "Not described."
    return len(undescribed)


RULES: dict[str, Callable[[Operation], int]] = {
    "reserved": _reserved,
    "external-docs": _external_docs,
    "responses": _responses,
}
