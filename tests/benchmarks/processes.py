"""Measurements in a separate process: importing, the first call, memory."""

from __future__ import annotations

import os
import subprocess
import sys
import time

from .clients import TOKEN, has, url

_FIRST_OURS = """
from lowcodeapi_baseten import Baseten
client = Baseten(api_token={token!r}, base_url={base!r}, remember=False)
client.inference.predict_environment("production", input=1)
"""
_FIRST_HTTPX = """
import httpx
httpx.Client().post({url!r}, json={{"input": 1}}).json()
"""
_MEMORY = """
import sys
from lowcodeapi_baseten import Baseten
def now():
    with open("/proc/self/status") as file:
        lines = dict(line.split(":", 1) for line in file)
    return int(lines["VmRSS"].split()[0]), int(lines["VmHWM"].split()[0])
items, base_url, token, transport = int(sys.argv[1]), *sys.argv[2:]
with Baseten(api_token=token, base_url=base_url, remember=False, transport=transport or None) as client:
    client.inference.predict_environment("production", input=1)
    before = now()[0]
    inputs = ({"n": n, "text": "a" * 100} for n in range(items))
    for item in client.inference.predict_many(inputs, environment="production", concurrency=64, ordered=True):
        if (item.position + 1) % (items // 10) == 0:
            print((now()[0] - before) // 1024, end=" ", flush=True)
    print((now()[1] - before) // 1024)
"""


def _seconds(code: str, bytecode: str) -> float:
    # An installed package has bytecode. A work tree has none if Python is told to write none.
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    # The tests need trio, which httpcore imports if installed: don't count it as httpx's own.
    code = f"import sys; sys.modules['trio'] = None\n{code}"
    started = time.perf_counter()
    subprocess.run([sys.executable, "-c", code], check=True, env={**kept, "PYTHONPYCACHEPREFIX": bytecode})
    return time.perf_counter() - started


def starts(port: int) -> dict[str, str]:
    """The measured programs, by name."""
    base = url(port).partition("/environments")[0]
    programs = {
        "a bare interpreter": "pass",
        "import lowcodeapi_baseten": "import lowcodeapi_baseten",
        "import httpx": "import httpx",
        "httpx, first call": _FIRST_HTTPX.format(url=url(port)),
        "ours, first call": _FIRST_OURS.format(token=TOKEN, base=base),
    }
    programs.update({f"import {module}": f"import {module}" for module in ("openai",) if has(module)})
    programs.update({"import baseten.client": "import baseten.client"} if has("baseten") else {})
    return programs


def round_of_starts(programs: dict[str, str], bytecode: str) -> dict[str, float]:
    """Seconds of each; `bytecode` is a folder."""
    return {name: _seconds(code, bytecode) for name, code in programs.items()}


def memory(port: int, items: int, transport: str | None) -> list[int]:
    """MiB above the start after each tenth of a run, and at its peak, as the operating system counts."""
    base = url(port).partition("/environments")[0]
    command = [sys.executable, "-c", _MEMORY, str(items), base, TOKEN, transport or ""]
    return [int(said) for said in subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()]
