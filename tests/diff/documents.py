"""Small documents to compare: a valid pair, and short ways to edit it."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from codegen.diff import severity
from codegen.diff.compare import Report, compare
from codegen.diff.source import Source
from codegen.overlay import overlay

Json = dict[str, Any]
Documents = dict[str, Json]
Edit = Callable[[Documents], object]

BOTH = ("openapi", "definition")
THING = {
    "type": "object",
    "required": ["id", "name"],
    "properties": {
        "id": {"type": "string"},
        "name": {"type": "string", "description": "What people call it"},
        "size": {"type": "integer", "minimum": 1},
        "state": {"type": "string", "enum": ["on", "off"], "default": "on"},
        "note": {"type": ["string", "null"]},
        "made": {"type": "string", "format": "date-time"},
        "any": {},
    },
}
BODY = {
    "type": "object",
    "required": ["name"],
    "properties": {
        "name": {"type": "string", "description": "What people call it"},
        "count": {"type": "integer", "minimum": 1, "maximum": 9, "description": "How many"},
        "mode": {"type": "string", "enum": ["fast", "slow"], "default": "fast"},
        "when": {"type": "string", "format": "date-time"},
    },
}


def document(name: str) -> Json:
    """A document with four operations, in the spelling of the new or the old format."""
    is_new = name == "openapi"
    thing_id = {"name": "thing_id", "in": "path", "required": True, "schema": {"type": "string"}, "description": "ID"}
    limit = {
        "name": "limit",
        "in": "query",
        "required": False,
        "description": "Most things",
        "schema": {"type": "integer", "minimum": 1, "maximum": 100},
    }
    order = {
        "name": "order",
        "in": "query",
        "required": False,
        "schema": {"type": "string", "enum": ["up", "down"], "default": "up"},
    }
    since = {"name": "since", "in": "query", "required": False, "schema": {"type": "string", "format": "date-time"}}
    one = "/v1/things/{thing_id}" if is_new else "/v1/things/thingid"
    listed = {"type": "object", "required": ["things"], "properties": {"things": {"type": "array", "items": THING}}}
    return copy.deepcopy(
        {
            "openapi": "3.0.0",
            "info": {"title": "Things", "version": "1", "description": "Things and what to do with them"},
            "servers": [{"url": "https://api.example.com/things"}],
            "components": {"securitySchemes": {"ApiToken": {"type": "apiKey", "in": "query", "name": "api_token"}}},
            "paths": {
                "/v1/things": {
                    "get": _operation("List things", "/v1/things", [limit, order, since], answer=listed),
                    "post": _operation("Create thing", "/v1/things", [], body=BODY, answer=THING),
                },
                one: {
                    "get": _operation("Get thing", "/v1/things/{thing_id}", [thing_id], answer=THING),
                    "delete": _operation("Delete thing", "/v1/things/{thing_id}", [thing_id]),
                },
            },
        }
    )


def _operation(
    summary: str, endpoint: str, parameters: list[Json], *, body: Json | None = None, answer: Json | None = None
) -> Json:
    node: Json = {
        "summary": summary,
        "description": f"{summary}, whatever it takes.",
        "tags": ["Things"],
        "externalDocs": {"api_endpoint": f"https://upstream.example.com{endpoint}"},
        "security": [{"ApiToken": []}],
        "parameters": copy.deepcopy(parameters),
        "responses": {
            "200": {"description": "Done"},
            "401": {"description": "Token required"},
        },
    }
    if body is not None:
        node["requestBody"] = {"required": True, "content": {"application/json": {"schema": copy.deepcopy(body)}}}
    if answer is not None:
        node["responses"]["200"]["content"] = {"application/json": {"schema": copy.deepcopy(answer)}}
    return node


def documents() -> Documents:
    """Both documents of a version."""
    return {name: document(name) for name in BOTH}


def operation(found: Json, method: str, *, one: bool = False) -> Json:
    """An operation of a document, on all things or (`one`) on a single thing."""
    for path, item in found["paths"].items():
        if method in item and path.rstrip("}").endswith("id") is one:
            node: Json = item[method]
            return node
    raise KeyError(method)


def source(found: Documents, *, actions: Iterable[Json] = (), label: str = "here") -> Source:
    """A version in the form that `diff` reads."""
    rows = tuple(
        overlay.Action(
            f"test.yaml, action {number} ({row['target']})",
            row["target"],
            row.get("update"),
            bool(row.get("remove")),
            row.get("x-was"),
            row.get("x-optional"),
        )
        for number, row in enumerate(actions, start=1)
    )
    return Source(label, {name: copy.deepcopy(found.get(name)) for name in BOTH}, rows, {})


def edited(*edits: Edit) -> Documents:
    """Both documents, edited."""
    found = documents()
    for edit in edits:
        edit(found)
    return found


def report(old: Documents | Source, new: Documents | Source, *, with_python: bool = True) -> Report:
    """The report of `diff` on two versions."""
    sides = [side if isinstance(side, Source) else source(side) for side in (old, new)]
    return compare(sides[0], sides[1], severity.load(), with_python=with_python)


def ids(found: Report) -> set[str]:
    """The ids of the findings, including those of interface changes."""
    return {finding.id for finding in found.findings} | {
        change.id for finding in found.findings for change in finding.interface
    }


def at(root: Any, pointer: str) -> Any:
    """The value that a JSON pointer leads to."""
    for key in pointer.split("/")[1:]:
        key = key.replace("~1", "/").replace("~0", "~")
        root = root[int(key)] if isinstance(root, list) else root[key]
    return root


def write(folder: Path, found: Documents) -> Path:
    """Write a version to a folder, and return the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in found.items():
        (folder / f"{name}.json").write_text(json.dumps(content, indent=2, sort_keys=True), encoding="utf-8")
    return folder
