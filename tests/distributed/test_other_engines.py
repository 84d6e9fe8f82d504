"""Dask, Spark, and an object store: the same callable. `make test-distributed` installs them."""

from __future__ import annotations

import importlib
import json
import shutil
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from lowcodeapi_baseten.distributed import Predict

from tests.distributed.engines import Asked, needs
from tests.project.examples import Example, examples

EXAMPLES = [example for example in examples() if example.engine]
HAS_JAVA = pytest.mark.skipif(
    shutil.which("java") is None, reason="Spark needs Java: apt-get install default-jre-headless"
)
_TRACED = """
import os, sys
from pathlib import Path
from lowcodeapi_baseten.distributed import Predict

folder = sys.argv[1]

class Traced(Predict):
    def __call__(self, batch):
        Path(folder, f"{os.getpid()}.pid").touch()
        return super().__call__(batch)

predict = Traced("text", key="id", environment="production", concurrency=4, checkpoint=f"{folder}/checkpoint", wait=1)
"""
_DASK = f"""
{_TRACED}
import dask.dataframe, pandas
from dask.distributed import Client

if __name__ == "__main__":
    rows = pandas.DataFrame({{"id": range(400), "text": [f"number {{n}}" for n in range(400)]}})
    with Client(n_workers=2, threads_per_worker=2, dashboard_address=None):
        done = dask.dataframe.from_pandas(rows, npartitions=8).map_partitions(predict)
        print(done.compute().to_json(orient="records"))
"""
_SPARK = f"""
{_TRACED}
from pyspark.sql import SparkSession

spark = SparkSession.builder.master("local[2,4]").config("spark.ui.enabled", "false").getOrCreate()
rows = spark.createDataFrame([(n, f"number {{n}}") for n in range(400)], "id long, text string").repartition(8, "id")
columns = "id long, text string, output string, error string, error_type string"
for row in rows.mapInPandas(predict, columns).toJSON().collect():
    print(row)
"""


@pytest.fixture
def asked(tmp_path: Path) -> Asked:
    return Asked(tmp_path)


def check(asked: Asked, rows: list[dict[str, Any]]) -> None:
    """Every row is there, and nothing was carried out twice, though a worker was killed."""
    assert len(asked.killed) == 1
    assert max(asked.carried_out.values()) == 1
    assert sorted(row["id"] for row in rows) == list(range(400))
    reasons = Counter(row.get("error_type") for row in rows)
    assert reasons.keys() <= {None, "UnknownFateError"} and reasons[None] > 200
    for row in rows:
        assert row.get("error") or json.loads(row["output"]) == {"said": row["text"]}


@needs("dask", "distributed")
def test_dask_loses_a_worker(asked: Asked) -> None:
    (asked.folder / "job.py").write_text(_DASK)
    check(asked, json.loads(asked.run("job.py", str(asked.folder), kill_at=(100,))))


@needs("pyspark")
@HAS_JAVA
def test_spark_loses_a_worker(asked: Asked) -> None:
    said = asked.run("-c", _SPARK, str(asked.folder), kill_at=(100,))
    check(asked, [json.loads(line) for line in said.splitlines()])


def test_each_engine_has_an_example() -> None:
    assert [example.engine for example in EXAMPLES] == ["ray", "pyspark", "dask"]


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: f"{example.page}:{example.number}")
@needs("ray", "dask", "pyspark")
def test_an_example_runs_as_it_stands(example: Example, asked: Asked) -> None:
    if example.engine == "pyspark" and shutil.which("java") is None:
        pytest.skip(HAS_JAVA.kwargs["reason"])
    (asked.folder / "example.py").write_text(example.source)
    asked.run("example.py")
    assert len(asked.times) == len(asked.carried_out) == (1000 if example.engine == "ray" else 20)


_META = """
import dask.dataframe, pandas
from lowcodeapi_baseten.distributed import Predict

rows = dask.dataframe.from_pandas(pandas.DataFrame({"text": ["a", "b"]}), npartitions=1)
done = rows.map_partitions(Predict("text", environment="production"))
print(dict(done.dtypes.astype(str)))
"""


@needs("dask")
def test_dask_asks_for_the_columns_and_no_made_up_row_is_sent(asked: Asked) -> None:
    assert asked.run("-c", _META) == f"{dict.fromkeys(['text', 'output', 'error', 'error_type'], 'string')}\n"
    assert not asked.times


@needs("cloudpickle")
def test_engines_pickle_no_token(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    asked = Asked(tmp_path)
    with asked.gateway as gateway:
        monkeypatch.setenv("LOWCODEAPI_API_TOKEN", gateway.api_token)
        monkeypatch.setenv("LOWCODEAPI_BASE_URL", gateway.base_url)
        predict = Predict("text", environment="production")
        assert predict({"text": ["a"]})["error"] == [None]
        pickled = importlib.import_module("cloudpickle").dumps(predict)
    assert gateway.api_token.encode() not in pickled


_S3 = """
import os, threading

os.environ.update(AWS_ACCESS_KEY_ID="none", AWS_SECRET_ACCESS_KEY="none", AWS_DEFAULT_REGION="us-east-1")
import boto3
from lowcodeapi_baseten.distributed import Predict, store
from moto.server import ThreadedMotoServer

server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
server.start()
os.environ["AWS_ENDPOINT_URL"] = "http://127.0.0.1:%d" % server.get_host_and_port()[1]
boto3.client("s3").create_bucket(Bucket="bucket")
won = []

def work():
    place = store.opened("s3://bucket/race")
    won.extend(name for name in map(str, range(20)) if place.create(name, os.urandom(8)))

workers = [threading.Thread(target=work) for _ in range(4)]
for worker in workers:
    worker.start()
for worker in workers:
    worker.join()
assert sorted(won) == sorted(map(str, range(20))), won
for _ in range(2):
    predict = Predict("text", environment="production", checkpoint="s3://bucket/job", chunk=10)
    assert predict({"text": [f"number {n}" for n in range(25)]})["error"] == [None] * 25
server.stop()
"""


@needs("s3fs", "moto")
def test_a_bucket_of_s3_is_a_checkpoint(asked: Asked) -> None:
    asked.run("-c", _S3)
    assert len(asked.times) == 25
