"""Python modules, formatted by ruff."""

from __future__ import annotations

import subprocess
import tempfile
from collections.abc import Mapping
from pathlib import Path

from ruff import find_ruff_bin  # type: ignore[import-untyped]

from ..document.reading import DocumentError

_OPTIONS = ("--isolated", "--no-cache", "--quiet", "--target-version", "py311", "--line-length", "120")


def formatted(files: Mapping[str, str]) -> dict[str, str]:
    """The same modules, by path, with sorted imports and without unused ones. Raises `DocumentError` for bad syntax."""
    with tempfile.TemporaryDirectory(prefix="lowcodeapi-codegen-") as name:
        folder = Path(name)
        for path, text in files.items():
            target = folder / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(text, encoding="utf-8", newline="\n")
        _run("check", "--select", "F401,I,RUF022", "--fix", *_OPTIONS, name)
        _run("format", *_OPTIONS, name)
        return {path: (folder / path).read_text(encoding="utf-8") for path in files}


def _run(*arguments: str) -> None:
    # The binary itself: `python -m ruff` starts an interpreter first, which takes longer than ruff.
    done = subprocess.run([find_ruff_bin(), *arguments], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        said = " ".join((done.stdout + done.stderr).split())
        raise DocumentError(f"ruff can't read what was made: {said[:400]}")
