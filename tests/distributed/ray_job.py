"""A Ray job of `Predict`: `python -m tests.distributed.ray_job FOLDER JOB`. The options of JOB are in `job`.

It is a program of its own, since Ray leaves threads and processes behind until it ends. It writes its rows and its time
to FOLDER, and each of its workers writes down its process ID.
"""

from __future__ import annotations

import importlib
import json
import os
import sys
import time
from pathlib import Path
from typing import Any

from lowcodeapi_baseten.distributed import Predict


class Traced(Predict):
    """`Predict`, whose worker says which process it is while it has a batch, and when it has ended one."""

    def __init__(self, *, folder: str, **options: Any) -> None:
        self._folder = Path(folder)
        super().__init__(**options)

    def __call__(self, batch: Any) -> Any:
        busy = self._folder / f"{os.getpid()}.pid"
        busy.touch()
        done = super().__call__(batch)
        with (self._folder / "ends").open("a") as file:
            file.write(f"{time.monotonic()} {time.process_time()}\n")
        busy.unlink()
        return done


def main(folder: str, job: dict[str, Any]) -> None:
    """Predict for `count` rows and write them to the folder."""
    ray = importlib.import_module("ray")
    ray.init(num_cpus=4, include_dashboard=False, logging_level="ERROR", log_to_driver=False)
    ray.data.DataContext.get_current().enable_progress_bars = False
    rows = [{"id": row, "text": f"number {row}"} for row in range(job["count"])]
    data = ray.data.from_items(rows, override_num_blocks=job["blocks"])
    began = time.monotonic()
    done = data.map_batches(
        Traced,
        fn_constructor_kwargs={"folder": folder, "input": "text", "key": "id", **job["options"]},
        batch_size=job["batch_size"],
        batch_format=job.get("batch_format", "pyarrow"),
        compute=ray.data.ActorPoolStrategy(size=job["actors"]),
    ).take_all()
    seconds = time.monotonic() - began
    Path(folder, "rows.json").write_text(json.dumps({"seconds": seconds, "rows": done}))
    ray.shutdown()


if __name__ == "__main__":
    main(sys.argv[1], json.loads(sys.argv[2]))
