"""Rules of `repair` for an operation's own keys: each changes it in place and returns its count."""

from __future__ import annotations

from collections.abc import Callable

from ..document.shape import Json, Operation
from .parameters import parameters_of

# Written by later stages or the overlay: a document may not set these.
RESERVED = frozenset(
    {"x-api-endpoint", "x-routes", "x-path-parameter", "x-safety", "x-timeout", "x-list", "x-any-body", "x-alias"}
    | {"x-pasted", "x-inferred", "x-path-characters", "x-destructive", "x-removal", "x-asynchronous"}
)


def _reserved(operation: Operation) -> int:
    """Remove keys that only codegen and the overlay may write."""
    nodes = [operation.node, *parameters_of(operation)]
    found = [(node, key) for node in nodes for key in node.keys() & RESERVED]
    for node, key in found:
        del node[key]
    return len(found)


def _external_docs(operation: Operation) -> int:
    """Repair `externalDocs` without `url`: move the upstream endpoint to `x-api-endpoint`, make the reference the URL.

    Keys unknown to OpenAPI are removed, since they could contain references.
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
    """Add missing `responses` and missing descriptions: OpenAPI requires them."""
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
