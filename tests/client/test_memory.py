"""The file that remembers a URL format between processes: how it can be damaged, and that damage breaks no call."""

from __future__ import annotations

import json
import os
import stat
from pathlib import Path
from typing import Any

import pytest
from lowcodeapi_baseten import Baseten
from lowcodeapi_baseten.memory import Memory
from lowcodeapi_baseten.testing import LocalGateway

HERE, NOW, HOUR = "http://127.0.0.1:1/baseten", 1_000_000.0, 3600.0
NOTHING: Any = (None, {}, False)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "cache" / "formats.json"


@pytest.fixture
def memory(file: Path) -> Memory:
    return Memory(file, lambda: NOW)


def test_a_verdict_is_kept_for_a_day(memory: Memory, file: Path) -> None:
    memory.store(HERE, "old", {"models.get": "new"}, is_barred=True)
    assert memory.recall(HERE) == ("old", {"models.get": "new"}, True)
    assert Memory(file, lambda: NOW + 23 * HOUR).recall(HERE)[0] == "old"
    assert Memory(file, lambda: NOW + 25 * HOUR).recall(HERE) == NOTHING
    assert memory.recall("https://example.com/baseten") == NOTHING
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_what_is_stale_is_dropped_and_an_unfinished_file_removed(
    memory: Memory, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    Memory(file, lambda: NOW - 25 * HOUR).store(HERE, "old", {}, is_barred=False)
    memory.store("http://b", "new", {}, is_barred=False)
    assert [*json.loads(file.read_text())["gateways"]] == ["http://b"]

    def full(*paths: object) -> None:
        raise OSError("the disk is full")

    monkeypatch.setattr(os, "replace", full)
    memory.store("http://b", "old", {}, is_barred=True)
    assert [*file.parent.iterdir()] == [file] and memory.recall("http://b") == ("new", {}, False)


FOREIGN: dict[str, bytes] = {
    "nothing": b"",
    "half of it": b'{"version": 1, "gateways": {"http',
    "a list": b"[]",
    "a number": b"1",
    "no gateways": b'{"version": 1}',
    "a list of gateways": b'{"version": 1, "gateways": []}',
    "no UTF-8": b"\xff\xfe\x00",
    "too deep": b"[" * 100_000,
    "too large": b" " * (2 << 20) + b"{}",
    "a number of 5,000 digits": b"1" * 5_000,
}


@pytest.mark.parametrize("content", FOREIGN.values(), ids=FOREIGN)
def test_a_file_that_is_not_ours_is_read_as_nothing_and_replaced(content: bytes, memory: Memory, file: Path) -> None:
    file.parent.mkdir()
    file.write_bytes(content)
    assert memory.recall(HERE) == NOTHING
    memory.store(HERE, "old", {}, is_barred=False)
    assert memory.recall(HERE) == ("old", {}, False)


GOOD: dict[str, Any] = {"format": "old", "operations": {}, "barred": False, "at": NOW - HOUR}
ODD: list[Any] = ["old", [GOOD], {"at": NOW}, {"format": "old"}]
ODD += [{**GOOD, "format": odd} for odd in ("newest", None, ["old"], {"old": True})]
ODD += [{**GOOD, "at": odd} for odd in (NOW - 25 * HOUR, NOW + 1, "now", 10**400, float("nan"), float("inf"))]


@pytest.mark.parametrize("entry", ODD, ids=lambda entry: repr(entry)[:60])
def test_an_entry_that_is_odd_or_stale_is_not_believed_and_spoils_no_other(
    entry: Any, memory: Memory, file: Path
) -> None:
    file.parent.mkdir()
    file.write_text(json.dumps({"version": 1, "gateways": {HERE: entry, "http://b": GOOD}}))
    assert memory.recall(HERE) == NOTHING
    assert memory.recall("http://b") == ("old", {}, False)
    memory.store("http://c", "new", {}, is_barred=False)
    assert [memory.recall(url)[0] for url in (HERE, "http://b", "http://c")] == [None, "old", "new"]


def test_only_a_gateway_of_the_old_format_bars_the_new_one(memory: Memory, file: Path) -> None:
    file.parent.mkdir()
    file.write_text(json.dumps({"version": 1, "gateways": {HERE: {**GOOD, "format": "new", "barred": True}}}))
    assert memory.recall(HERE) == ("new", {}, False)


@pytest.mark.parametrize("operations", [None, [], "models.get", {"models.get": "newest"}, {"a": ["new"]}], ids=repr)
def test_odd_operations_leave_the_verdict_on_the_gateway(operations: Any, memory: Memory, file: Path) -> None:
    file.parent.mkdir()
    file.write_text(json.dumps({"version": 1, "gateways": {HERE: {**GOOD, "operations": operations}}}))
    assert memory.recall(HERE) == ("old", {}, False)


def formats_tried(gateway: LocalGateway, **options: Any) -> list[str]:
    """The formats of a new client's requests for one read, without those for the gateway's documents."""
    with Baseten(api_token=gateway.api_token, base_url=gateway.base_url, **options) as client:
        attempts = client.with_raw_response.models.get("abc123").attempts
    return [attempt.format for attempt in attempts if attempt.purpose != "documents"]


def test_a_client_remembers_without_the_token_and_never_fails_for_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    cache = Path(os.environ["XDG_CACHE_HOME"])
    with LocalGateway(new_format="missing", documents="none") as gateway:
        assert formats_tried(gateway, remember=False) == ["new", "old"]
        assert not cache.exists(), "nothing is written where nothing is to be remembered"
        assert [formats_tried(gateway), formats_tried(gateway)] == [["new", "old"], ["old"]]
        assert formats_tried(gateway, remember=False) == ["new", "old"]
        (file,) = (path for path in cache.rglob("*") if path.is_file())
        assert gateway.api_token not in file.read_text()
        file.unlink()
        file.mkdir()
        assert [formats_tried(gateway), formats_tried(gateway)] == [["new", "old"]] * 2, "a folder is in its place"
        monkeypatch.setenv("XDG_CACHE_HOME", __file__)
        assert [formats_tried(gateway), formats_tried(gateway)] == [["new", "old"]] * 2, "a file is in the folder's"
        # A relative folder is not used.
        monkeypatch.chdir(tmp_path)
        monkeypatch.setenv("HOME", str(tmp_path / "home"))
        monkeypatch.setenv("XDG_CACHE_HOME", "here")
        formats_tried(gateway)
        assert not (tmp_path / "here").exists() and [*(tmp_path / "home" / ".cache").rglob("formats.json")]
