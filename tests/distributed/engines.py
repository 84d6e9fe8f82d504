"""Engines that `make test` does not install. Each runs in a process of its own, since it leaves threads behind."""

from __future__ import annotations

import contextlib
import importlib.util
import os
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from lowcodeapi_baseten.testing import LocalGateway

ROOT = Path(__file__).parents[2]


def needs(*modules: str) -> pytest.MarkDecorator:
    """Skip tests where these modules are not installed."""
    absent = [name for name in modules if importlib.util.find_spec(name) is None]
    return pytest.mark.skipif(bool(absent), reason="engines are not installed: make test-distributed")


class Asked:
    """A gateway that counts, and takes a moment, so that there is something under way when a worker is killed.

    Attributes:
        carried_out: The number of times that each input was carried out.
        times: When a prediction came, on the monotonic clock.
        killed: The workers that `run` has killed.
    """

    def __init__(self, folder: Path) -> None:
        self.folder, self.carried_out, self.killed = folder, Counter[str](), list[int]()
        self.times: list[float] = []
        self.gateway = LocalGateway(record=False, predict=self._predict)
        self._lock = threading.Lock()

    def _predict(self, body: Any) -> Any:
        with self._lock:
            self.carried_out[str(body["input"])] += 1
            self.times.append(time.monotonic())
        time.sleep(0.005)
        return {"said": body["input"]}

    def run(self, *program: str, kill_at: tuple[int, ...] = ()) -> str:
        """Run a program to its end, and return its output. After so many predictions each, kill a worker.

        A worker that has a batch has a file `PID.pid` in the folder.
        """
        with self.gateway as gateway:
            env = {
                **os.environ,
                "LOWCODEAPI_API_TOKEN": gateway.api_token,
                "LOWCODEAPI_BASE_URL": gateway.base_url,
                "RAY_USAGE_STATS_ENABLED": "0",
                "PYSPARK_PYTHON": sys.executable,
                "PYTHONPATH": str(ROOT),
                "PYTHONWARNINGS": "ignore",
            }
            errors = self.folder / "errors"
            with (
                errors.open("w") as file,
                subprocess.Popen(
                    [sys.executable, *program], cwd=self.folder, env=env, stdout=subprocess.PIPE, stderr=file, text=True
                ) as process,
            ):
                said: list[str] = []
                reader = threading.Thread(target=lambda: said.extend(process.stdout or ()))
                reader.start()
                while process.poll() is None:
                    if len(self.killed) < len(kill_at) and len(self.times) >= kill_at[len(self.killed)]:
                        self._kill_one()
                    time.sleep(0.01)
                reader.join()
        assert process.returncode == 0, errors.read_text()[-5000:]
        return "".join(said)

    def _kill_one(self) -> None:
        """Kill the worker that was the last to begin a batch."""
        files = sorted(self.folder.glob("*.pid"), key=lambda path: path.stat().st_mtime)
        for pid in (int(path.stem) for path in reversed(files)):
            with contextlib.suppress(ProcessLookupError):
                if pid not in self.killed:
                    os.kill(pid, signal.SIGKILL)
                    self.killed.append(pid)
                    return
