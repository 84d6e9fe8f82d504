"""`Predict` on batches, without an engine: columns in, columns out, and a worker that is killed."""

from __future__ import annotations

import json
import os
import pickle
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from lowcodeapi_baseten import ConfigurationError, InvalidParameterError
from lowcodeapi_baseten.distributed import Predict, resume
from lowcodeapi_baseten.testing import FaultPlan, LocalGateway

from tests.support.tables import one_test

PREDICT = "inference.predict_environment"
ROOT = Path(__file__).parents[2]


@pytest.fixture
def gateway(gateway: LocalGateway, monkeypatch: pytest.MonkeyPatch) -> LocalGateway:
    gateway.predict = lambda body: {"said": body["input"]}
    # As in a worker: nothing is given but the environment.
    monkeypatch.setenv("LOWCODEAPI_API_TOKEN", gateway.api_token)
    monkeypatch.setenv("LOWCODEAPI_BASE_URL", gateway.base_url)
    return gateway


def predict(input: str = "text", **options: Any) -> Predict:
    return Predict(input, environment="production", **options)


def outputs(batch: dict[str, Any]) -> list[Any]:
    return [None if output is None else json.loads(output) for output in batch["output"]]


# --- columns


def test_a_batch_comes_back_with_all_its_columns_and_three_more(gateway: LocalGateway) -> None:
    batch = {"id": [7, 8], "text": ["a", {"b": None}], "other": [[1], [2]]}
    assert predict()(batch) == {
        **batch,
        "output": ['{"said": "a"}', '{"said": {"b": null}}'],
        "error": [None, None],
        "error_type": [None, None],
    }


def test_a_row_that_fails_has_its_reason_and_the_others_their_output(gateway: LocalGateway) -> None:
    def odd(body: Any) -> Any:
        return 1 / (body["input"] % 2)

    gateway.predict = odd
    done = predict()({"text": [1, 2, float("nan"), b"\0"]})
    assert outputs(done) == [1.0, None, None, None]
    assert done["error_type"] == [None, "ServerError", "InvalidParameterError", "InvalidParameterError"]
    assert "may have been carried out" in done["error"][1] and done["error"][0] is None
    assert gateway.count(PREDICT) == 2


def test_an_output_is_json_in_text_that_arrow_takes(gateway: LocalGateway) -> None:
    answers: list[tuple[Any, str]] = [
        ("ä", '"ä"'),
        ({"a": "\ud800"}, '{"a": "\\ud800"}'),  # Arrow refuses half a character
        ((b"\0\1", "application/octet-stream"), '{"base64": "AAE="}'),
        (None, "null"),
    ]
    gateway.predict, gateway.empty_answers = (lambda body: answers[body["input"]][0]), "answered"
    assert predict()({"text": list(range(len(answers)))})["output"] == [text for _, text in answers]


class Scalar:
    """A scalar of numpy."""

    def tolist(self) -> int:
        return 1


class Array:
    """An array of numpy, with another one in it."""

    def tolist(self) -> list[Any]:
        return [Scalar(), (2,)]


def test_values_of_numpy_are_sent_as_json_has_them(gateway: LocalGateway) -> None:
    assert outputs(predict()({"text": [Scalar(), {"a": Array()}]})) == [{"said": 1}, {"said": {"a": [1, [2]]}}]


def test_an_input_that_is_nested_too_deeply_is_an_error_of_its_row(gateway: LocalGateway, tmp_path: Path) -> None:
    deep: list[Any] = []
    for _ in range(100_000):
        deep = [deep]
    done = predict(checkpoint=tmp_path)({"text": ["a", deep]})
    assert done["error_type"] == [None, "InvalidParameterError"]
    while deep:
        deep = deep[0]


def test_an_iterator_of_batches_gives_one_which_sends_as_it_is_read(gateway: LocalGateway) -> None:
    batches = predict()(iter([{"text": ["a"]}, {"text": []}, {"text": ["b", "c"]}]))
    assert (outputs(next(batches)), gateway.count(PREDICT)) == ([{"said": "a"}], 1)
    assert [outputs(batch) for batch in batches] == [[], [{"said": "b"}, {"said": "c"}]]


@one_test
@pytest.mark.parametrize(
    ("batch", "problem"),
    [
        ({"txt": [1]}, "text must be one column of the batch; it has txt"),
        ({"text": [1], "error": [2]}, "error is a column of the batch already"),
        ([1], "batch must be an Arrow table, .* got a builtins.list"),
    ],
)
def test_a_batch_that_can_not_work_ends_the_job_before_anything_is_sent(
    batch: Any, problem: str, gateway: LocalGateway
) -> None:
    with pytest.raises(InvalidParameterError, match=problem):
        predict()(batch)
    assert gateway.count() == 0


@one_test
@pytest.mark.parametrize(
    ("options", "problem"),
    [
        ({"deployment": "a"}, "exactly one of environment="),
        ({"chunk": 0}, "chunk must be a whole number"),
        ({"chunk": True}, "chunk must be a whole number"),
        ({"wait": 0}, "wait must be a number of seconds above 0"),
        ({"rate_limit": 0}, "rate_limit must be a number of requests"),
        ({"worker_rate_limit": "1"}, "worker_rate_limit must be a number of requests"),
        ({"rate_limit": 1, "worker_rate_limit": 1}, "not both"),
    ],
)
def test_an_option_that_can_not_work_is_refused_at_once(options: dict[str, Any], problem: str) -> None:
    with pytest.raises((InvalidParameterError, ConfigurationError), match=problem):
        predict(**options)


# --- the token


@pytest.mark.parametrize("options", [{"api_token": "lca-secret"}, {"client": {"api_token": "lca-secret"}}])
def test_a_token_given_as_text_is_refused_and_not_shown(options: dict[str, Any]) -> None:
    with pytest.raises(ConfigurationError, match="must be a function") as raised:
        predict(**options)
    frame = raised.traceback[-1].frame
    assert "lca-secret" not in f"{raised.value}{frame.f_locals}"


def token_of_the_worker() -> str:
    return os.environ["TOKEN_OF_THE_WORKER"]


def test_the_token_is_not_pickled_and_the_other_process_reads_its_own(
    gateway: LocalGateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TOKEN_OF_THE_WORKER", gateway.api_token)
    for first in (predict(), predict(api_token=token_of_the_worker)):
        assert outputs(first({"text": ["a"]})) == [{"said": "a"}]
        pickled = pickle.dumps(first)
        assert gateway.api_token.encode() not in pickled
        assert outputs(pickle.loads(pickled)({"text": ["b"]})) == [{"said": "b"}]
        monkeypatch.delenv("LOWCODEAPI_API_TOKEN", raising=False)
    with pytest.raises(ConfigurationError, match="there is no token"):
        predict()({"text": ["a"]})


# --- the checkpoint


def test_a_batch_that_is_run_again_gets_its_answers_and_sends_nothing(gateway: LocalGateway, tmp_path: Path) -> None:
    batch = {"text": list(range(25)), "other": list("abcdefghijklmnopqrstuvwxy")}
    gateway.faults = FaultPlan(script=["500_after"])
    first = predict(checkpoint=tmp_path, chunk=10)(batch)
    again = predict(checkpoint=tmp_path, chunk=10)(batch)
    assert first == again
    assert gateway.count(PREDICT) == 25
    assert [kind for kind in again["error_type"] if kind] == ["ServerError"]
    content = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    assert gateway.api_token.encode() not in content
    assert len(list(tmp_path.iterdir())) == 6


def test_another_folder_is_another_job(gateway: LocalGateway, tmp_path: Path) -> None:
    for folder in ("one", "two"):
        predict(checkpoint=tmp_path / folder)({"text": [1, 2]})
    assert gateway.count(PREDICT) == 4


def test_another_call_in_the_same_folder_is_not_answered_by_the_first(gateway: LocalGateway, tmp_path: Path) -> None:
    predict(checkpoint=tmp_path)({"text": [1]})
    Predict("text", environment="staging", checkpoint=tmp_path)({"text": [1]})
    assert gateway.count(PREDICT) == 2


def test_equal_rows_are_each_sent_in_one_batch_and_in_others_only_with_keys(
    gateway: LocalGateway, tmp_path: Path
) -> None:
    said = iter(range(100))
    gateway.predict = lambda body: next(said)
    batch = {"id": [1, 2, 3, 4], "text": ["a"] * 4}
    first = outputs(predict(checkpoint=tmp_path, chunk=2)(batch))
    assert sorted(first) == [0, 1, 2, 3]
    assert outputs(predict(checkpoint=tmp_path, chunk=2)({**batch, "id": [5, 6, 7, 8]})) == first
    for ids in ([1, 2, 3, 4], [5, 6, 7, 8]):
        predict(checkpoint=tmp_path, chunk=2, key="id")({**batch, "id": ids})
    assert gateway.count(PREDICT) == 12


def test_types_of_columns_do_not_make_other_rows(gateway: LocalGateway, tmp_path: Path) -> None:
    predict(checkpoint=tmp_path)({"text": [1, [1, [2]]]})
    predict(checkpoint=tmp_path)({"text": (Scalar(), Array())})
    assert gateway.count(PREDICT) == 2


def test_who_comes_second_waits_for_the_answers_of_the_first(
    gateway: LocalGateway, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    came, goes = threading.Event(), threading.Event()
    first, looked = list[Any](), list[float]()

    def late(body: Any) -> str:
        came.set()
        goes.wait()
        return "late"

    gateway.predict = late
    worker = threading.Thread(target=lambda: first.extend(predict(checkpoint=tmp_path)({"text": [1]})["output"]))
    worker.start()
    came.wait()

    def look_again(seconds: float) -> None:
        looked.append(seconds)
        goes.set()
        worker.join()

    monkeypatch.setattr(resume, "time", SimpleNamespace(sleep=look_again, monotonic=time.monotonic))
    assert predict(checkpoint=tmp_path)({"text": [1]})["output"] == ['"late"'] == first
    assert (looked, gateway.count(PREDICT)) == ([1.0], 1)


_WORKER = """
import sys
from lowcodeapi_baseten.distributed import Predict

predict = Predict("text", environment="production", concurrency=8, checkpoint=sys.argv[1], chunk=10, wait=0.001)
predict({"text": list(range(100))})
"""


def test_a_worker_that_is_killed_leaves_rows_that_are_named_and_not_sent_again(
    gateway: LocalGateway, tmp_path: Path
) -> None:
    carried_out: Counter[int] = Counter()
    reached = threading.Event()

    def slow(body: Any) -> Any:
        carried_out[body["input"]] += 1
        if len(carried_out) > 50:
            reached.set()
        time.sleep(0.002)
        return body["input"]

    gateway.predict = slow
    with subprocess.Popen([sys.executable, "-c", _WORKER, str(tmp_path)], cwd=ROOT) as worker:
        assert reached.wait(60)
        worker.send_signal(signal.SIGKILL)
    done = predict(concurrency=8, checkpoint=tmp_path, chunk=10, wait=0.001)({"text": list(range(100))})
    reasons = Counter(done["error_type"])
    assert max(carried_out.values()) == 1
    assert reasons.keys() <= {None, "UnknownFateError"} and 0 < reasons["UnknownFateError"] < 50
    for row, output in enumerate(outputs(done)):
        assert output == (None if done["error"][row] else row)


def test_importing_it_imports_no_engine() -> None:
    code = (
        "import sys, lowcodeapi_baseten; assert 'lowcodeapi_baseten.distributed' not in sys.modules\n"
        "import lowcodeapi_baseten.distributed\n"
        "print({'ray', 'dask', 'pyspark', 'pandas', 'numpy', 'pyarrow', 'fsspec'} & sys.modules.keys())"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "set()\n"
