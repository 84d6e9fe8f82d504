"""Small documents to compare: a valid pair, and short ways to edit it."""

from __future__ import annotations

import functools
import json
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import attrs

from codegen.diff import severity
from codegen.diff.compare import Report, compare
from codegen.diff.prepare import Prepared, prepare
from codegen.diff.source import Source
from codegen.document.shape import copied
from codegen.overlay import overlay

Json = dict[str, Any]
Documents = dict[str, Json]

BOTH = ("openapi", "definition")
LIST = "/paths/~1v1~1things/get"
POST = "/paths/~1v1~1things/post"
ONE = "/paths/~1v1~1things~1{thing_id}"
GET = f"{ONE}/get"
LIMIT, ORDER = f"{LIST}/parameters/0", f"{LIST}/parameters/1"
_SCHEMA = "content/application~1json/schema"
SENT, RECEIVED = f"{POST}/requestBody/{_SCHEMA}", f"{GET}/responses/200/{_SCHEMA}"
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
    thing_id = parameter("thing_id", "path", True, description="ID", schema={"type": "string"})
    parameters = [
        parameter("limit", description="Most things", schema={"type": "integer", "minimum": 1, "maximum": 100}),
        parameter("order", schema={"type": "string", "enum": ["up", "down"], "default": "up"}),
        parameter("since", schema={"type": "string", "format": "date-time"}),
    ]
    things: Json = {"get": node("Get thing", "/v1/things/{thing_id}", [thing_id], answer=THING)}
    things["delete"] = node("Delete thing", "/v1/things/{thing_id}", [thing_id])
    listed = {"type": "object", "required": ["things"], "properties": {"things": {"type": "array", "items": THING}}}
    found = {
        "openapi": "3.0.0",
        "info": {"title": "Things", "version": "1", "description": "Things and what to do with them"},
        "servers": [{"url": "https://api.example.com/things"}],
        "components": {"securitySchemes": {"ApiToken": {"type": "apiKey", "in": "query", "name": "api_token"}}},
        "paths": {
            "/v1/things": {
                "get": node("List things", "/v1/things", parameters, answer=listed),
                "post": node("Create thing", "/v1/things", [], body=BODY, answer=THING),
            },
            spelled("/v1/things/{thing_id}", name): things,
        },
    }
    return dict(copied(found))


def spelled(path: str, name: str) -> str:
    """A path, or a pointer with one, as a document spells it."""
    return path if name == "openapi" else re.sub(r"\{(\w+)\}", lambda match: match[1].replace("_", ""), path)


def parameter(name: str, place: str = "query", required: bool = False, **more: Any) -> Json:
    return {"name": name, "in": place, "required": required, **more}


def node(
    summary: str, endpoint: str, parameters: Iterable[Json], *, body: Json | None = None, answer: Json | None = None
) -> Json:
    """An operation."""
    responses: Json = {"200": {"description": "Done"}, "401": {"description": "Token required"}}
    if answer is not None:
        responses["200"]["content"] = {"application/json": {"schema": answer}}
    return {
        "summary": summary,
        "description": f"{summary}, whatever it takes.",
        "tags": ["Things"],
        "externalDocs": {"api_endpoint": f"https://upstream.example.com{endpoint}"},
        "security": [{"ApiToken": []}],
        "parameters": list(parameters),
        "responses": responses,
        **({"requestBody": {"required": True, "content": {"application/json": {"schema": body}}}} if body else {}),
    }


def documents() -> Documents:
    """Both documents of a version."""
    return {name: document(name) for name in BOTH}


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
    return Source(label, {name: found.get(name) for name in BOTH}, rows, {})


Edits = Mapping[str, Any]
"""New values by JSON pointer, in the spelling of openapi.json. The token `-` appends to a list."""
GONE = object()


@attrs.frozen
class From:
    """The value at another pointer, which is moved."""

    pointer: str


def edited(edits: Edits, only: Iterable[str] = BOTH, of: Documents | None = None) -> Documents:
    """The documents, edited. A function makes the new value from the old one."""
    found: Documents = copied(of) if of else documents()
    for name in only:
        for pointer, value in edits.items():
            put(found[name], pointer, value, name)
    return found


def put(root: Json, pointer: str, value: Any, name: str = "openapi") -> Any:
    """Put a value where a pointer leads. Returns the value that was there."""
    if isinstance(value, From):
        value = put(root, value.pointer, GONE, name)
    *parents, key = [each.replace("~1", "/").replace("~0", "~") for each in spelled(pointer, name).split("/")[1:]]
    holder: Any = root
    for each in parents:
        holder = holder[int(each)] if isinstance(holder, list) else holder.setdefault(each, {})
    if key == "-":
        return holder.append(copied(value))
    where: Any = int(key) if isinstance(holder, list) else key
    if value is GONE:
        return holder.pop(where, None) if isinstance(holder, dict) else holder.pop(where)
    holder[where] = value(holder[where]) if callable(value) else copied(value)
    return None


def report(old: Documents | Source, new: Documents | Source, *, with_python: bool = True) -> Report:
    """The report of `diff` on two versions."""
    sides = [prepared(side if isinstance(side, Source) else source(side)) for side in (old, new)]
    return compare(sides[0], sides[1], severity.load(), with_python=with_python)


@attrs.frozen
class _Content:
    """A version, which is another one with the same content."""

    key: str
    source: Source = attrs.field(eq=False)


def prepared(version: Source) -> Prepared:
    """The version, prepared. Most versions here are prepared once for several reports."""
    return _prepared(_Content(repr(version), version))


@functools.lru_cache(maxsize=32)
def _prepared(content: _Content) -> Prepared:
    return prepare(content.source)


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
