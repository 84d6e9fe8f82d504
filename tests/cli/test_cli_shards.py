"""`predict-many --shard` and `--keyed`: parts of one input on many machines, and rows that are known again."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest
from lowcodeapi_baseten.testing import LocalGateway

from tests.cli.test_cli_predict_many import MANY, lines, many

PREDICT = "inference.predict_environment"


@pytest.fixture
def gateway(gateway: LocalGateway) -> LocalGateway:
    gateway.predict = lambda body: body["input"]
    return gateway


def numbers(count: int) -> str:
    # Blank lines are no inputs, and other shards' lines are not read.
    return "\n\n".join(str(number) for number in range(count)) + "\n"


@pytest.mark.parametrize(("count", "of"), [(7, 1), (0, 3), (7, 3), (9, 3), (1, 8), (17, 8)])
def test_shards_send_each_input_once_and_can_be_put_together_in_order(
    count: int, of: int, gateway: LocalGateway, tmp_path: Path
) -> None:
    names = [str(tmp_path / f"out.{nth:02}") for nth in range(1, of + 1)]
    for nth, name in enumerate(names, 1):
        arguments = ("production", "--ordered", "--shard", f"{nth}/{of}")
        done = many(*arguments, gateway=gateway, given=numbers(count))
        assert done.code == 0, done.err
        Path(name).write_text(done.out)
    assert gateway.count(PREDICT) == count
    together = subprocess.run(["paste", "-d", "\n", *names], capture_output=True, text=True, check=True).stdout
    found = [json.loads(line) for line in together.splitlines() if line]
    assert found == [{"index": number, "output": number} for number in range(count)]


@pytest.mark.parametrize("shard", ["0/16", "17/16", "3", "3/0", "-1/2", "1/2/3", "a/b", "٣/٤", "1/2\n"])
def test_what_is_no_shard_is_refused(shard: str) -> None:
    done = many("production", "--shard", shard)
    assert (done.code, done.out) == (2, "")
    assert "is not a shard: use 1/16 to 16/16" in done.err


def test_a_shard_that_was_stopped_names_items_by_their_place_among_all_inputs(
    gateway: LocalGateway, tmp_path: Path
) -> None:
    shard = ("production", "--ordered", "--shard", "2/3", "--checkpoint", str(tmp_path / "sent.jsonl"))
    assert many(*shard, gateway=gateway, given=numbers(12)).code == 0
    kept = [line for line in (tmp_path / "sent.jsonl").read_text().splitlines(keepends=True) if '"done": 2' not in line]
    (tmp_path / "sent.jsonl").write_text("".join(kept))
    done = many(*shard, gateway=gateway, given=numbers(12))
    assert [line["index"] for line in lines(done.out)] == [1, 4, 7, 10]
    assert lines(done.out)[2]["error"].startswith("item 7 was sent in an earlier run")
    assert "carried out: 7;" in done.err
    assert gateway.count(PREDICT) == 4
    done = many(*shard, "--on-error", "raise", gateway=gateway, given=numbers(12))
    assert "the error counts the items of the shard alone" in done.err


def test_a_key_comes_out_with_its_output_or_error(gateway: LocalGateway) -> None:
    def odd(body: dict[str, int]) -> float:
        return 1 / (body["input"] % 2)

    gateway.predict = odd
    given = [{"key": "a", "input": 1}, {"input": 2, "key": {"b": None}}, {"input": 3}, {"key": None, "input": 5}]
    done = many("production", "--keyed", "--ordered", gateway=gateway, given="\n".join(map(json.dumps, given)))
    first, second, third, fourth = lines(done.out)
    assert first == {"index": 0, "key": "a", "output": 1.0}
    assert (second["key"], second["type"]) == ({"b": None}, "ServerError")
    assert third == {"index": 2, "output": 1.0}
    assert fourth == {"index": 3, "key": None, "output": 1.0}
    assert sorted(request.json()["input"] for request in gateway.requests) == [1, 2, 3, 5]
    assert all(request.json().keys() == {"input"} for request in gateway.requests)


@pytest.mark.parametrize(
    "line", ["1", "[]", '{"key": 1}', '{"key": 1, "input": 2, "more": 3}', '{"input": 2, "id": 3}']
)
def test_a_line_that_is_not_keyed_is_an_error_of_its_own(line: str, gateway: LocalGateway) -> None:
    done = many("production", "--keyed", "--ordered", gateway=gateway, given=f'{line}\n{{"key": 7, "input": 8}}\n')
    first, second = lines(done.out)
    assert (first["index"], first["type"]) == (0, "InvalidParameterError")
    assert 'line 1 of standard input is not {"key": ..., "input": ...}' in first["error"]
    assert second == {"index": 1, "key": 7, "output": 8}


def test_without_the_option_such_a_line_is_an_input(gateway: LocalGateway) -> None:
    line = {"key": 1, "input": 2}
    assert lines(many(*MANY[1:], gateway=gateway, given=json.dumps(line)).out) == [{"index": 0, "output": line}]
