"""A backend, a port where nobody is, and a folder of snapshots."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from codegen.document import reading
from tests.fetch.backend import OLD, Backend


@pytest.fixture
def backend() -> Iterator[Backend]:
    with Backend() as running:
        yield running


@pytest.fixture
def nobody() -> Iterator[str]:
    """A port that refuses: bound, so that nobody else can have it, but not listened on."""
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        yield f"http://127.0.0.1:{bound.getsockname()[1]}"


@pytest.fixture
def specs(tmp_path: Path) -> Path:
    """A folder of snapshots, with one of Baseten in it."""
    folder = tmp_path / "specs"
    (folder / "baseten").mkdir(parents=True)
    for name, content in OLD.items():
        (folder / "baseten" / f"{name}.json").write_bytes(reading.canonical(content))
    (folder / "baseten" / "source.yaml").write_bytes(b"documents: {openapi: {fetched: '2026-01-02'}}\n")
    return folder
