"""A backend, and a folder of snapshots."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from codegen.document import reading
from tests.fetch.backend import OLD, Backend


@pytest.fixture
def backend() -> Iterator[Backend]:
    running = Backend()
    yield running
    running.close()


@pytest.fixture
def specs(tmp_path: Path) -> Path:
    """A folder of snapshots, with one of Baseten in it."""
    folder = tmp_path / "specs"
    (folder / "baseten").mkdir(parents=True)
    for name, content in OLD.items():
        (folder / "baseten" / f"{name}.json").write_bytes(reading.canonical(content))
    (folder / "baseten" / "source.yaml").write_bytes(b"documents: {openapi: {fetched: '2026-01-02'}}\n")
    return folder
