"""A backend that can't be reached: the snapshot stays in use, and the error names it."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from codegen.fetch import backend as asking
from codegen.fetch.backend import Limits, is_unreachable
from codegen.fetch.fetch import Offline
from tests.fetch.backend import NEW, Backend, failure


@pytest.fixture
def nobody() -> Iterator[str]:
    """A port that refuses: bound, so that nobody else can have it, but not listened on."""
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        yield f"http://127.0.0.1:{bound.getsockname()[1]}"


def test_offline_names_the_snapshot_that_stays_in_use(nobody: str, specs: Path) -> None:
    error = failure(nobody, specs)
    assert isinstance(error, Offline)
    assert f"{nobody} could not be reached" in str(error)
    assert f"the snapshot {specs / 'baseten'} stays in use (fetched 2026-01-02; " in str(error)
    assert "operations: openapi 4, definition 4)" in str(error)


@pytest.mark.parametrize(
    ("source", "says"),
    [
        (b"documents: {openapi: {fetched: false}, definition: {fetched: false}}", "date unknown"),
        (b"documents: {openapi: {fetched: 2026-01-02}, definition: {fetched: '2025-12-31'}}", "fetched 2025-12-31"),
        (b"documents: []", "date unknown"),
        (b"documents: {openapi: {}}", "date unknown"),
        (b"[" * 400, "date unknown"),
        (b"\xff\x00", "date unknown"),
        (b"", "date unknown"),
        (None, "date unknown"),
    ],
)
def test_offline_bears_with_any_source_yaml(nobody: str, specs: Path, source: bytes | None, says: str) -> None:
    path = specs / "baseten" / "source.yaml"
    path.unlink() if source is None else path.write_bytes(source)
    error = failure(nobody, specs)
    assert isinstance(error, Offline)
    assert f"({says}; operations: " in str(error)


def test_offline_without_a_snapshot_says_so(nobody: str, tmp_path: Path) -> None:
    error = failure(nobody, tmp_path)
    assert isinstance(error, Offline)
    assert f"there is no snapshot in {tmp_path / 'baseten'}" in str(error)


def test_a_backend_that_goes_away_between_the_documents_is_offline(
    backend: Backend, specs: Path, nobody: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    backend.serve(NEW)
    get = asking._get

    async def second_goes_nowhere(url: httpx.URL, limits: Limits) -> bytes:
        return await get(url if url.path.endswith("openapi") else httpx.URL(nobody), limits)

    monkeypatch.setattr(asking, "_get", second_goes_nowhere)
    assert isinstance(failure(backend.url, specs), Offline)


def test_a_host_that_fails_to_prove_who_it_is_is_not_offline(backend: Backend, specs: Path) -> None:
    error = failure(backend.url.replace("http:", "https:"), specs)
    assert not isinstance(error, Offline)
    assert "the connection failed" in str(error)


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (httpx.ConnectError("refused"), True),
        (httpx.ConnectTimeout("slow"), True),
        (httpx.ProxyError("403 Forbidden"), True),
        (httpx.ReadError("reset"), False),
        (httpx.RemoteProtocolError("nonsense"), False),
    ],
)
def test_unreachable_means_that_nobody_was_there(error: httpx.HTTPError, expected: bool) -> None:
    assert is_unreachable(error) is expected
