"""Lists as tables that people read, and the forms that programs read."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import attrs
import pytest
import yaml
from hypothesis import example, given
from hypothesis import strategies as st
from lowcodeapi_baseten.cli.columns import LISTINGS, at, to_csv
from lowcodeapi_baseten.cli.settings import Settings
from lowcodeapi_baseten.cli.tables import Grid, Record, blocks, word
from lowcodeapi_baseten.cli.text import to_yaml
from lowcodeapi_baseten.testing import LocalGateway
from lowcodeapi_baseten_api import models
from lowcodeapi_baseten_api.operations import OPERATIONS

from tests.cli.test_cli_output import EVIL, OBEYED
from tests.support.shell import here, on_screen


def types_of(cls: type) -> dict[str, str]:
    """The fields of a generated class, and their types as they are written."""
    return {field.name: str(field.type) for field in attrs.fields(cls)}


@pytest.mark.parametrize(
    ("operation", "path"),
    [(operation, path) for operation, known in LISTINGS.items() for path in known.columns.values()],
)
def test_every_column_is_a_field_of_the_generated_model(operation: str, path: str) -> None:
    names = [name for name in (LISTINGS[operation].key, *path.split(".")) if name]
    written = OPERATIONS[operation].result
    for name in names:
        model = next(getattr(models, word) for word in re.findall(r"\w+", str(written)) if word in models.__all__)
        assert name in types_of(model), f"{operation}: {model.__name__} has no field {name}"
        written = types_of(model)[name]


def test_every_list_has_its_columns() -> None:
    lists = {id_ for id_, row in OPERATIONS.items() if id_.partition(".")[2].startswith(("list", "search"))}
    assert lists <= set(LISTINGS)


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ({"id": "dep4", "name": "v1", "status": "ACTIVE", "replicas": 1}, "dep4 ACTIVE"),
        ({"id": "job_1", "current_status": "RUNNING"}, "job_1 RUNNING"),
        ({"id": "1x4", "name": "1x4"}, "1x4"),
        ({"name": "my-training"}, "my-training"),
        ({"status": "SUCCEEDED"}, "SUCCEEDED"),
        ({"min": 0}, '{"min": 0}'),
        ({"id": None, "status": ["\x1b"]}, "\\x1b"),
        (None, "-"),
    ],
)
def test_an_object_is_a_word_or_two(value: Any, shown: str) -> None:
    assert word(value) == shown


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
    assert isinstance(grid, Grid)
    assert (grid.columns, grid.same) == (columns, same)
    (of_a_model,) = blocks(rows, 80)
    assert isinstance(of_a_model, Grid) and of_a_model.same == []


def test_an_empty_list_says_so() -> None:
    with LocalGateway() as gateway:
        gateway.baseten.secrets.clear()
        assert on_screen("secrets", "list", gateway=gateway) == "the answer is empty\n"


DEPLOYMENTS = ["deployments", "list", "abc123"]
CHOSEN = ["--columns", "id,replicas,autoscaling_settings.max_replica"]


@pytest.fixture(scope="module")
def gateway() -> Iterator[LocalGateway]:
    with LocalGateway() as running:
        yield running


@pytest.mark.parametrize("form", ["table", "json", "yaml", "csv"])
@pytest.mark.parametrize("columns", [[], ["--columns", "id"]])
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
def test_an_answer_of_another_shape_is_shown_as_it_is(
    answer: Any, columns: list[str], form: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Settings, "client", lambda self: Answering(answer))
    screen = on_screen("training", "list-jobs", "proj_123", "-o", form, *columns)
    assert ("7" if answer == 7 else "job_1" if columns and "job_1" in str(answer) else "lost and found") in screen


class Answering:
    """A client whose answers are this one."""

    def __init__(self, answer: Any) -> None:
        self._answer = answer

    def __enter__(self) -> Any:
        return SimpleNamespace(with_raw_response=SimpleNamespace(training=SimpleNamespace(list_jobs=self._listed)))

    def __exit__(self, *_: object) -> None:
        pass

    def _listed(self, *_: object) -> Any:
        return SimpleNamespace(unconfirmed=False, already_done=False, result=self._answer)


def test_columns_that_were_asked_for_are_all_there_constant_or_not(gateway: LocalGateway) -> None:
    screen = on_screen(*DEPLOYMENTS, *CHOSEN, gateway=gateway, width=20)
    assert [line.split() for line in screen.splitlines()][:2] == [
        ["id", "replicas", "autoscaling_settings.max_replica"],
        ["dep1", "1", "1"],
    ]
    assert "same" not in screen and "room" not in screen


def test_a_width_of_nothing_is_unknown(gateway: LocalGateway) -> None:
    assert on_screen(*DEPLOYMENTS, gateway=gateway, width=0) == on_screen(*DEPLOYMENTS, gateway=gateway, width=80)
    assert "dep1" in on_screen("deployments", "get", "abc123", "dep1", gateway=gateway, width=0)


def test_a_table_in_a_file_has_all_that_is_known_of_a_list(gateway: LocalGateway) -> None:
    done = here(*DEPLOYMENTS, "-o", "table", gateway=gateway, env={"COLUMNS": "40"})
    header, *rows = done.out.splitlines()
    assert sorted(header.split()) == sorted(LISTINGS["deployments.list"].columns)
    assert (done.err, len(rows)) == ("", len(here(*DEPLOYMENTS, gateway=gateway).json))


def test_wide_leaves_nothing_out(gateway: LocalGateway) -> None:
    first = on_screen(*DEPLOYMENTS, "--wide", gateway=gateway, width=40).splitlines()[0].split()
    row = here(*DEPLOYMENTS, gateway=gateway).json[0]
    assert set(first) == {name for name in row if name != "labels"}  # which is empty in all
    with_job = on_screen("training", "list-jobs", "proj_123", "--wide", gateway=gateway)
    assert "my-training" in with_job and "memory_limit_mib" in with_job


@pytest.mark.parametrize("form", ["json", "yaml", "csv"])
@pytest.mark.parametrize("is_terminal", [False, True])
def test_every_form_has_the_columns_that_were_asked_for(gateway: LocalGateway, form: str, is_terminal: bool) -> None:
    words = [*DEPLOYMENTS, *CHOSEN, "-o", form]
    text = on_screen(*words, gateway=gateway) if is_terminal else here(*words, gateway=gateway).out
    read: dict[str, Any] = {
        "json": json.loads,
        "yaml": yaml.safe_load,
        "csv": lambda text: [*csv.DictReader(io.StringIO(text))],
    }
    rows = read[form](text)
    assert [{name: str(value) for name, value in row.items()} for row in rows][2:] == [
        {"id": "dep3", "replicas": "0", "autoscaling_settings.max_replica": "1"},
        {"id": "dep4", "replicas": "0", "autoscaling_settings.max_replica": "1"},
    ]


def test_csv_has_every_field_and_nested_ones_as_json(gateway: LocalGateway) -> None:
    as_json = here("training", "list-jobs", "proj_123", gateway=gateway).json["training_jobs"]
    (row,) = csv.DictReader(io.StringIO(here("training", "list-jobs", "proj_123", "-o", "csv", gateway=gateway).out))
    assert list(row) == list(as_json[0])
    assert json.loads(row["instance_type"]) == as_json[0]["instance_type"] and row["error_message"] == ""


@pytest.mark.parametrize("form", ["table", "json", "yaml", "csv"])
@pytest.mark.parametrize("words", [["models", "list"], ["training", "list-jobs", "proj_123"]])
def test_a_column_that_a_known_list_lacks_is_refused_before_anything_is_sent(
    gateway: LocalGateway, words: list[str], form: str
) -> None:
    before = len(gateway.requests)
    done = here(*words, "--columns", "id,nme", "-o", form, gateway=gateway)
    assert (done.code, done.out, len(gateway.requests)) == (2, "", before)
    assert "there is no column nme; there are id, name, " in done.err and "created, " in done.err
    assert "created_at" in done.err


def test_a_heading_is_found_whatever_its_case(gateway: LocalGateway) -> None:
    rows = here("models", "list", "--columns", "ID,Created,created_at", gateway=gateway).json
    assert rows[0]["ID"] == "abc123" and rows[0]["Created"] == rows[0]["created_at"] is not None


@pytest.mark.parametrize("form", ["table", "json", "yaml", "csv"])
def test_a_column_that_no_answer_has_is_named_and_nothing_is_lost(gateway: LocalGateway, form: str) -> None:
    some = here("models", "get", "abc123", "--columns", "id,nme", "-o", form, gateway=gateway)
    assert some.code == 0 and "abc123" in some.out and "nme" in some.out
    assert some.err.startswith("warning: there is no column nme; there are id, created_at, name, ")
    none = here("models", "get", "abc123", "--columns", "nme", "-o", form, gateway=gateway)
    assert none.out == here("models", "get", "abc123", "-o", form, gateway=gateway).out
    assert none.err.startswith("warning: there is no column nme")
    paid = here("predict", "production", "--input", "1", "--columns", "x", gateway=gateway)
    assert (paid.code, paid.json) == (0, {"echo": {"input": 1}})


@pytest.mark.parametrize("words", [["--json"], ["-o", "json"], ["-ojson"], ["--output=json"]])
def test_errors_are_json_where_the_output_is(gateway: LocalGateway, words: list[str]) -> None:
    done = here("models", "get", "nope", *words, gateway=gateway)
    assert json.loads(done.err)["error"]["type"] == "NotFoundError"


def test_without_pyyaml_nothing_is_sent(gateway: LocalGateway, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("lowcodeapi_baseten.cli.values.find_spec", lambda name: None)
    before = len(gateway.requests)
    done = here("predict", "production", "--input", "1", "-o", "yaml", gateway=gateway)
    assert (done.code, len(gateway.requests)) == (2, before) and "pyyaml is not installed: pip install" in done.err


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=20), inner, max_size=3),
    max_leaves=8,
)


@given(JSON)
@example({EVIL.replace("\ud83d", ""): [EVIL.replace("\ud83d", ""), "no", "1e3", "2025-01-01", "", " a\n b ", "- a: #"]})
@example([1e16, float("inf"), 10**30, "=", "<<", "~", "é 漢 🎉"])
def test_yaml_says_the_same_and_nothing_that_a_terminal_obeys(value: Any) -> None:
    text = to_yaml(value)
    assert yaml.safe_load(text) == value
    assert not (OBEYED - {"\n"}) & set(text)


@pytest.mark.parametrize(
    "text",
    ["1e39876", "0o17", "12e03", "1.e5", "1E5", "-0", "+1", "0xfF", ".5", "-.INF", ".NaN", "~", "Null", "TRUE", "1."],
)
def test_a_text_that_yaml_1_2_reads_as_another_type_is_quoted(text: str) -> None:
    assert to_yaml({text: [text]}) == f"'{text}':\n- '{text}'\n"


@pytest.mark.parametrize("text", ["1e", "0o18", "e5", "0x", "nul", "a1", "1e3x"])
def test_a_text_that_is_no_other_type_is_plain(text: str) -> None:
    assert to_yaml([text]) == f"- {text}\n"


TEXTS = st.text(st.characters(exclude_categories=["Cs"]) | st.sampled_from(',"\r\n\0 '))


@given(st.lists(st.dictionaries(TEXTS.filter(bool), TEXTS, min_size=1), min_size=1))
@example([{"\r": "\r"}, {"a\n": ","}])
def test_csv_keeps_every_text(rows: list[dict[str, str]]) -> None:
    read = csv.DictReader(io.StringIO(to_csv(rows), newline=""))
    assert [{name: text for name, text in row.items() if text} for row in read] == [
        {name: text for name, text in row.items() if text} for row in rows
    ]


@pytest.mark.parametrize(
    ("row", "path", "value"),
    [
        ({"a": {"b": 1}}, "a.b", 1),
        ({"a.b": 2, "a": {"b": 1}}, "a.b", 2),
        ({"a": {"b.c": 3}}, "a.b.c", 3),
        ({"a": 5}, "a.b", None),
        (5, "a", None),
    ],
)
def test_a_path_leads_to_a_nested_value(row: Any, path: str, value: Any) -> None:
    assert at(row, path) == value


def test_what_is_no_list_of_baseten_s_stays_as_it_is() -> None:
    first, second = blocks({"a": {"id": "x"}, "b": [{"id": "y", "c": {"id": "z", "score": 0.5}}]}, 80)
    assert isinstance(first, Record) and isinstance(second, Grid)
    assert second.rows == [["y", '{"id": "z", "score": 0.5}']]
