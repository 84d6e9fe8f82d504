"""Evaluate the JSONPath of an overlay's action, as RFC 9535 says."""

from __future__ import annotations

import functools

import jsonpath

from ..document.reading import DocumentError, clipped
from ..document.shape import Json

Match = jsonpath.JSONPathMatch

_compiled = functools.lru_cache(maxsize=1000)(jsonpath.JSONPathEnvironment(strict=True).compile)


def found(target: str, document: Json) -> list[Match]:
    """The matches of a target, in the order of the document. Raises `DocumentError` for an invalid JSONPath."""
    try:
        return list(_compiled(target).finditer(document))
    except (jsonpath.JSONPathError, RecursionError, ValueError) as error:
        said = error.message if isinstance(error, jsonpath.JSONPathError) else error
        raise DocumentError(f"no readable JSONPath: {clipped(str(said))}") from None
