"""Updates a copy of the last commit to documents with one more operation and one more field: every test must pass.

Run it with `make test-new-documents`. The environment of the copy comes from the package index.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path

from codegen.document import reading
from tests.support.snapshot_changes import changed

ROOT = Path(__file__).parents[2]


def main() -> int:
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "copy"
        subprocess.run(["git", "clone", "--quiet", ROOT, copy], check=True)
        snapshot = copy / "codegen" / "specs" / "baseten"
        openapi, definition = (json.loads((snapshot / f"{name}.json").read_bytes()) for name in reading.NAMES)
        changed(openapi, definition, "an operation added", "a field added")
        for name, document in zip(reading.NAMES, (openapi, definition), strict=True):
            (snapshot / f"{name}.json").write_bytes(reading.canonical(document, where=name))
        return subprocess.run(["make", "update", "NO_FETCH=1"], cwd=copy, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
