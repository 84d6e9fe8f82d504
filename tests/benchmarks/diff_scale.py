"""Time and memory of comparing two large documents: `python tests/benchmarks/diff_scale.py`.

The documents are Baseten's, copied under other paths until there are enough operations. About every sixth operation
is changed, in one of five ways.
"""

from __future__ import annotations

import argparse
import copy
import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from codegen.document import reading  # noqa: E402

Json = dict[str, Any]
SPECS = ROOT / "codegen" / "specs"


def grown(document: Json, operations: int) -> Json:
    """The document with copies of its operations, `operations` in total. Each copy has its own paths and tags."""
    result: Json = {**document, "paths": {}}
    left = operations
    copies = 0
    while left > 0:
        for path, item in document["paths"].items():
            kept = dict(list(item.items())[:left])
            if kept:
                text = json.dumps(kept).replace(".baseten.co/", f".baseten.co/g{copies}/")
                renamed = json.loads(text)
                for operation in renamed.values():
                    operation["tags"] = [f"{operation['tags'][0]} {copies}"]
                result["paths"][f"/g{copies}{path}"] = renamed
                left -= len(kept)
        copies += 1
    return result


def changed(document: Json, changes: int) -> Json:
    """The document with this many changes, spread evenly across its operations."""
    result = copy.deepcopy(document)
    found = list(reading.operations(result))
    for number in range(changes):
        path, method, operation = found[number * len(found) // changes]
        match number % 5:
            case 0:
                operation["summary"] += " again"
            case 1:
                query = {"name": "limit", "in": "query", "schema": {"type": "integer"}}
                operation.setdefault("parameters", []).append(query)
            case 2:
                operation["deprecated"] = True
            case 3:
                del result["paths"][path][method]
            case _:
                operation["responses"]["429"] = {"description": "Too many requests"}
    return result


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--operations", type=int, default=1200)
    parser.add_argument("--changes", type=int, default=200)
    options = parser.parse_args()
    snapshot = reading.load(SPECS / "baseten")
    with tempfile.TemporaryDirectory() as name:
        folders = [Path(name) / "old", Path(name) / "new"]
        for folder in folders:
            folder.mkdir()
        for kind, document in (("openapi", snapshot["openapi"]), ("definition", snapshot["definition"])):
            assert document is not None
            old = grown(document, options.operations)
            for folder, version in zip(folders, (old, changed(old, options.changes)), strict=True):
                (folder / f"{kind}.json").write_text(json.dumps(version))
        # The overlay doesn't know the copies' paths.
        command = [sys.executable, "-m", "codegen", "diff", *map(str, folders), "--overlays", str(Path(name) / "none")]
        for form in ("text", "html"):
            started = time.perf_counter()
            arguments = ["--format", form, "--output", str(Path(name) / "report")]
            subprocess.run([*command, *arguments], cwd=ROOT, check=True)
            used = resource.getrusage(resource.RUSAGE_CHILDREN)
            print(f"{form}: {time.perf_counter() - started:.2f} s, start of the process included")
    print(f"both: {used.ru_utime + used.ru_stime:.2f} s of the processor, at most {used.ru_maxrss / 1024:.0f} MiB")
    return 0


if __name__ == "__main__":
    sys.exit(main())
