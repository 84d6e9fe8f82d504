"""Small documents, as the gateway serves them and as OpenAPI wants them, and the stages that read them."""

from __future__ import annotations

import functools
import json
from pathlib import Path
from typing import Any

from codegen import pipeline
from codegen.document import reading, shape
from codegen.document.reading import DocumentError
from codegen.overlay import overlay
from codegen.package import parse
from codegen.pair import pair
from codegen.repair import repair

Json = dict[str, Any]

# Baseten's documents and overlay of one day: tests about them stay true when the current ones change.
FROZEN = Path(__file__).with_name("frozen")
BASETEN = reading.load(FROZEN / "specs" / "baseten")
ACTIONS = overlay.load(FROZEN / "overlays" / "baseten.yaml")
BASE_URL = "https://gateway.example/small"
TEXT: Json = {"type": "string"}


def document(paths: Json, **more: Any) -> Json:
    """A document that needs no repair, if its operations don't."""
    info = {"title": "Small", "version": "1"}
    return {"openapi": "3.1.0", "info": info, "servers": [{"url": BASE_URL}], "paths": paths, **more}


def operation(summary: str = "Do it", /, **more: Any) -> Json:
    """An operation that needs no repair."""
    return {"summary": summary, "tags": ["things"], "responses": {"default": {"description": "Any"}}, **more}


def parameter(name: str, place: str = "query", /, **more: Any) -> Json:
    """A parameter that needs no repair."""
    return {"name": name, "in": place, "required": place == "path", "schema": {"type": "string"}, **more}


def ref(name: str, **beside: Any) -> Json:
    """A reference to a schema of the components."""
    return {"$ref": f"#/components/schemas/{name}", **beside}


def body(properties: Json, **more: Any) -> Json:
    """A JSON body of an object."""
    return {"content": {"application/json": {"schema": {"type": "object", "properties": properties, **more}}}}


def answer(schema: Json) -> Json:
    """The responses of an operation that answers JSON."""
    return {"200": {"description": "Fine", "content": {"application/json": {"schema": schema}}}}


def paired(openapi: Json | None, definition: Json | None = None) -> pair.Paired:
    """The two documents, repaired and paired."""
    repaired = [
        None if one is None else repair.repair(one, where=where).document
        for one, where in ((openapi, "openapi.json"), (definition, "definition.json"))
    ]
    return pair.pair(*repaired)


def parsed(
    openapi: Json | None, definition: Json | None = None, actions: tuple[overlay.Action, ...] = ()
) -> parse.Parsed:
    """The package of two documents, through every stage but the rendering."""
    found, misfits = overlay.apply(paired(openapi, definition).document, actions)
    if misfits:
        raise DocumentError("; ".join(misfits))
    return parse.parse(found, provider="small", is_vouched_for=bool(actions))


def baseten() -> tuple[Json, Json]:
    """Copies of the two frozen documents of Baseten."""
    assert BASETEN["openapi"] is not None
    assert BASETEN["definition"] is not None
    return shape.copied(BASETEN["openapi"]), shape.copied(BASETEN["definition"])


@functools.cache
def frozen_package() -> pipeline.Generated:
    """The package of the frozen documents."""
    specs, overlays = FROZEN / "specs", FROZEN / "overlays"
    return pipeline.generate("baseten", specs=specs, overlays=overlays, say=lambda line: None)


def store(folder: Path, openapi: Json | None = None, definition: Json | None = None) -> Path:
    """Write documents as a snapshot."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, one in (("openapi", openapi), ("definition", definition)):
        if one is not None:
            (folder / f"{name}.json").write_text(json.dumps(one), encoding="utf-8")
    return folder
