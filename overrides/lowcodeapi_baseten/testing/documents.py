"""The gateway's two documents, reduced to its routes: ``/openapi`` and ``/definition``. Pure."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Literal

from lowcodeapi_baseten.testing.routing import NewFormat, RouteRow

Documents = Literal["both", "definition", "none"]

NAMES = ("openapi", "definition")


def served_with(new_format: NewFormat) -> Documents:
    """The documents that a gateway serves: ``/openapi`` is only there with the new format."""
    return "both" if new_format == "served" else "definition"


def is_served(name: str, documents: Documents) -> bool:
    """True if this document is served."""
    return documents == "both" or documents == name


def document(title: str, url: str, table: Mapping[str, RouteRow]) -> bytes:
    """The routes of a table as an OpenAPI document."""
    paths: dict[str, dict[str, Any]] = {}
    for operation, row in table.items():
        in_path = [part[1:-1] for part in row.path.split("/") if part.startswith("{")]
        places = [*((name, "path") for name in in_path), *((name, "query") for name in row.query)]
        parameters = [{"name": name, "in": place, "required": True, "schema": _TEXT} for name, place in places]
        described = {"operationId": operation, "parameters": parameters, "responses": {"200": {"description": "OK"}}}
        paths.setdefault(row.path, {})[row.method.lower()] = described
    info = {"title": title, "version": "1.0.0"}
    return json.dumps({"openapi": "3.0.0", "info": info, "servers": [{"url": url}], "paths": paths}).encode()


_TEXT = {"type": "string"}
