"""Results: tables that people read, the forms that programs read, and nothing that a terminal would obey."""

from __future__ import annotations

import base64
import csv
import datetime
import io
import json
import re
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import attrs
import pytest
import yaml
from hypothesis import example, given
from hypothesis import strategies as st
from lowcodeapi_baseten.cli.columns import LISTINGS, at, to_csv
from lowcodeapi_baseten.cli.plots import lines, series_of, short
from lowcodeapi_baseten.cli.settings import Settings
from lowcodeapi_baseten.cli.tables import Block, Grid, Record, blocks, word
from lowcodeapi_baseten.cli.text import clean, to_json, to_yaml
from lowcodeapi_baseten.testing import LocalGateway, UpstreamError
from lowcodeapi_baseten_api import models
from lowcodeapi_baseten_api.operations import OPERATIONS

from tests.support.profiles import examples
from tests.support.shell import here, on_screen

EVIL = "\x1b[2J\x1b]0;owned\x07 \x9b31m \u202eeslaf \r\n\t\x00 \u2028 \x7f \ud83d"
OBEYED = {*map(chr, [*range(0x20), 0x7F, *range(0x80, 0xA0), 0x2028, 0x202E]), "\ud83d"}
FORMS = ["table", "json", "yaml", "csv"]
PREDICT = ["predict", "production", "--input", "1"]
DEPLOYMENTS = ["deployments", "list", "abc123"]
JOBS = ["training", "list-jobs", "proj_123"]
CHOSEN = ["--columns", "ID,replicas,autoscaling_settings.max_replica"]  # a heading in any case, and a path

# --- text ------------------------------------------------------------------------------------------------------------


def test_cleaned_text_and_json_show_what_a_terminal_would_obey() -> None:
    assert not OBEYED & set(clean(EVIL))
    assert clean("\x1b[31m é 漢 🎉") == "\\x1b[31m é 漢 🎉"
    assert clean("a\r\nb\tc\x1b", keep_lines=True) == "a\nb       c\\x1b"
    value = {"text": EVIL, EVIL: ["é", None, 1.5]}
    text = to_json(value)
    assert json.loads(text) == value and "é" in text
    assert not (OBEYED - {"\n"}) & set(text)
    text.encode()


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=20), inner, max_size=3),
    max_leaves=5,
)


@given(JSON)
@example({EVIL.replace("\ud83d", ""): [EVIL.replace("\ud83d", ""), "no", "1e3", "2025-01-01", "", " a\n b ", "- a: #"]})
@example([1e16, float("inf"), 10**30, "=", "<<", "~", "é 漢 🎉"])
@examples(50)
def test_yaml_says_the_same_and_nothing_that_a_terminal_obeys(value: Any) -> None:
    text = to_yaml(value)
    assert yaml.safe_load(text) == value
    assert not (OBEYED - {"\n"}) & set(text)


def test_a_text_that_yaml_1_2_reads_as_another_type_is_quoted_and_others_are_plain() -> None:
    integers, words = ["0o17", "0xfF", "-0", "+1"], ["~", "Null", "TRUE", "-.INF", ".NaN"]
    for text in ["1e39876", "12e03", "1.e5", "1E5", ".5", "1.", *integers, *words]:
        assert to_yaml({text: [text]}) == f"'{text}':\n- '{text}'\n"
    for text in ["1e", "0o18", "e5", "0x", "nul", "a1", "1e3x"]:
        assert to_yaml([text]) == f"- {text}\n"


TEXTS = st.text(st.characters(exclude_categories=["Cs"]) | st.sampled_from(',"\r\n\0 '), max_size=10)


@given(st.lists(st.dictionaries(TEXTS.filter(bool), TEXTS, min_size=1, max_size=3), min_size=1, max_size=3))
@example([{"\r": "\r"}, {"a\n": ","}])
@examples(50)
def test_csv_keeps_every_text(rows: list[dict[str, str]]) -> None:
    read = csv.DictReader(io.StringIO(to_csv(rows), newline=""))
    assert [{name: text for name, text in row.items() if text} for row in read] == [
        {name: text for name, text in row.items() if text} for row in rows
    ]


# --- the layout of tables --------------------------------------------------------------------------------------------


def test_every_list_has_its_columns_and_every_column_is_a_field_of_the_generated_model() -> None:
    lists = {id_ for id_ in OPERATIONS if id_.partition(".")[2].startswith(("list", "search"))}
    assert lists <= set(LISTINGS)
    for operation, listing in LISTINGS.items():
        for path in listing.columns.values():
            written = str(OPERATIONS[operation].result)
            for name in filter(None, (listing.key, *path.split("."))):
                model = next(getattr(models, each) for each in re.findall(r"\w+", written) if each in models.__all__)
                types = {field.name: str(field.type) for field in attrs.fields(model)}
                assert name in types, f"{operation}: {model.__name__} has no field {name}"
                written = types[name]


def test_an_object_is_a_word_or_two() -> None:
    assert word({"id": "dep4", "name": "v1", "status": "ACTIVE", "replicas": 1}) == "dep4 ACTIVE"
    assert word({"id": "job_1", "current_status": "RUNNING"}) == "job_1 RUNNING"
    assert word({"name": "my-training"}) == "my-training"
    assert word({"status": "SUCCEEDED"}) == "SUCCEEDED"
    assert word({"min": 0}) == '{"min": 0}'
    assert word({"id": None, "status": ["\x1b"]}) == "\\x1b"
    assert word(None) == "-"


@pytest.mark.parametrize(
    ("rows", "columns", "same"),
    [
        ([{"a": 1, "b": "x"}, {"a": 2, "b": "x"}], ["a"], [("b", "x")]),
        ([{"a": 1, "b": "x"}], ["a", "b"], []),
        ([{"a": 1, "b": 1}, {"a": 1, "b": 1}], ["a"], [("b", "1")]),
        ([{"a": 1, "b": "x"}, {"a": 2}], ["a", "b"], []),
        ([{"a": 1, "b": None}, {"a": 2, "b": []}], ["a"], []),
    ],
    ids=["one value", "one row", "only such columns", "missing once", "empty"],
)
def test_a_column_that_says_the_same_in_each_row_is_a_line_below(
    rows: Any, columns: list[str], same: list[tuple[str, str]]
) -> None:
    (grid,) = blocks(rows, 80, is_known=True)
    assert isinstance(grid, Grid) and (grid.columns, grid.same) == (columns, same)
    (of_a_model,) = blocks(rows, 80)
    assert isinstance(of_a_model, Grid) and of_a_model.same == []


ROWS = [
    {"id": "a1", "created_at": "2025-01-01T00:00:00Z", "status": "ACTIVE", "size": 10, "parts": {"n": 1}, "none": None},
    {"id": "b2", "created_at": "2025-01-02T00:00:00Z", "status": None, "size": 7, "parts": {}, "none": None},
]


@pytest.mark.parametrize(
    ("width", "columns", "left_out"),
    [
        (80, ["id", "created_at", "status", "size", "parts"], []),
        (45, ["id", "created_at", "status", "size"], ["parts"]),
        (34, ["id", "status", "size", "parts"], ["created_at"]),
        (22, ["id", "status", "size"], ["created_at", "parts"]),
    ],
)
def test_what_has_no_room_is_named_and_ids_and_states_come_first(
    width: int, columns: list[str], left_out: list[str]
) -> None:
    (block,) = blocks(ROWS, width)
    assert isinstance(block, Grid) and (block.columns, block.left_out) == (columns, left_out)


def test_where_two_columns_have_no_room_each_thing_is_a_list_of_fields() -> None:
    first, second = blocks(ROWS, 6)
    assert isinstance(first, Record) and isinstance(second, Record)
    assert (first.title, first.fields[0], second.fields[0]) == ("1", ("id", "a1"), ("id", "b2"))


def test_an_object_shows_its_parts_indented_and_its_lists_as_tables() -> None:
    jobs = [{"id": "y", "c": {"id": "z", "score": 0.5}}]
    value = {"name": "x", "settings": {"low": 1, "deep": {"b": True}}, "tags": ["p", "q"], "jobs": jobs, "none": []}
    fields = [("name", "x"), ("settings", ""), ("  low", "1"), ("  deep", ""), ("    b", "true"), ("tags", "p, q")]
    grid = Grid("jobs", ["id", "c"], [["y", '{"id": "z", "score": 0.5}']], [], [])
    assert blocks(value, 100) == [Record("", [*fields, ("none", "[]")]), grid]


def texts(part: Block | list[Any] | tuple[Any, ...] | str) -> str:
    return part if isinstance(part, str) else "".join(map(texts, part))


@pytest.mark.parametrize("value", [EVIL, [EVIL], {EVIL: EVIL}, [{EVIL: EVIL, "b": [EVIL]}], {"a": [{EVIL: 1}]}])
def test_no_cell_name_or_title_carries_an_escape(value: Any) -> None:
    assert not OBEYED & set("".join(map(texts, blocks(value, 1000))))


def test_a_path_leads_to_a_nested_value() -> None:
    assert at({"a": {"b": 1}}, "a.b") == 1
    assert at({"a.b": 2, "a": {"b": 1}}, "a.b") == 2
    assert at({"a": {"b.c": 3}}, "a.b.c") == 3
    assert at({"a": 5}, "a.b") is at(5, "a") is None


# --- what commands print ---------------------------------------------------------------------------------------------


def test_whatever_a_model_answers_is_printed_for_programs(gateway: LocalGateway) -> None:
    answers: dict[str, Any] = {
        '{\n  "a": [\n    1,\n    null\n  ]\n}\n': {"a": [1, None]},
        "[]\n": [],
        "null\n": None,
        '"é"\n': "é",
    }
    for out, answer in answers.items():
        gateway.predict = returning(answer)
        assert here(*PREDICT, gateway=gateway) == (0, out, "")


def returning(answer: Any) -> Callable[[Any], Any]:
    def predict(body: Any) -> Any:
        if isinstance(answer, Exception):
            raise answer
        return answer

    return predict


def test_bytes_as_json_are_base64_and_not_let_loose_on_a_terminal(gateway: LocalGateway) -> None:
    gateway.predict = lambda body: (b"\x00\x1b", "image/png")
    assert base64.b64decode(here(*PREDICT, "--json", gateway=gateway).json["base64"]) == b"\x00\x1b"
    done = here(*PREDICT, gateway=gateway, width=80)
    assert done.code == 1 and "2 bytes that are not text: write them to a file with > FILE" in done.err


def test_what_the_gateway_says_moves_no_cursor(gateway: LocalGateway) -> None:
    evil = "\x1b[2J\x1b]0;owned\x07\x9b31m eslaf"
    for answer in ((evil, "text/plain"), {evil: [evil]}, UpstreamError(400, {"error": EVIL.replace("\ud83d", "")})):
        gateway.predict = returning(answer)
        for form in ([], ["--json"]):
            screen = on_screen(*PREDICT, *form, gateway=gateway)
            assert "eslaf" in screen and not (OBEYED - {"\n"}) & set(screen)
    assert here(*PREDICT, gateway=gateway).err.count("\n") == 1


@pytest.mark.parametrize(
    "answer",
    [
        "lost and found",
        7,
        ["lost and found"],
        {"training_jobs": "lost and found"},
        {"training_jobs": None, "why": "lost and found"},
        {"training_jobs": ["lost and found", {"id": "job_1"}]},
        {"training_jobs": [{"uuid": "lost and found"}]},
    ],
    ids=str,
)
def test_an_answer_of_another_shape_is_shown_as_it_is(answer: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    class Answering:
        def __enter__(self) -> Answering:
            return self

        def __exit__(self, *_: object) -> None:
            pass

        def _run_raw(self, _: object) -> Any:
            return SimpleNamespace(unconfirmed=False, already_done=False, result=answer)

    monkeypatch.setattr(Settings, "client", lambda self: Answering())
    for form in FORMS:
        for columns in ([], ["--columns", "id"]):
            found = "7" if answer == 7 else "job_1" if columns and "job_1" in str(answer) else "lost and found"
            assert found in on_screen(*JOBS, "-o", form, *columns)


def test_an_empty_list_says_so(gateway: LocalGateway) -> None:
    gateway.baseten.secrets.clear()
    assert on_screen("secrets", "list", gateway=gateway) == "the answer is empty\n"


def test_columns_that_were_asked_for_are_all_there_constant_or_not(gateway: LocalGateway) -> None:
    screen = on_screen(*DEPLOYMENTS, *CHOSEN, gateway=gateway, width=20)
    assert [line.split() for line in screen.splitlines()][:2] == [
        ["ID", "replicas", "autoscaling_settings.max_replica"],
        ["dep1", "1", "1"],
    ]
    assert "same" not in screen and "room" not in screen


def test_a_width_of_nothing_is_unknown(gateway: LocalGateway) -> None:
    assert on_screen(*DEPLOYMENTS, gateway=gateway, width=0) == on_screen(*DEPLOYMENTS, gateway=gateway, width=80)
    assert "dep1" in on_screen("deployments", "get", "abc123", "dep1", gateway=gateway, width=0)


def test_a_table_in_a_file_has_all_that_is_known_of_a_list_and_wide_leaves_nothing_out(gateway: LocalGateway) -> None:
    rows = here(*DEPLOYMENTS, gateway=gateway).json
    done = here(*DEPLOYMENTS, "-o", "table", gateway=gateway, env={"COLUMNS": "40"})
    header, *below = done.out.splitlines()
    assert sorted(header.split()) == sorted(LISTINGS["deployments.list"].columns)
    assert (done.err, len(below)) == ("", len(rows))
    wide = on_screen(*DEPLOYMENTS, "--wide", gateway=gateway, width=40).splitlines()[0].split()
    assert set(wide) == {name for name in rows[0] if name != "labels"}  # which is empty in all
    with_job = on_screen(*JOBS, "--wide", gateway=gateway)
    assert "my-training" in with_job and "memory_limit_mib" in with_job


@pytest.mark.parametrize("form", ["json", "yaml", "csv"])
def test_every_form_has_the_columns_that_were_asked_for(gateway: LocalGateway, form: str) -> None:
    read: dict[str, Any] = {
        "json": json.loads,
        "yaml": yaml.safe_load,
        "csv": lambda text: [*csv.DictReader(io.StringIO(text))],
    }
    for width in (None, 80):
        rows = read[form](here(*DEPLOYMENTS, *CHOSEN, "-o", form, gateway=gateway, width=width).out)
        assert [{name: str(value) for name, value in row.items()} for row in rows][2:] == [
            {"ID": "dep3", "replicas": "0", "autoscaling_settings.max_replica": "1"},
            {"ID": "dep4", "replicas": "0", "autoscaling_settings.max_replica": "1"},
        ]


def test_csv_has_every_field_and_nested_ones_as_json(gateway: LocalGateway) -> None:
    as_json = here(*JOBS, gateway=gateway).json["training_jobs"]
    (row,) = csv.DictReader(io.StringIO(here(*JOBS, "-o", "csv", gateway=gateway).out))
    assert list(row) == list(as_json[0])
    assert json.loads(row["instance_type"]) == as_json[0]["instance_type"] and row["error_message"] == ""


@pytest.mark.parametrize("words", [["models", "list"], JOBS], ids=" ".join)
def test_a_column_that_a_known_list_lacks_is_refused_before_anything_is_sent(
    gateway: LocalGateway, words: list[str]
) -> None:
    for form in FORMS:
        done = here(*words, "--columns", "id,nme", "-o", form, gateway=gateway)
        assert (done.code, done.out, gateway.requests) == (2, "", [])
        assert "there is no column nme; there are id, name, " in done.err and "created, " in done.err
        assert "created_at" in done.err


@pytest.mark.parametrize("form", FORMS)
def test_a_column_that_no_answer_has_is_named_and_nothing_is_lost(gateway: LocalGateway, form: str) -> None:
    some = here("models", "get", "abc123", "--columns", "id,nme", "-o", form, gateway=gateway)
    assert some.code == 0 and "abc123" in some.out and "nme" in some.out
    assert some.err.startswith("warning: there is no column nme; there are id, created_at, name, ")
    none = here("models", "get", "abc123", "--columns", "nme", "-o", form, gateway=gateway)
    assert none.out == here("models", "get", "abc123", "-o", form, gateway=gateway).out
    assert none.err.startswith("warning: there is no column nme")
    paid = here(*PREDICT, "--columns", "x", gateway=gateway)
    assert (paid.code, paid.json) == (0, {"echo": {"input": 1}})


def test_without_pyyaml_nothing_is_sent(gateway: LocalGateway, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("lowcodeapi_baseten.cli.values.find_spec", lambda name: None)
    done = here(*PREDICT, "-o", "yaml", gateway=gateway)
    assert (done.code, gateway.requests) == (2, []) and "pyyaml is not installed: pip install" in done.err


# --- plots -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("width", [12, 40, 200])
def test_a_plot_fits_the_window_and_shows_bounds_and_times(width: int) -> None:
    drawn = lines([(float(second), second**2 * 1e6) for second in range(60)], width)
    assert max(map(len, drawn)) <= width
    assert "3.48G" in drawn[0] and drawn[-2].lstrip().startswith("0")
    assert all(any(character > "\u2800" for character in line) for line in drawn[:-1])


def test_a_number_is_written_in_few_characters() -> None:
    values = {0: "0", 0.1234567: "0.1235", 9999: "9999", 12_345: "12.3k", 8e9: "8G", -2e6: "-2M"}
    assert {value: short(value) for value in values} == values


def test_curves_leave_out_what_has_no_place_and_the_only_node() -> None:
    time = datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC)
    row = {"time": time, "metric": "cpu", "node": None, "gpu": None, "value": 1.0}
    rows = [row, {**row, "node": "n0"}, {**row, "value": float("nan")}, {**row, "time": "soon"}, {**row, "gpu": "0"}]
    assert series_of(rows) == {"cpu": [(time.timestamp(), 1.0)], "cpu gpu 0": [(time.timestamp(), 1.0)]}
    assert "cpu node n1" in series_of([*rows, {**row, "node": "n1"}])
