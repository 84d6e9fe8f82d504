"""Output: JSON for programs, tables for people, and nothing that a terminal would obey."""

from __future__ import annotations

import base64
import datetime
import json
import subprocess
from typing import Any

import pytest
from lowcodeapi_baseten.cli.plots import lines, series_of, short
from lowcodeapi_baseten.cli.tables import Grid, Record, blocks
from lowcodeapi_baseten.cli.text import clean, to_json
from lowcodeapi_baseten.testing import LocalGateway, UpstreamError

from tests.support.shell import COMMAND, environment, here

EVIL = "\x1b[2J\x1b]0;owned\x07 \x9b31m \u202eeslaf \r\n\t\x00 \u2028 \x7f \ud83d"
OBEYED = {*map(chr, [*range(0x20), 0x7F, *range(0x80, 0xA0), 0x2028, 0x202E]), "\ud83d"}


def test_cleaned_text_shows_what_a_terminal_would_obey() -> None:
    assert not OBEYED & set(clean(EVIL))
    assert clean("\x1b[31m é 漢 🎉") == "\\x1b[31m é 漢 🎉"
    assert clean("a\r\nb\tc\x1b", keep_lines=True) == "a\nb       c\\x1b"


def test_json_is_safe_on_a_terminal_and_says_the_same() -> None:
    value = {"text": EVIL, EVIL: ["é", None, 1.5]}
    text = to_json(value)
    assert json.loads(text) == value
    assert not (OBEYED - {"\n"}) & set(text)
    assert "é" in text
    text.encode()


@pytest.mark.parametrize(
    ("answer", "out"),
    [
        ({"a": [1, None]}, '{\n  "a": [\n    1,\n    null\n  ]\n}\n'),
        ([], "[]\n"),
        (None, "null\n"),
        ("text é", '"text é"\n'),
        (b"\x00\x1b\r\n", b"\x00\x1b\r\n"),
    ],
)
def test_whatever_a_model_answers_is_printed_for_programs(answer: Any, out: Any) -> None:
    sent = (answer, "image/png") if isinstance(answer, bytes) else answer
    with LocalGateway(predict=lambda body: sent, empty_answers="answered") as gateway:
        done = run_bytes("predict", "production", "--input", "1", gateway=gateway)
    assert done == (out if isinstance(out, bytes) else out.encode())


def run_bytes(*arguments: str, gateway: LocalGateway) -> bytes:
    command = [*COMMAND, *arguments]
    return subprocess.run(command, env=environment(gateway), capture_output=True, check=True, timeout=60).stdout


def test_bytes_as_json_are_base64() -> None:
    with LocalGateway(predict=lambda body: (b"\x00\x1b", "image/png")) as gateway:
        done = here("predict", "production", "--input", "1", "--json", gateway=gateway)
    assert base64.b64decode(done.json["base64"]) == b"\x00\x1b"


def test_an_error_of_the_gateway_is_one_clean_line() -> None:
    def refuse(body: Any) -> Any:
        raise UpstreamError(400, {"error": EVIL.replace("\ud83d", "")})

    with LocalGateway(predict=refuse) as gateway:
        done = here("predict", "production", "--input", "1", gateway=gateway)
    assert done.code == 1 and "eslaf" in done.err
    assert done.err.count("\n") == 1 and not (OBEYED - {"\n"}) & set(done.err)


def test_unknown_fields_of_an_answer_are_printed_as_they_came() -> None:
    with LocalGateway() as gateway:
        received = here("models", "get", "abc123", gateway=gateway).json
    assert received["team_name"] == "Local team"


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
    assert isinstance(block, Grid)
    assert (block.columns, block.left_out) == (columns, left_out)


def test_where_two_columns_have_no_room_each_thing_is_a_list_of_fields() -> None:
    first, second = blocks(ROWS, 6)
    assert isinstance(first, Record) and isinstance(second, Record)
    assert (first.title, first.fields[0], second.fields[0]) == ("1", ("id", "a1"), ("id", "b2"))


def test_an_object_shows_its_parts_indented_and_its_lists_as_tables() -> None:
    value = {"name": "x", "settings": {"low": 1, "deep": {"b": True}}, "tags": ["p", "q"], "jobs": ROWS, "none": []}
    record, grid = blocks(value, 100)
    assert isinstance(record, Record) and isinstance(grid, Grid) and grid.title == "jobs"
    assert record.fields == [
        ("name", "x"),
        ("settings", ""),
        ("  low", "1"),
        ("  deep", ""),
        ("    b", "true"),
        ("tags", "p, q"),
        ("none", "[]"),
    ]


@pytest.mark.parametrize("value", [EVIL, [EVIL], {EVIL: EVIL}, [{EVIL: EVIL, "b": [EVIL]}], {"a": [{EVIL: 1}]}])
def test_no_cell_name_or_title_carries_an_escape(value: Any) -> None:
    for block in blocks(value, 1000):
        texts = [block.title]
        if isinstance(block, Grid):
            texts += [*block.columns, *(cell for row in block.rows for cell in row), *block.left_out]
            texts += [text for pair in block.same for text in pair]
        else:
            texts += [text for pair in block.fields for text in pair]
        assert not OBEYED & set("".join(texts))


@pytest.mark.parametrize("width", [12, 40, 200])
def test_a_plot_fits_the_window_and_shows_bounds_and_times(width: int) -> None:
    drawn = lines([(float(second), second**2 * 1e6) for second in range(60)], width)
    assert max(map(len, drawn)) <= width
    assert "3.48G" in drawn[0] and drawn[-2].lstrip().startswith("0")
    dots = [sum(character > "\u2800" for character in line) for line in drawn[:-1]]
    assert all(dots)


@pytest.mark.parametrize(
    ("value", "text"), [(0, "0"), (0.1234567, "0.1235"), (9999, "9999"), (12_345, "12.3k"), (8e9, "8G"), (-2e6, "-2M")]
)
def test_a_number_is_written_in_few_characters(value: float, text: str) -> None:
    assert short(value) == text


def test_curves_leave_out_what_has_no_place_and_the_only_node() -> None:
    time = datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC)
    row = {"time": time, "metric": "cpu", "node": None, "gpu": None, "value": 1.0}
    rows = [row, {**row, "node": "n0"}, {**row, "value": float("nan")}, {**row, "time": "soon"}, {**row, "gpu": "0"}]
    assert series_of(rows) == {"cpu": [(time.timestamp(), 1.0)], "cpu gpu 0": [(time.timestamp(), 1.0)]}
    assert "cpu node n1" in series_of([*rows, {**row, "node": "n1"}])


@pytest.mark.parametrize("encoding", ["cp1252", "gbk", "ascii"])
@pytest.mark.parametrize(
    "arguments",
    [
        ("predict", "production", "--input", json.dumps("é 漢 🎉", ensure_ascii=False)),
        ("--help",),
        ("predict-many", "--help"),
        ("inference", "predict-environment", "--help"),
        ("models", "list"),
        ("doctor",),
    ],
    ids=lambda arguments: arguments[0],
)
def test_a_pipe_gets_utf_8_whatever_the_system_writes(arguments: tuple[str, ...], encoding: str) -> None:
    with LocalGateway() as gateway:
        env = {**environment(gateway), "PYTHONIOENCODING": encoding}
        done = subprocess.run([*COMMAND, *arguments], env=env, capture_output=True, check=False, timeout=60)
    assert (done.returncode, done.stderr) == (0, b"")
    assert done.stdout.decode("utf-8")
    if arguments[0] == "predict":
        assert json.loads(done.stdout) == {"echo": {"input": "é 漢 🎉"}}


def test_an_error_is_written_in_any_encoding() -> None:
    env = {**environment(None), "PYTHONIOENCODING": "ascii", "LOWCODEAPI_API_TOKEN": "a-token"}
    done = subprocess.run([*COMMAND, "models", "get", "漢"], env=env, capture_output=True, check=False, timeout=60)
    assert done.returncode == 2
    assert b"got '\\u6f22'" in done.stderr
