"""Ray Data: actors are killed, nothing is carried out twice, and every row comes back. `make test-distributed`."""

from __future__ import annotations

import json
import os
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from lowcodeapi_baseten.testing import FaultPlan

from tests.distributed.engines import Asked, needs

pytestmark = needs("ray")
ROWS = int(os.environ.get("DISTRIBUTED_ROWS", "2000"))


@pytest.fixture
def asked(tmp_path: Path) -> Asked:
    return Asked(tmp_path)


def run(asked: Asked, count: int, kills: int = 0, **options: Any) -> list[dict[str, Any]]:
    """The rows of a job of three actors. So many of them are killed, at equal distances."""
    options = {"environment": "production", **options}
    job = {"count": count, "blocks": 8, "batch_size": max(1, count // 8), "actors": 3, "options": options}
    kill_at = tuple(count * nth // (kills + 1) for nth in range(1, kills + 1))
    asked.run("-m", "tests.distributed.ray_job", str(asked.folder), json.dumps(job), kill_at=kill_at)
    found = json.loads((asked.folder / "rows.json").read_text())
    assert sorted(row["id"] for row in found["rows"]) == list(range(count))
    for row in found["rows"]:
        assert row["error"] or json.loads(row["output"]) == {"said": row["text"]}
    reasons = dict(Counter(row["error_type"] for row in found["rows"]))
    print(f"{len(asked.times):,} carried out for {count:,} rows, {reasons}, {found['seconds']:.1f} s")
    rows: list[dict[str, Any]] = found["rows"]
    return rows


def test_actors_are_killed_and_nothing_is_carried_out_twice(asked: Asked, tmp_path: Path) -> None:
    rows = run(asked, ROWS, kills=3, checkpoint=str(tmp_path / "checkpoint"), wait=2.0)
    assert len(asked.killed) == 3
    assert max(asked.carried_out.values()) == 1
    # No more is lost than what an actor has begun: its unfinished chunks.
    reasons = Counter(row["error_type"] for row in rows)
    assert reasons.keys() <= {None, "UnknownFateError"} and reasons["UnknownFateError"] <= 3 * 500


def test_all_actors_keep_to_one_limit_though_the_one_that_holds_it_is_killed(asked: Asked, tmp_path: Path) -> None:
    limit, count = 100, 400
    run(asked, count, kills=1, checkpoint=str(tmp_path / "checkpoint"), wait=1.0, rate_limit=limit)
    assert max(asked.carried_out.values()) == 1
    # Each actor may be late with its slots of a tenth of a second, and those of the new limit come on top.
    assert asked.times[-1] - asked.times[0] >= (len(asked.times) - 1) / limit - 4 * 0.1


def test_after_a_refusal_all_actors_wait(asked: Asked) -> None:
    asked.gateway.faults = FaultPlan(script=[None] * 50 + ["429"], retry_after="2")
    run(asked, 300, rate_limit=100)
    waits = sorted(later - earlier for earlier, later in zip(asked.times, asked.times[1:], strict=False))
    assert waits[-1] > 1.0


def test_without_a_checkpoint_rows_of_a_killed_actor_are_sent_again(asked: Asked) -> None:
    # As the documentation says: this is what the checkpoint is for.
    run(asked, 1000, kills=1)
    assert max(asked.carried_out.values()) == 2


_FORMATS = """
import json, ray
from lowcodeapi_baseten.distributed import Predict

ray.init(num_cpus=2, include_dashboard=False, logging_level="ERROR", log_to_driver=False)
ray.data.DataContext.get_current().enable_progress_bars = False
rows = ray.data.from_items([{"id": n, "text": f"number {n}", "array": [1, n]} for n in range(8)], override_num_blocks=2)
for form in ("pyarrow", "numpy", "pandas"):
    for column in ("text", "array"):
        options = {"input": column, "environment": "production"}
        one = {"compute": ray.data.ActorPoolStrategy(size=1), "num_cpus": 0.1}
        done = rows.map_batches(
            Predict, fn_constructor_kwargs=options, batch_format=form, batch_size=4, **one
        ).materialize()
        types = {str(type) for name, type in zip(done.schema().names, done.schema().types) if name.startswith("error")}
        print(json.dumps([form, sorted(types), [json.loads(row["output"])["said"] for row in done.take_all()]]))
"""


def test_batches_of_each_format_are_answered_and_arrow_s_columns_are_text(asked: Asked) -> None:
    found = [json.loads(line) for line in asked.run("-c", _FORMATS).splitlines()]
    assert [form for form, _, _ in found] == ["pyarrow"] * 2 + ["numpy"] * 2 + ["pandas"] * 2
    for form, types, said in found:
        assert sorted(said) in ([f"number {n}" for n in range(8)], [[1, n] for n in range(8)])
        assert form != "pyarrow" or types == ["string"]
