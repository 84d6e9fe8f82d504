"""Ray Data: actors are killed, nothing is carried out twice, and every row comes back. `make test-distributed`."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from lowcodeapi_baseten.testing import LocalGateway

from tests.distributed.engines import ROOT, needs

pytestmark = needs("ray")
ROWS = int(os.environ.get("DISTRIBUTED_ROWS", "2000"))


class Done(NamedTuple):
    """The end of a job: its rows, the times that each input was carried out, and the workers that were killed."""

    rows: list[dict[str, Any]]
    carried_out: Counter[str]
    killed: list[int]
    seconds: float


class Job:
    """A job that runs, and the gateway that it asks."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.carried_out = folder, Counter[str]()
        self._lock = threading.Lock()

    def predict(self, body: Any) -> Any:
        """Take a moment, so that there is something under way when a worker is killed."""
        with self._lock:
            self.carried_out[body["input"]] += 1
        time.sleep(0.005)
        return {"said": body["input"]}

    def kill_one(self, killed: list[int]) -> None:
        """Kill the latest worker that still runs."""
        pids = sorted(self.folder.glob("*.pid"), key=lambda path: path.stat().st_mtime)
        for pid in (int(path.stem) for path in reversed(pids)):
            with contextlib.suppress(ProcessLookupError):
                if pid not in killed:
                    os.kill(pid, signal.SIGKILL)
                    killed.append(pid)
                    return

    def run(self, count: int, kills: int, **job: Any) -> Done:
        """Run it to its end; kill a worker at equal distances."""
        killed: list[int] = []
        with LocalGateway() as gateway:
            gateway.predict, gateway.record = self.predict, False
            job["options"] = {"environment": "production", **job.get("options", {})}
            job = {"count": count, "blocks": 8, "batch_size": 250, "actors": 3, **job}
            command = [sys.executable, "-m", "tests.distributed.ray_job", str(self.folder), json.dumps(job)]
            env = {
                **os.environ,
                "LOWCODEAPI_API_TOKEN": gateway.api_token,
                "LOWCODEAPI_BASE_URL": gateway.base_url,
                "RAY_USAGE_STATS_ENABLED": "0",
            }
            with subprocess.Popen(command, cwd=ROOT, env=env, stderr=subprocess.PIPE, text=True) as process:
                assert process.stderr is not None
                said = threading.Thread(target=lambda: errors.append(process.stderr.read()))  # type: ignore[union-attr]
                errors: list[str] = []
                said.start()
                while process.poll() is None:
                    if len(killed) < kills and self.carried_out.total() > (len(killed) + 1) * count / (kills + 1):
                        self.kill_one(killed)
                    time.sleep(0.01)
                said.join()
            assert process.returncode == 0, errors
        found = json.loads((self.folder / "rows.json").read_text())
        return Done(found["rows"], self.carried_out, killed, found["seconds"])


@pytest.fixture
def job(tmp_path: Path) -> Job:
    return Job(tmp_path)


def test_workers_are_killed_and_nothing_is_carried_out_twice(job: Job, tmp_path: Path) -> None:
    done = job.run(ROWS, kills=3, options={"checkpoint": str(tmp_path / "checkpoint"), "wait": 2.0})
    assert len(done.killed) == 3
    assert max(done.carried_out.values()) == 1
    assert sorted(row["id"] for row in done.rows) == list(range(ROWS))
    reasons = Counter(row["error_type"] for row in done.rows)
    print(f"{done.carried_out.total()} carried out, {reasons}, {done.seconds:.1f} s")
    assert set(reasons) == {None, "UnknownFateError"}
    for row in done.rows:
        assert row["error"] or json.loads(row["output"]) == {"said": row["text"]}
