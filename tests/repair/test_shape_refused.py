"""Non-documents and too large documents are refused with the place, and so are faults from an overlay."""

from __future__ import annotations

from typing import Any

import pytest

from codegen.document import shape
from codegen.document.reading import DocumentError
from codegen.overlay import overlay
from codegen.repair import references, values
from codegen.repair.repair import repair
from tests.support.small_documents import Json, body, document, operation, parameter, parsed


def of_operation(node: Any) -> Json:
    return document({"/things": {"post": node}})


def of_parameter(node: Json) -> Json:
    return of_operation(operation(parameters=[node]))


def of_schema(schema: Json) -> Json:
    return of_operation(operation(requestBody=body({"field": schema})))


HOSTILE: list[tuple[Json, str]] = [
    ({}, "/paths: not an object"),
    ({"paths": []}, "/paths: not an object"),
    ({"paths": None}, "/paths: not an object"),
    (of_schema({"enum": ["x" * 100_001]}), "/enum/0: a text of more than 100,000 characters"),
    (document({"/" + "x" * 100_001: {}}), "a name of more than 100,000 characters"),
]


@pytest.mark.parametrize(("hostile", "says"), HOSTILE, ids=[case[1] for case in HOSTILE])
def test_what_is_no_document_or_is_too_large_is_refused_with_its_place(hostile: Json, says: str) -> None:
    assert says in refusal(hostile)


def refusal(hostile: Json) -> str:
    with pytest.raises(DocumentError) as caught:
        repair(hostile, where="openapi.json")
    message = str(caught.value)
    assert message.startswith("openapi.json: ")
    assert message.isprintable()
    assert len(message) < 400
    return message


def test_a_document_that_is_made_of_other_shapes_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(values, "MAX_LINES", 3)
    assert len(repair(of_operation(operation(parameters=[1, 2, 3]))).unread) == 3
    assert "more than 3 parts of other shapes" in refusal(of_operation(operation(parameters=[1, 2, 3, 4])))


def test_references_that_would_fill_the_memory_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(references, "MAX_COPIED", 60)
    paths = {f"/{number}": {"post": operation(requestBody={"$ref": "#/components/x-large"})} for number in range(3)}
    given = document(paths, components={"x-large": body({"a": {}})})
    assert len(list(shape.operations(repair(given).document))) == 3
    given["components"]["x-large"] = body({str(number): {} for number in range(30)})
    assert "more than 60 values where its references are used" in refusal(given)


# --- what no repair comes after --------------------------------------------------------------------------------------

MISSHAPEN: list[tuple[Json, str]] = [
    (document({"/a": []}), "/paths/~1a: not an object"),
    (document({"/a": {"get": None}}), "/paths/~1a/get: not an object"),
    (document({"/a": {"GET": {}}}), "/paths/~1a/GET: a method that is not in lower case"),
    (document({"/a": {"parameters": {}}}), "/paths/~1a/parameters: not a list"),
    (of_operation(operation(summary=3)), "/paths/~1things/post/summary: not a text"),
    (of_operation(operation(description=[])), "/paths/~1things/post/description: not a text"),
    (of_operation(operation(operationId={})), "/paths/~1things/post/operationId: not a text"),
    (of_operation({**operation(), "tags": "things"}), "/tags: not a list of texts"),
    (of_operation({**operation(), "tags": [None]}), "/tags: not a list of texts"),
    (of_operation(operation(parameters="id")), "/parameters: not a list"),
    (of_operation(operation(parameters=["id"])), "/parameters/0: not an object"),
    (of_parameter({"in": "query"}), "/parameters/0: a parameter without a name"),
    (of_parameter(parameter("")), "/parameters/0: a parameter without a name"),
    (of_parameter(parameter("id", "body")), "/parameters/0: a parameter that is in none of path, query"),
    (of_parameter(parameter("id", schema=True)), "/parameters/0/schema: not an object"),
    (of_operation(operation(requestBody=[])), "/requestBody: not an object"),
    (of_operation(operation(requestBody={"content": [1]})), "/requestBody/content: not an object"),
    (of_operation(operation(requestBody=body([]))), "/schema/properties: not an object"),  # type: ignore[arg-type]
    (of_operation({**operation(), "responses": {"200": 1}}), "/responses/200: not an object"),
    (of_schema({"enum": "a"}), "/properties/field/enum: not a list of plain values"),
    (of_schema({"enum": [{}]}), "/properties/field/enum: not a list of plain values"),
    (of_schema({"anyOf": {}}), "/properties/field/anyOf: not a list"),
    (of_schema({"oneOf": [1]}), "/properties/field/oneOf/0: not an object"),
    (of_schema({"title": 1}), "/properties/field/title: not a text"),
    (document({}, components=[]), "/components: not an object"),
    (document({}, components={"schemas": {"A": 1}}), "/components/schemas/A: not an object"),
    ({**document({}), "info": "It"}, "/info: not an object"),
    ({**document({}), "info": {"title": None}}, "/info/title: not a text"),
]


@pytest.mark.parametrize(("misshapen", "says"), MISSHAPEN, ids=[case[1] for case in MISSHAPEN])
def test_a_shape_that_nobody_mends_any_more_is_refused_with_its_place(misshapen: Json, says: str) -> None:
    with pytest.raises(DocumentError) as caught:
        shape.check(misshapen, where="openapi.json")
    message = str(caught.value)
    assert message.startswith("openapi.json: ")
    assert says in message
    assert message.isprintable()
    assert len(message) < 400


def test_an_overlay_that_spoils_the_shape_is_refused_with_the_place() -> None:
    action = overlay.action({"target": "$.paths['/things'].post", "update": {"description": 3}}, "small.yaml, action 1")
    says = r"^the documents with their overlay: /paths/~1things/post/description: not a text"
    with pytest.raises(DocumentError, match=says):
        parsed(of_operation(operation()), actions=(action,))
