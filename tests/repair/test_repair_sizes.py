"""Too large parts of a document are cut and reported: neither a long text nor a deep type stops anything."""

from __future__ import annotations

import json
from typing import Any

import pytest

from codegen.document import shape
from codegen.document.reading import DocumentError
from codegen.repair.repair import repair
from tests.support.small_documents import Json, answer, body, document, operation, parameter, parsed

TEXT = {"type": "string"}
LONG = "x" * 100_001


def nested(levels: int, step: Any) -> Json:
    made: Json = TEXT
    for _ in range(levels):
        made = step(made)
    return made


STEPS: dict[str, Any] = {
    "lists": lambda inner: {"type": "array", "items": inner},
    "mappings": lambda inner: {"type": "object", "additionalProperties": inner},
    "unions": lambda inner: {"anyOf": [inner, {"type": "integer"}]},
    "fields": lambda inner: {"type": "object", "properties": {"a": inner}, "description": "It"},
    "what may be null": lambda inner: {"allOf": [inner], "nullable": True},
}


@pytest.mark.parametrize("levels", [46, 60])
@pytest.mark.parametrize("step", STEPS)
def test_what_is_nested_too_deep_may_be_anything_and_is_reported(step: str, levels: int) -> None:
    deep = nested(levels, STEPS[step])
    node = operation(
        parameters=[parameter("q", schema=deep)], requestBody=body({"field": deep}), responses=answer(deep)
    )
    given = json.loads(json.dumps(document({"/a": {"post": node}}, components={"schemas": {"Deep": deep}})))
    # In two documents that differ, it is in a union as well.
    other = document({"/a": {"post": {**node, "requestBody": body({"field": TEXT})}}})
    (only,) = parsed(given, other).package.operations
    assert [field.wire for field in only.body] == ["field"]
    lines = [line for line in repair(given).unread if "nested more than 48 levels deep; any value is taken" in line]
    if step == "what may be null":
        # That is a union around each level, and so once more too deep.
        assert len(lines) == (4 if levels == 46 else 8)
    else:
        assert len(lines) == (0 if levels == 46 else 4)


@pytest.mark.parametrize(
    ("where", "given"),
    [
        ("/paths/~1a/get/summary", document({"/a": {"get": operation(LONG)}})),
        ("/paths/~1a/get/description", document({"/a": {"get": operation(description=LONG)}})),
        ("/paths/~1a/get/tags/0", document({"/a": {"get": {**operation(), "tags": [LONG]}}})),
        ("/paths/~1a/get/x-note/0/a", document({"/a": {"get": operation(**{"x-note": [{"a": LONG}]})}})),
        (
            "/paths/~1a/get/parameters/0/description",
            document({"/a": {"get": operation(parameters=[{**parameter("q"), "description": LONG}])}}),
        ),
        (
            "/info/description",
            {**document({"/a": {"get": operation()}}), "info": {"title": "A", "version": "1", "description": LONG}},
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_text_that_people_read_is_cut_where_it_is_too_long(where: str, given: Json) -> None:
    result = repair(given)
    assert result.unread == (f"{where}: a text of more than 100,000 characters; what follows is left out",)
    assert len(parsed(given).package.operations) == 1
    shape.check(result.document, where="once repaired")


# Each is as long as a document's texts may be, and made so that a naive reader rescans it from each character.
READ_ONCE = {
    "a path of angles": document({"/" + "<" * 99_000: {"get": operation()}}),
    "a path of braces": document({"/" + "{" * 99_000: {"get": operation()}}),
    "a path of colons": document({"/" + ":a" * 49_000: {"get": operation()}}),
    "an endpoint of brackets": document({"/a": {"get": operation(externalDocs={"api_endpoint": "/?a=[" * 19_000})}}),
    "a pattern of classes": document(
        {"/a": {"get": operation(parameters=[parameter("q", schema={**TEXT, "pattern": r"[\x00-\uffff]" * 7_000})])}}
    ),
    "names of capitals": document(
        {"/a": {"post": operation(requestBody=body({f"{'A' * 5_000}{number}": TEXT for number in range(100)}))}}
    ),
    "a summary of capitals": document({"/a": {"get": operation("A" * 99_000)}}),
    "a type of many words": document(
        {"/a": {"get": operation(parameters=[parameter("q", schema={"type": "array of " * 11_000})])}}
    ),
    "an enum of signs": document({"/a": {"post": operation(requestBody=body({"f": {"enum": ["-+" * 49_000]}}))}}),
    "a reference of slashes": document(
        {"/a": {"post": operation(requestBody=body({"f": {"$ref": "#/components/schemas/" + "a/" * 49_000}}))}}
    ),
}


@pytest.mark.timeout(20)
@pytest.mark.parametrize("name", READ_ONCE)
def test_a_long_text_is_read_in_time_with_its_length(name: str) -> None:
    try:
        assert len(parsed(READ_ONCE[name]).package.operations) == 1
    except DocumentError as error:
        # Percent-encoded it is three times as long.
        assert "x-routes/new/path: a text of more than 100,000 characters" in str(error)
