"""The overlay adds what the documents lack, and replaces only values that it knows to be there."""

from __future__ import annotations

import copy
import importlib
import json
import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from codegen.document import shape
from codegen.document.reading import DocumentError
from codegen.overlay import overlay, plain_yaml, targets
from tests.support.guide_table import TABLE
from tests.support.small_documents import ACTIONS, FROZEN, Json, baseten, paired
from tests.support.snapshot_changes import changed
from tests.support.tables import one_test

DOCUMENT: Json = {
    "paths": {
        "/a": {"get": {"summary": "Get a", "tags": ["x"], "nested": {"deep": 1}}},
        "/b": {"get": {"summary": "Get b"}},
    },
    "list": [{"n": 1}, {"n": 2}, {"n": 1}, {"n": 3}],
}
GET_A = "$.paths['/a'].get"
A = DOCUMENT["paths"]["/a"]["get"]


def written(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "small.yaml"
    path.write_text(text, encoding="utf-8", errors="surrogateescape")
    return path


def actions(*given: Json) -> tuple[overlay.Action, ...]:
    return tuple(overlay.action(node, f"small.yaml, action {index}") for index, node in enumerate(given, start=1))


def applied(*given: Json) -> tuple[Any, tuple[str, ...]]:
    before = copy.deepcopy(DOCUMENT)
    found, misfits = overlay.apply(DOCUMENT, actions(*given))
    assert before == DOCUMENT, "the document that was given stays as it is"
    return found, misfits


# --- what an action does ---------------------------------------------------------------------------------------------


DONE: list[tuple[list[Json], str, Any]] = [
    ([{"target": GET_A, "update": {"x-safety": "safe"}}], GET_A, {**A, "x-safety": "safe"}),
    ([{"target": GET_A, "update": {"summary": "Get a"}}], GET_A, A),
    (
        [{"target": GET_A, "update": {"summary": "Fetch"}, "x-was": {"summary": "Get a"}}],
        GET_A,
        {**A, "summary": "Fetch"},
    ),
    ([{"target": GET_A, "update": {"tags": ["y"]}}], GET_A, {**A, "tags": ["x", "y"]}),
    ([{"target": GET_A, "update": {"nested": {"more": 2}}}], GET_A, {**A, "nested": {"deep": 1, "more": 2}}),
    (
        [{"target": GET_A, "update": {"nested": {"deep": 2}}, "x-was": {"nested": {"deep": 1}}}],
        GET_A,
        {**A, "nested": {"deep": 2}},
    ),
    ([{"target": "$.paths[*].get", "update": {"x-n": 1}}], GET_A, {**A, "x-n": 1}),
    ([{"target": "$.paths[*].get", "update": {"x-n": 1}}], "$.paths['/b'].get", {"summary": "Get b", "x-n": 1}),
    ([{"target": "$.list", "update": {"n": 4}}], "$.list", [*DOCUMENT["list"], {"n": 4}]),
    (
        [{"target": f"{GET_A}.nested", "remove": True, "x-was": {"deep": 1}}],
        GET_A,
        {"summary": "Get a", "tags": ["x"]},
    ),
    ([{"target": "$.list[?@.n == 1]", "remove": True, "x-was": {"n": 1}}], "$.list", [{"n": 2}, {"n": 3}]),
    (
        [
            {"target": f"{GET_A}.nested", "remove": True, "x-was": {"deep": 1}},
            {"target": GET_A, "update": {"nested": "new"}},
            {"target": GET_A, "update": {"nested": "newer"}, "x-was": {"nested": "new"}},
        ],
        f"{GET_A}.nested",
        "newer",
    ),
    ([{"target": "$.gone", "update": {"a": 1}, "x-optional": "only newer gateways have it"}], "$", DOCUMENT),
]


@pytest.mark.parametrize(("given", "target", "expected"), DONE)
def test_actions_do_what_they_say_in_their_order_to_all_that_their_targets_fit(
    given: list[Json], target: str, expected: Any
) -> None:
    found, misfits = applied(*given)
    assert [match.obj for match in targets.found(target, found)] == [expected]
    assert misfits == ()


# --- what no longer fits ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("action", "says"),
    [
        ({"target": GET_A, "update": {"summary": "Other"}}, "summary: replaces 'Get a' without saying so in `x-was`"),
        ({"target": GET_A, "update": {"nested": {"deep": 2}}}, "nested.deep: replaces 1 without saying so"),
        (
            {"target": GET_A, "update": {"summary": "Other"}, "x-was": {"summary": "Old"}},
            "summary: the documents say 'Get a', the overlay believes 'Old'",
        ),
        (
            {"target": GET_A, "update": {"x-new": 1}, "x-was": {"summary": "Old"}},
            "summary: the documents say 'Get a', the overlay believes 'Old'",
        ),
        ({"target": GET_A, "update": {"x-new": 1}, "x-was": {"gone": 1}}, "gone: the documents say None"),
        ({"target": f"{GET_A}.nested", "remove": True}, "removes something without saying in `x-was` what it was"),
        ({"target": f"{GET_A}.nested", "remove": True, "x-was": {"deep": 2}}, "deep: the documents say 1"),
        ({"target": "$", "remove": True, "x-was": {}}, "removes the whole document"),
        ({"target": "$.paths['/gone'].get", "update": {"a": 1}}, "fits nothing in the documents"),
        ({"target": f"{GET_A}.summary", "update": {"a": 1}}, "an update merges an object into an object"),
        ({"target": GET_A, "update": "text"}, "an update merges an object into an object"),
    ],
)
def test_what_does_not_fit_is_said_with_its_place_and_changes_nothing(action: Json, says: str) -> None:
    found, misfits = applied(action)
    (misfit,) = misfits
    assert misfit.startswith(f"small.yaml, action 1 ({action['target']})")
    assert says in misfit
    assert found == DOCUMENT


def test_every_misfit_is_found() -> None:
    _, misfits = applied(
        {"target": "$.x", "update": {}}, {"target": GET_A, "update": {"summary": "o"}}, {"target": "$.y", "update": {}}
    )
    assert [misfit.split(" ", 3)[2] for misfit in misfits] == ["1", "2", "3"]


def test_what_an_optional_action_finds_must_fit() -> None:
    action = {"target": GET_A, "update": {"summary": "Other"}, "x-optional": "only newer gateways have it"}
    assert len(applied(action)[1]) == 1


@pytest.mark.parametrize("target", ["$.paths[", "$.paths[?", "$..[?length(@) >", "$" + "[?@" * 3000])
def test_what_is_no_jsonpath_is_refused_with_its_place(target: str) -> None:
    with pytest.raises(DocumentError) as caught:
        applied({"target": target, "update": {}})
    assert str(caught.value).startswith("small.yaml, action 1 (")
    assert "no readable JSONPath" in str(caught.value)
    assert len(str(caught.value)) < 600


# --- what to do about it ---------------------------------------------------------------------------------------------

EDITS = {
    "an operation removed": (
        "baseten.yaml:310, action 32 ($.paths['/v1/chains/{chain_id}'].delete): fits nothing in the documents; there "
        "is no DELETE /v1/chains/{chain_id}, only GET of this path: delete the action, or mark it `x-optional` with a "
        "reason"
    ),
    "an operation moved": (
        "baseten.yaml:649, action 65 ($.paths['/v1/secrets'].get): fits nothing in the documents; there is no GET "
        "/v1/secrets; if it is at /v2/secrets now, write that path in the target, else delete the action"
    ),
    "a field removed": (
        ".job_id: the documents say None, the overlay believes {'type': 'string'} in line 755; take `job_id` out of "
        "`x-was` and of what follows from it, if what the action does still holds, else delete the action"
    ),
    "a field retyped": (
        ".max_replica.type: the documents say 'number', the overlay believes 'integer' in line 503; "
        'write "number" there'
    ),
    "an enum value removed": (
        'in line 700; write ["WORKSPACE_MANAGE_ALL", "WORKSPACE_EXPORT_METRICS", "WORKSPACE_INVOKE"] there'
    ),
    "a query parameter renamed": (
        "there is no [?@.name == 'limit'] in it, but training_project_id, training_job_id, start_epoch_millis, "
        "end_epoch_millis, direction, max_lines, min_level: mend the target, or delete the action"
    ),
    "a description": (
        "the overlay believes 'Get all models.' in line 255; write \"List all models of the workspace.\" there"
    ),
}


def test_a_misfit_has_its_line_what_the_documents_say_now_and_the_smallest_edit() -> None:
    openapi, definition = baseten()
    for change in EDITS:
        changed(openapi, definition, change)
    _, misfits = overlay.apply(paired(openapi, definition).document, ACTIONS)
    for change, edit in EDITS.items():
        assert any(edit in misfit for misfit in misfits), change


@one_test
@pytest.mark.parametrize(("known", "update"), [({"summary": "Old"}, {"x-new": 1}), (None, {"summary": "Other"})])
def test_an_edit_that_is_proposed_settles_the_misfit(known: Any, update: Json) -> None:
    document = {"paths": {"/a": {"get": {"summary": "Get a", "tags": ["x"]}}}}
    node = {"target": GET_A, "update": update, **({"x-was": known} if known else {})}
    _, (misfit,) = overlay.apply(document, actions(node))
    proposed = re.search(r"add `x-was: (.*?)`|write (\".*?\") there", misfit)
    assert proposed
    was = json.loads(proposed[1]) if proposed[1] else {"summary": json.loads(proposed[2])}
    assert overlay.apply(document, actions({**node, "x-was": was}))[1] == ()


# --- reading ---------------------------------------------------------------------------------------------------------

HEAD = "overlay: 1.0.0\nactions:\n"


@pytest.mark.parametrize(
    ("node", "says"),
    [
        ("text", "an action needs a `target`"),
        ({"update": {}}, "an action needs a `target`"),
        ({"target": ["$"], "update": {}}, "an action needs a `target`"),
        ({"target": "", "update": {}}, "an action needs a `target`"),
        ({"target": "paths", "update": {}}, "a JSONPath that begins with $"),
        ({"target": "$", "update": {}, "x-is": 1, "note": 2}, "unknown key note, x-is"),
        ({"target": "$", "update": {}, "x-optional": True}, "`x-optional` takes the reason as its text"),
        ({"target": "$", "update": {}, "x-optional": " "}, "`x-optional` takes the reason as its text"),
        ({"target": "$"}, "either an `update` or `remove: true`"),
        ({"target": "$", "remove": "yes"}, "either an `update` or `remove: true`"),
        ({"target": "$", "update": {}, "remove": True}, "either an `update` or `remove: true`"),
    ],
)
def test_an_action_of_another_form_is_refused_with_its_number(tmp_path: Path, node: Any, says: str) -> None:
    good = {"target": "$", "update": {}}
    with pytest.raises(DocumentError) as caught:
        overlay.load(written(tmp_path, yaml.safe_dump({"overlay": "1.0.0", "actions": [good, node]})))
    assert re.match(r"small\.yaml:[0-9]+, action 2", str(caught.value))
    assert says in str(caught.value)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("actions: [", "no readable YAML"),
        ("actions: \x00", "no readable YAML"),
        ("a: b: c", "no readable YAML"),
        ("overlay: 1.0.0\nactions: []\nactions: []", "the key 'actions' twice"),
        (HEAD + "  - target: $\n    update: {responses: {200: {}}}", "a key that is no text; quote it"),
        (HEAD + "  - target: $\n    update: {? [a] : b}", "a key that is no text; quote it"),
        ("!!python/object/apply:os.system ['touch canary']", "no readable YAML"),
        ("[" * 100_000, "no readable YAML"),
        ("a: " + "9" * 10_000, "no readable YAML"),
        ("", "no OpenAPI Overlay 1.x"),
        ("[]", "no OpenAPI Overlay 1.x"),
        ("actions: []", "no OpenAPI Overlay 1.x"),
        ("overlay: 2.0.0\nactions: []", "no OpenAPI Overlay 1.x"),
        ("overlay: 1.0.0\nactions: {}", "no OpenAPI Overlay 1.x"),
        ("overlay: \udcff", "no readable YAML"),
    ],
    ids=lambda value: value[:40] if isinstance(value, str) else "",
)
def test_what_is_no_overlay_is_refused_on_one_line(tmp_path: Path, text: str, says: str) -> None:
    with pytest.raises(DocumentError) as caught:
        overlay.load(written(tmp_path, text))
    message = str(caught.value)
    assert re.match(r"small\.yaml(:[0-9]+)?: ", message)
    assert says in message
    assert message.isprintable()
    assert len(message) < 400


# Each has another meaning in YAML 1.1 than in 1.2, or for another reader.
READ_DIFFERENTLY = (
    *("yes", "no", "on", "off", "Yes", "NO", "True", "FALSE", "Null", "017", "-017", "0o17", "0x1F", "0b1", "1:30"),
    *("1_000", "+1", ".5", "1.", "2024-01-01", "2024-01-01 10:00:00", "=", "<<", ".inf", "-.inf", ".nan", "1:30.5"),
)


def test_a_value_that_two_versions_of_yaml_read_differently_is_a_text(tmp_path: Path) -> None:
    rows = "".join(f"  - target: $\n    update: {{a: {value}, {value}: 1}}\n" for value in READ_DIFFERENTLY)
    found = overlay.load(written(tmp_path, HEAD + rows))
    assert [each.update for each in found] == [{"a": value, value: 1} for value in READ_DIFFERENTLY]


def test_a_plain_value_is_what_json_says_or_a_text(tmp_path: Path) -> None:
    values = "[1, -0, 1.5, 1e3, -2E-1, true, false, null, ~, text, 1.0.0, y, a-b, 12:ab, 1 2, '', 'null']"
    (found,) = overlay.load(written(tmp_path, f"{HEAD}  - target: $\n    update: {{a: {values}}}\n"))
    expected = json.loads(
        '[1, 0, 1.5, 1000.0, -0.2, true, false, null, null, "text", "1.0.0", "y", "a-b", "12:ab", "1 2", "", "null"]'
    )
    assert [(type(value), value) for value in found.update["a"]] == [(type(value), value) for value in expected]


def test_libyaml_reads_what_the_loader_in_python_reads(monkeypatch: pytest.MonkeyPatch) -> None:
    text = (FROZEN / "overlays" / "baseten.yaml").read_text(encoding="utf-8").partition("$.components\n")[0]
    monkeypatch.setattr(yaml, "__with_libyaml__", False)
    try:
        slow = importlib.reload(plain_yaml).read(text, "baseten.yaml")
    finally:
        monkeypatch.undo()
        importlib.reload(plain_yaml)
    fast = plain_yaml.read(text, "baseten.yaml")
    assert fast.value == slow.value
    assert placed(fast.value, fast) == placed(slow.value, slow)


def placed(value: Any, loaded: plain_yaml.Loaded) -> list[tuple[str, int]]:
    """The lines of all keys."""
    if isinstance(value, list):
        return [place for item in value for place in placed(item, loaded)]
    items = value.items() if isinstance(value, dict) else ()
    return [place for key, item in items for place in ((key, loaded.line(value, key)), *placed(item, loaded))]


def test_a_message_about_an_action_has_its_line(tmp_path: Path) -> None:
    text = f"{HEAD}  - target: $.a\n    update: {{}}\n\n  # why\n  - target: $.gone\n    update: {{}}\n"
    _, misfits = overlay.apply(DOCUMENT, overlay.load(written(tmp_path, text)))
    assert [misfit.partition(" (")[0] for misfit in misfits] == ["small.yaml:3, action 1", "small.yaml:7, action 2"]


def test_a_provider_without_an_overlay_has_no_actions(tmp_path: Path) -> None:
    assert overlay.load(tmp_path / "absent.yaml") == ()


def test_what_is_read_is_what_was_written(tmp_path: Path) -> None:
    text = HEAD + "  - target: $.a\n    description: why\n    update: {n: 1, f: 1.5, t: 'yes', b: true, l: [null]}\n"
    text += "  - {target: $.b, remove: true, x-was: {c: d}, x-optional: sometimes}\n"
    first, second = overlay.load(written(tmp_path, text))
    assert (first.update, first.is_removal) == ({"n": 1, "f": 1.5, "t": "yes", "b": True, "l": [None]}, False)
    assert (second.is_removal, second.was, second.optional) == (True, {"c": "d"}, "sometimes")


# --- Baseten's -------------------------------------------------------------------------------------------------------

UNSAFE = re.compile(r"(async_)?predict_.*|create|promote(_development)?|recreate_job")
"""The methods that may do something twice if they are sent twice."""


def test_the_overlay_of_baseten_names_the_56_operations_each_with_its_safety_class() -> None:
    document = paired(*baseten()).document
    found, misfits = overlay.apply(document, ACTIONS)
    assert misfits == ()
    stated = {each.node["operationId"]: each for each in shape.operations(found)}
    assert stated.keys() == {row.id for row in TABLE} and len(stated) == 56
    for name, each in stated.items():
        method = name.partition(".")[2]
        is_safe = each.method == "get" or method == "search_jobs"
        expected = "safe" if is_safe else "unsafe" if UNSAFE.fullmatch(method) else "idempotent"
        assert each.node["x-safety"] == expected, name
    for each in shape.operations(document):
        each.node["description"] = "Something new."
    assert len(overlay.apply(document, ACTIONS)[1]) == 56, "nothing that it replaces goes unsaid"
