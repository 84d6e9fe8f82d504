"""The generator's time, and its growth with the number of operations."""

from __future__ import annotations

import copy
import os
import resource
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from codegen import pipeline
from codegen.document import reading
from codegen.package import parse
from codegen.pair import pair
from codegen.render import render
from codegen.repair import repair

SIZES = {50: 5, 500: 3, 5000: 2}
"""Operations → runs: the fewer operations, the more chance there is in the measurement."""


def seconds() -> float:
    """The time of `make generate` for Baseten, without setup."""
    started = time.perf_counter()
    pipeline.generate("baseten", say=lambda _: None)
    return time.perf_counter() - started


def synthetic(document: dict[str, Any], operations: int) -> dict[str, Any]:
    """A document like this one with this many operations: its own, repeated in other groups and paths."""
    grown = {**document, "paths": {}}
    made = copies = 0
    while made < operations:
        for path, item in document["paths"].items():
            kept = list(item.items())[: operations - made]
            copied = {method: copy.deepcopy(node) for method, node in kept}
            for node in copied.values():
                node["tags"] = [f"Group {copies}"]
                node["operationId"] = f"operation{made}"
                node["summary"] = f"{node.get('summary', 'Operation')} {made}"
                made += 1
            if copied:
                grown["paths"][f"/c{copies}{path}"] = copied
        copies += 1
    return grown


def grown(operations: int) -> tuple[float, float]:
    """Processor seconds and MiB for a document with this many operations: the best of `SIZES` processes.

    Modules are imported before the clock starts. Processes may keep bytecode, of modules and of templates, as by
    default: so all but the first find the templates compiled.
    """
    command = [sys.executable, "-m", "tests.benchmarks.generation", str(operations)]
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    runs = []
    for _ in range(SIZES[operations]):
        said = subprocess.check_output(command, text=True, cwd=Path(__file__).parents[2], env=kept)
        taken, memory = map(float, said.split()[-2:])
        runs.append((taken, memory))
    return min(runs)


def _processor_seconds() -> float:
    """Seconds including ruff's. Processor time, so that other load on the machine does not count."""
    # os.times() counts in hundredths of a second: too coarse for 50 operations.
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(each.ru_utime + each.ru_stime for each in used)


def _peak() -> float:
    """The peak memory of this program in MiB. `getrusage` would include the process before it became this program."""
    with open("/proc/self/status") as file:
        return next(int(line.split()[1]) for line in file if line.startswith("VmHWM:")) / 1024


def _main(operations: int) -> None:
    snapshot = reading.load(pipeline.SPECS / "baseten")
    assert snapshot["openapi"] is not None
    document = synthetic(snapshot["openapi"], operations)
    before = _peak()
    started = _processor_seconds()
    repaired = repair.repair(document)
    paired = pair.pair(repaired.document, None)
    package = parse.parse(paired.document, provider="synthetic").package
    assert len(package.operations) == operations, f"{len(package.operations)} of {operations}"
    render.render(package)
    taken = _processor_seconds() - started
    print(taken, _peak() - before)


if __name__ == "__main__":
    _main(int(sys.argv[1]))
