"""`python -m tests.distributed.overhead`: rows a second of one Ray actor, as a part of plain `predict_many`'s.

All send the same small JSON to nginx on loopback, in turns; the medians of three rounds are compared. Neither importing
nor starting Ray counts: a run begins when the first batch is done, in `predict_many` as in the actor.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from lowcodeapi_baseten import Baseten

from tests.benchmarks import server
from tests.distributed.engines import ROOT

ROWS, BATCH, ROUNDS = 20_000, 2_000, 3


def plain(transport: str | None) -> float:
    """Rows a second of `predict_many`."""
    with Baseten(transport=transport, remember=False) as client:  # type: ignore[arg-type]
        first = client.inference.predict_many(["first"], environment="production")
        assert next(first).error is None
        first.close()
        inputs = (f"number {row}" for row in range(ROWS))
        began = time.monotonic()
        items = client.inference.predict_many(inputs, environment="production", on_error="collect")
        assert sum(item.error is None for item in items) == ROWS
        return ROWS / (time.monotonic() - began)


def actor(transport: str | None, checkpoint: bool) -> float:
    """Rows a second of one actor."""
    with tempfile.TemporaryDirectory() as folder:
        options: dict[str, Any] = {"environment": "production", "client": {"transport": transport, "remember": False}}
        if checkpoint:
            options["checkpoint"] = f"{folder}/checkpoint"
        job = {"count": ROWS, "blocks": ROWS // BATCH, "batch_size": BATCH, "actors": 1, "options": options}
        command = [sys.executable, "-m", "tests.distributed.ray_job", folder, json.dumps(job)]
        subprocess.run(command, cwd=ROOT, check=True, stderr=subprocess.DEVNULL)
        found = json.loads(Path(folder, "rows.json").read_text())["rows"]
        assert [row["error"] for row in found] == [None] * ROWS
        ends = [float(line) for line in Path(folder, "ends").read_text().splitlines()]
        return (ROWS - BATCH) / (ends[-1] - ends[0])


def main() -> None:
    """Print the medians."""
    os.environ["LOWCODEAPI_API_TOKEN"] = "lca-local-0123456789abcdef"
    ways: dict[str, Callable[[str | None], float]]
    ways = {"plain": plain, "actor": lambda wire: actor(wire, False), "with checkpoint": lambda wire: actor(wire, True)}
    with server.served() as (name, port):
        os.environ["LOWCODEAPI_BASE_URL"] = f"http://127.0.0.1:{port}/baseten"
        for wire in (None, "fast"):
            seen: dict[str, list[float]] = {way: [] for way in ways}
            for _ in range(ROUNDS):
                for way, measure in ways.items():
                    seen[way].append(measure(wire))
            base = statistics.median(seen["plain"])
            for way, rates in seen.items():
                rate = statistics.median(rates)
                print(
                    f"{wire or 'default'}, {way}: {rate:,.0f} rows a second, {rate / base:.2f} × ({name})", flush=True
                )


if __name__ == "__main__":
    main()
