"""Ruff would change nothing in what templates write."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from codegen.render import render
from tests.support.small_documents import body, document, operation, parsed


def test_ruff_would_change_nothing_in_what_is_written(tmp_path: Path) -> None:
    """Not even in the modules that it never sees, as they are the same in every package."""
    upload = {"content": {"multipart/form-data": {"schema": {"type": "object", "properties": {"a": {}}}}}}
    paths = {
        "/a": {"post": operation("Send it", requestBody=upload)},
        "/b": {"post": operation("Make it", requestBody=body({"b": {"type": "string", "enum": ["x", "y"]}}))},
    }
    files = render.render(parsed(document(paths)).package)
    assert {Path(path).name for path in files} >= {"forms.py", "connected.py", "types.py", "_raw.py", "schema.py"}
    for path, content in files.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_bytes(content)
    options = ["--isolated", "--no-cache", "--line-length", "120", "--target-version", "py311", str(tmp_path)]
    for command in (["check", "--select", "F,I,RUF022"], ["format", "--diff"]):
        done = subprocess.run([sys.executable, "-m", "ruff", *command, *options], capture_output=True, text=True)
        assert done.returncode == 0, done.stdout
