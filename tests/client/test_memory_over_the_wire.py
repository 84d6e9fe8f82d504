"""The file that remembers a URL format between processes: how it can be damaged, and that damage breaks no call."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from lowcodeapi_baseten import Baseten
from lowcodeapi_baseten.testing import LocalGateway

HOUR = 3600.0
Json = dict[str, Any]


@pytest.fixture(scope="module")
def gateway() -> Iterator[LocalGateway]:
    """One for all: what is remembered is in the cache folder, and each test has its own."""
    with LocalGateway(new_format="missing", documents="none") as running:
        yield running


@pytest.fixture
def cache() -> Path:
    return Path(os.environ["XDG_CACHE_HOME"])


def formats_tried(gateway: LocalGateway, **options: Any) -> list[str]:
    """The formats of a new client's requests for one read, without those for the gateway's documents."""
    with Baseten(api_token=gateway.api_token, base_url=gateway.base_url, **options) as client:
        attempts = client.with_raw_response.models.get("abc123").attempts
    return [attempt.format for attempt in attempts if attempt.purpose != "documents"]


def remembered(cache: Path) -> Path:
    """The one file that a client has written."""
    (file,) = (path for path in cache.rglob("*") if path.is_file())
    return file


def test_a_verdict_is_kept_in_one_file_without_the_token(cache: Path, gateway: LocalGateway) -> None:
    assert formats_tried(gateway) == ["new", "old"]
    assert formats_tried(gateway) == ["old"]
    assert gateway.api_token not in remembered(cache).read_text()


def test_nothing_is_written_or_read_where_nothing_is_to_be_remembered(cache: Path, gateway: LocalGateway) -> None:
    assert formats_tried(gateway, remember=False) == ["new", "old"]
    assert not cache.exists()
    assert formats_tried(gateway) == ["new", "old"]
    assert formats_tried(gateway, remember=False) == ["new", "old"]


FOREIGN: dict[str, bytes] = {
    "nothing": b"",
    "half of it": b'{"version": 1, "gateways": {"http',
    "a list": b"[]",
    "a number": b"1",
    "text": b'"version"',
    "null": b"null",
    "no gateways": b'{"version": 1}',
    "a list of gateways": b'{"version": 1, "gateways": []}',
    "no UTF-8": b"\xff\xfe\x00",
    "too deep": b"[" * 100_000,
    "too large": b" " * (2 << 20) + b"{}",
    "a number of 5,000 digits": b"1" * 5_000,
}


@pytest.mark.parametrize("content", FOREIGN.values(), ids=FOREIGN)
def test_a_file_that_is_not_ours_is_read_as_nothing_and_replaced(
    content: bytes, cache: Path, gateway: LocalGateway
) -> None:
    formats_tried(gateway)
    remembered(cache).write_bytes(content)
    assert formats_tried(gateway) == ["new", "old"]
    assert formats_tried(gateway) == ["old"]


def changed(**fields: Any) -> Callable[[Json], Any]:
    return lambda entry: {**entry, **fields}


ODD: dict[str, Callable[[Json], Any]] = {
    "no object": lambda entry: "old",
    "a list": lambda entry: [entry],
    "no format": lambda entry: {"at": entry["at"]},
    "a format to come": changed(format="newest"),
    "a format that is null": changed(format=None),
    "a format that is a list": changed(format=["old"]),
    "a format that is an object": changed(format={"old": True}),
    "of yesterday": changed(at=time.time() - 25 * HOUR),
    "of tomorrow": changed(at=time.time() + HOUR),
    "of no time": lambda entry: {"format": entry["format"]},
    "of a time in words": changed(at="now"),
    "of a time beyond all numbers": changed(at=10**400),
    "of NaN": changed(at=float("nan")),
    "of infinity": changed(at=float("inf")),
}


def write_entry(cache: Path, gateway: LocalGateway, change: Callable[[Json], Any]) -> None:
    file = remembered(cache)
    known = json.loads(file.read_text())
    known["gateways"][gateway.base_url] = change(known["gateways"][gateway.base_url])
    file.write_text(json.dumps(known))


@pytest.mark.parametrize("change", ODD.values(), ids=ODD)
def test_an_entry_that_is_odd_or_stale_is_not_believed(
    change: Callable[[Json], Any], cache: Path, gateway: LocalGateway
) -> None:
    formats_tried(gateway)
    write_entry(cache, gateway, change)
    assert formats_tried(gateway) == ["new", "old"]
    assert formats_tried(gateway) == ["old"]


@pytest.mark.parametrize(
    "operations",
    [None, [], "models.get", {"models.get": "newest"}, {"models.get": ["new"]}, {"models.get": None}],
    ids=repr,
)
def test_odd_operations_leave_the_verdict_on_the_gateway(operations: Any, cache: Path, gateway: LocalGateway) -> None:
    formats_tried(gateway)
    write_entry(cache, gateway, changed(operations=operations))
    assert formats_tried(gateway) == ["old"]


def test_an_odd_entry_of_another_gateway_spoils_nothing(cache: Path, gateway: LocalGateway) -> None:
    formats_tried(gateway)
    file = remembered(cache)
    known = json.loads(file.read_text())
    known["gateways"]["https://example.com/baseten"] = {"format": ["old"], "at": 10**400}
    known["gateways"][gateway.base_url]["at"] -= 2 * HOUR
    file.write_text(json.dumps(known))
    assert formats_tried(gateway) == ["old"]
    assert formats_tried(gateway) == ["old"]


def test_a_cache_folder_that_cannot_be_used_makes_no_call_fail(cache: Path, gateway: LocalGateway) -> None:
    cache.write_text("a file where a folder is expected")
    assert formats_tried(gateway) == ["new", "old"]
    assert formats_tried(gateway) == ["new", "old"]


def test_a_folder_in_place_of_the_file_makes_no_call_fail(cache: Path, gateway: LocalGateway) -> None:
    formats_tried(gateway)
    file = remembered(cache)
    file.unlink()
    file.mkdir()
    assert formats_tried(gateway) == ["new", "old"]
    assert [path for path in cache.rglob("*") if path.is_file()] == []


def test_a_relative_cache_folder_is_not_used(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, gateway: LocalGateway
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("XDG_CACHE_HOME", "here")
    formats_tried(gateway)
    assert not (tmp_path / "here").exists()
    assert remembered(tmp_path / "home" / ".cache")
