"""`python -m tests.distributed.overhead`: rows a second of one Ray actor, as a part of plain `predict_many`'s.

All send the same small JSON to nginx on loopback, in turns; the medians of three rounds are compared, by the clock and
by the time of the worker's processor, which other programs on the machine change less. Neither importing nor starting
Ray counts: a run begins when the first batch is done, in `predict_many` as in the actor.
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


Rates = tuple[float, float]
"""Rows a second, and rows a second of the processor."""


def plain(transport: str | None) -> Rates:
    """The rates of `predict_many`."""
    with Baseten(transport=transport, remember=False) as client:  # type: ignore[arg-type]
        first = client.inference.predict_many(["first"], environment="production")
        assert next(first).error is None
        first.close()
        inputs = (f"number {row}" for row in range(ROWS))
        began, used = time.monotonic(), time.process_time()
        items = client.inference.predict_many(inputs, environment="production", on_error="collect")
        assert sum(item.error is None for item in items) == ROWS
        return ROWS / (time.monotonic() - began), ROWS / (time.process_time() - used)


def actor(transport: str | None, checkpoint: bool) -> Rates:
    """The rates of one actor."""
    with tempfile.TemporaryDirectory() as folder:
        options: dict[str, Any] = {"environment": "production", "client": {"transport": transport, "remember": False}}
        if checkpoint:
            options["checkpoint"] = f"{folder}/checkpoint"
        job = {"count": ROWS, "blocks": ROWS // BATCH, "batch_size": BATCH, "actors": 1, "options": options}
        command = [sys.executable, "-m", "tests.distributed.ray_job", folder, json.dumps(job)]
        subprocess.run(command, cwd=ROOT, check=True, stderr=subprocess.DEVNULL)
        found = json.loads(Path(folder, "rows.json").read_text())["rows"]
        assert [row["error"] for row in found] == [None] * ROWS
        first, *_, last = [line.split() for line in Path(folder, "ends").read_text().splitlines()]
        rows = ROWS - BATCH
        return rows / (float(last[0]) - float(first[0])), rows / (float(last[1]) - float(first[1]))


def main() -> None:
    """Print the medians."""
    os.environ["LOWCODEAPI_API_TOKEN"] = "lca-local-0123456789abcdef"
    ways: dict[str, Callable[[str | None], Rates]]
    ways = {"plain": plain, "actor": lambda wire: actor(wire, False), "with checkpoint": lambda wire: actor(wire, True)}
    with server.served() as port:
        os.environ["LOWCODEAPI_BASE_URL"] = f"http://127.0.0.1:{port}/baseten"
        for wire in (None, "fast"):
            seen: dict[str, list[Rates]] = {way: [] for way in ways}
            for _ in range(ROUNDS):
                for way, measure in ways.items():
                    seen[way].append(measure(wire))
            base = [statistics.median(rates) for rates in zip(*seen["plain"], strict=True)]
            for way, found in seen.items():
                rate, of_processor = (statistics.median(rates) for rates in zip(*found, strict=True))
                print(
                    f"{wire or 'default'}, {way}: {rate:,.0f} rows a second, {rate / base[0]:.2f} ×; "
                    f"{of_processor:,.0f} a second of the processor, {of_processor / base[1]:.2f} ×",
                    flush=True,
                )


if __name__ == "__main__":
    main()
