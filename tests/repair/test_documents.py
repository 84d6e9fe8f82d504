"""Reading the two documents strictly."""

from __future__ import annotations

import functools
import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from codegen import pipeline
from codegen.document import reading
from codegen.document.reading import DocumentError, canonical, count_operations, load, operations, parse
from codegen.repair import repair

BASETEN = pipeline.SPECS / "baseten"

# --- parse -----------------------------------------------------------------------------------------------------------


def refusal(raw: bytes) -> str:
    with pytest.raises(DocumentError) as caught:
        parse(raw, where="here.json")
    message = str(caught.value)
    assert message.startswith("here.json: ")
    assert message.isprintable(), "one line, and nothing that a terminal obeys"
    assert len(message) < 400
    assert caught.value.__cause__ is None
    assert caught.value.__context__ is None or caught.value.__suppress_context__
    return message


@pytest.mark.parametrize(
    ("raw", "says"),
    [
        (b"", "not JSON: Expecting value, line 1 column 1"),
        (b'{"paths": {"/v1', "not JSON: Unterminated string"),
        (b'{"a": 1} {"b": 2}', "not JSON: Extra data, line 1 column 10"),
        (b"{'a': 1}", "not JSON"),
        (b'{"a": "\n"}', "not JSON: Invalid control character"),
        (b"<!DOCTYPE html><html></html>", "looks like HTML"),
        (b"\xef\xbb\xbf \r\n<html>", "looks like HTML"),
        (b"<html>\xff</html>", "looks like HTML"),
        (b'{"a": "\xff"}', "not UTF-8 (byte 7)"),
        (b'{"a": "\xed\xa0\x80"}', "not UTF-8"),
        ('{"a": 1}'.encode("utf-16"), "not UTF-8"),
        (b"[]", "not an object"),
        (b'"text"', "not an object"),
        (b"null", "not an object"),
        (b'{"a": 1, "a": 1}', "the same key twice in one object at /a;"),
        (b'{"p": [0, {"x/y": {"~": 1, "b": 2, "~": {}}}]}', "the same key twice in one object at /p/1/x~1y/~0;"),
        (b'{"a": 1, "\\u0061": 2}', "the same key twice in one object at /a;"),
        (b'{"a": {"b": 1, "b": 1}, "a": 2}', "the same key twice in one object at /a;"),
        (b'{"a": 1, "a\\nb\\u001b": 1, "a\\nb\\u001b": 1}', "at /a\\nb\\x1b;"),
        (b'{"a": [NaN]}', "NaN, which is not JSON, at /a/0;"),
        (b'{"a": Infinity}', "Infinity, which is not JSON, at /a;"),
        (b'{"a": -Infinity}', "-Infinity, which is not JSON, at /a;"),
        (b"NaN", "at the top level;"),
        (b'{"a": 1e999}', "beyond the range of a float at /a;"),
        (b'{"a": [0, ' + b"9" * 5000 + b"]}", "an integer of more than 1000 digits at /a/1;"),
        (b'{"a": -' + b"9" * 1_000_000 + b"}", "an integer of more than 1000 digits at /a;"),
        (b'{"a": {"\\udc00": 1, "\\udc01": 1}}', "the same key twice in one object at /a/�;"),
        (b'{"a":' * 65 + b"1" + b"}" * 65, "nested deeper than 64 levels at /a/a/"),
        (b'{"a":' + b"[" * 64 + b"]" * 64 + b"}", "nested deeper than 64 levels at /a/0/"),
        (b'{"a":' + b"[" * 1_000_000 + b"]" * 1_000_000 + b"}", "nested deeper than 64 levels"),
        (b'{"' + b"k" * 9000 + b'": NaN}', "kk…kk"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_is_no_document_is_refused_on_one_line(raw: bytes, says: str) -> None:
    assert says in refusal(raw)


def test_a_document_of_more_than_32_mebibytes_is_refused() -> None:
    most = b"{" + b" " * (32 * 1024 * 1024 - 2) + b"}"
    assert parse(most, where="here.json") == {}
    assert "larger than 32 MiB" in refusal(most + b" ")


def test_half_a_character_is_replaced_and_reported_and_a_whole_one_is_kept() -> None:
    read = parse(
        rb'{"paths": {}, "info": {"title": "a \ud83d", "\udc00": ["\ud83d\ude00 \udc00"]}}',
        where="here.json",
    )
    assert read["info"] == {"title": "a \ufffd", "\ufffd": ["\U0001f600 \ufffd"]}
    assert parse(canonical(read), where="stored.json") == read
    assert [line.partition(": ")[0] for line in repair.repair(read).unread] == [
        "/info/title",
        "/info/\ufffd/0",
        "/info/\ufffd",
    ]


@pytest.mark.parametrize(
    ("document", "says"),
    [
        ({"swagger": "2.0", "paths": {}}, "this is Swagger 2.0, which is not read; convert it to OpenAPI 3 first"),
        ({"openapi": "3.1.0", "webhooks": {}}, "there are webhooks and no paths, so there is nothing to call"),
    ],
)
def test_a_document_with_nothing_to_call_is_refused_on_one_line_that_says_why(document: Any, says: str) -> None:
    with pytest.raises(DocumentError) as caught:
        repair.repair(document, where="here.json")
    assert str(caught.value) == f"here.json: {says}"


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        (b"{}", {}),
        (b'\xef\xbb\xbf{"a": 1}', {"a": 1}),
        (b' \r\n{"a": "<html>"}\n', {"a": "<html>"}),
        (b'{"a": {"b": 1}, "b": {"b": 1}}', {"a": {"b": 1}, "b": {"b": 1}}),
        (b'{"a": "\\ud83d\\ude00"}', {"a": "\U0001f600"}),
        (b'{"a": ' + b"9" * 1000 + b"}", {"a": 10**1000 - 1}),
        (b'{"a": "NaN", "b": "Infinity"}', {"a": "NaN", "b": "Infinity"}),
        (
            b'{"a":' * 63 + b"{}" + b"}" * 63,
            functools.reduce(lambda inner, _: {"a": inner}, range(63), dict[str, Any]()),
        ),
    ],
    ids=lambda value: "",
)
def test_a_document_is_read(raw: bytes, expected: dict[str, Any]) -> None:
    assert parse(raw, where="here.json") == expected


# --- operations ------------------------------------------------------------------------------------------------------


def test_operations_are_the_objects_under_http_methods() -> None:
    methods = ["get", "put", "post", "delete", "options", "head", "patch", "trace", " Get"]
    item = {**{method: {"summary": method} for method in methods}, "summary": {}, "parameters": [], "x": {}}
    found = list(operations({"paths": {"/a": item, "/b": {"get": None, "post": {}}, "/c": None, "/d": ["get"]}}))
    assert found == [
        *(("/a", method.strip().lower(), {"summary": method}) for method in methods),
        ("/b", "post", {}),
    ]


@pytest.mark.parametrize("nonsense", [None, 1, "paths", [], {}, {"paths": None}, {"paths": []}, {"paths": "get"}])
def test_nonsense_has_no_operations(nonsense: object) -> None:
    assert count_operations(nonsense) == 0


# --- canonical -------------------------------------------------------------------------------------------------------

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=8,
)
EXAMPLES = settings(database=None, max_examples=40)
DOCUMENTS = st.dictionaries(st.text(), JSON, max_size=5)


def turned(value: Any) -> Any:
    """The value with the keys of all objects in the other order."""
    if isinstance(value, list):
        return list(map(turned, value))
    return {key: turned(value[key]) for key in reversed(value)} if isinstance(value, dict) else value


@EXAMPLES
@given(DOCUMENTS)
def test_the_canonical_form_is_stable_says_the_same_and_shows_no_order_of_keys(document: dict[str, Any]) -> None:
    once = canonical(document)
    again = parse(once, where="here.json")
    assert canonical(again) == once == canonical(turned(document))
    assert json.dumps(again, sort_keys=True) == json.dumps(document, sort_keys=True)


@EXAMPLES
@given(st.binary(max_size=60) | st.text(alphabet='{}[]":,0aN\\u-e. ', max_size=60).map(str.encode))
def test_any_bytes_are_a_document_or_a_document_error(raw: bytes) -> None:
    try:
        document = parse(raw, where="here.json")
    except DocumentError as error:
        assert str(error).isprintable()
    else:
        assert parse(canonical(document), where="here.json") == document


def test_the_canonical_form_is_indented_text_with_lists_in_their_order() -> None:
    document = {"b": ["z", "a"], "a": {"é": 1.5, "Z": None}}
    expected = '{\n  "a": {\n    "Z": null,\n    "é": 1.5\n  },\n  "b": [\n    "z",\n    "a"\n  ]\n}\n'
    assert canonical(document) == expected.encode()


def test_a_document_that_grows_beyond_reading_back_is_not_written(monkeypatch: pytest.MonkeyPatch) -> None:
    document = {"a": [1] * 100}
    size = len(canonical(document))
    monkeypatch.setattr(reading, "MAX_BYTES", size)
    assert parse(canonical(document), where="here.json") == document
    monkeypatch.setattr(reading, "MAX_BYTES", size - 1)
    with pytest.raises(DocumentError, match="when indented"):
        canonical(document)


# --- load ------------------------------------------------------------------------------------------------------------


def test_either_document_alone_is_a_snapshot_and_none_is_not(tmp_path: Path) -> None:
    for folder in (tmp_path, tmp_path / "absent"):
        with pytest.raises(reading.NoDocuments, match=r"neither openapi\.json nor definition\.json"):
            load(folder)
    (tmp_path / "definition.json").write_text('{"a": 1}')
    assert load(tmp_path) == {"openapi": None, "definition": {"a": 1}}


def test_a_document_that_is_there_but_unreadable_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "openapi.json").write_text("{}")
    broken = tmp_path / "definition.json"
    for make in (broken.mkdir, lambda: broken.symlink_to(tmp_path / "absent"), lambda: broken.write_text("{")):
        make()
        with pytest.raises(DocumentError, match=r"definition\.json: "):
            load(tmp_path)
        broken.rmdir() if broken.is_dir() else broken.unlink()


def test_the_snapshot_of_baseten_is_canonical_and_says_where_it_comes_from() -> None:
    snapshot = load(BASETEN)
    source = yaml.safe_load((BASETEN / "source.yaml").read_text())["documents"]
    for name, document in (("openapi", snapshot["openapi"]), ("definition", snapshot["definition"])):
        assert document is not None
        stored = (BASETEN / f"{name}.json").read_bytes()
        assert stored == canonical(document)
        assert source[name]["url"].endswith(f"/baseten/{name}")
        assert count_operations(document) > 0
