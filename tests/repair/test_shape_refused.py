"""Refused with the place: a document without paths, and an overlay that spoils a repaired document's shape."""

from __future__ import annotations

from typing import Any

import pytest

from codegen.diff.prepare import prepare
from codegen.diff.source import Source
from codegen.document.reading import DocumentError
from codegen.overlay import overlay
from codegen.repair.repair import check, repair
from tests.support.small_documents import Json, body, document, operation, parameter, parsed


def of_operation(node: Any) -> Json:
    return document({"/things": {"post": node}})


def of_schema(schema: Json) -> Json:
    return of_operation(operation(requestBody=body({"field": schema})))


@pytest.mark.parametrize("given", [{}, {"paths": []}, {"paths": None}])
def test_what_has_no_paths_is_refused(given: Json) -> None:
    with pytest.raises(DocumentError, match=r"^openapi\.json: /paths: not an object"):
        repair(given, where="openapi.json")


AT = "/paths/~1things/post"
MISSHAPEN: list[tuple[Json, str]] = [
    (document({"/a": []}), "/paths/~1a: a list instead of an object"),
    (document({"/a": {"get": None}}), "/paths/~1a/get: no object"),
    (document({"/a": {"GET": {}}}), "needs the repair method-spelling"),
    (document({"/a": {"$ref": "#/paths/~1b"}, "/b": {}}), "needs the repair reference"),
    (of_operation(operation(requestBody={"$ref": "#/x"})), "POST /things: the body refers to '#/x'"),
    (of_operation(operation(summary=[])), f"{AT}/summary: a list instead of a text"),
    (of_operation(operation(description=3)), "needs the repair number-as-text"),
    (of_operation(operation(parameters=[parameter("")])), f"{AT}/parameters/0: a parameter without a name"),
    (of_operation({**operation(), "responses": {"200": 1}}), f"{AT}/responses/200: a number instead of an answer"),
    (of_schema({"enum": [{}]}), "/properties/field/enum: values that are no plain ones"),
    (document({}, components={"schemas": {"A": 1}}), "/components/schemas/A: a number instead of a schema"),
    ({**document({}), "info": {"title": None}}, "needs the repair says-nothing"),
]


@pytest.mark.parametrize(("misshapen", "says"), MISSHAPEN, ids=[case[1] for case in MISSHAPEN])
def test_a_shape_that_nobody_mends_any_more_is_refused_with_its_place(misshapen: Json, says: str) -> None:
    with pytest.raises(DocumentError) as caught:
        check(misshapen, where="openapi.json")
    message = str(caught.value)
    assert message.startswith("openapi.json: ")
    assert says in message
    assert message.isprintable()
    assert len(message) < 400


def test_an_overlay_that_spoils_the_shape_is_refused_with_the_place() -> None:
    action = overlay.action({"target": "$.paths['/things'].post", "update": {"summary": []}}, "small.yaml, action 1")
    node = operation()
    del node["summary"]
    says = r"/paths/~1things/post/summary: a list instead of a text"
    with pytest.raises(DocumentError, match=f"^the documents with their overlay: {says}"):
        parsed(of_operation(node), actions=(action,))
    with pytest.raises(DocumentError, match=f"^new, overlay: the documents with it: {says}"):
        prepare(Source("new", {"openapi": of_operation(node), "definition": None}, (action,), {}))
