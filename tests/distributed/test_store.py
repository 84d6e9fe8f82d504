"""Where a checkpoint may be: places in which only one worker can create a file."""

from __future__ import annotations

import os
import stat
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from lowcodeapi_baseten import ConfigurationError
from lowcodeapi_baseten.distributed import Predict, store

from tests.support.tables import one_test


@one_test
@pytest.mark.parametrize(
    ("place", "problem"),
    [
        ("memory://run", "two workers could create the same file there"),
        ("hdfs://host/run", "two workers could create the same file there"),
        ("simplecache::s3://bucket/run", "two workers could create the same file there"),
        ("file:///tmp/run", "two workers could create the same file there"),
        ("run", "must be an absolute path or a URL"),
    ],
)
def test_a_place_is_refused_in_words_before_anything_is_sent(place: str, problem: str) -> None:
    with pytest.raises(ConfigurationError, match=problem):
        Predict(environment="production", checkpoint=place)


def test_a_file_is_created_once_and_is_the_user_s_alone(tmp_path: Path) -> None:
    place = store.opened(str(tmp_path / "new" / "folder"))
    assert place.create("a", b"1") and not place.create("a", b"2")
    assert (place.read("a"), place.read("b")) == (b"1", None)
    assert list((tmp_path / "new/folder").iterdir()) == [tmp_path / "new/folder/a"]
    assert stat.S_IMODE((tmp_path / "new/folder/a").stat().st_mode) == 0o600


def test_a_file_that_can_not_be_written_is_not_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    place = store.opened(str(tmp_path))

    def full(descriptor: int) -> None:
        raise OSError("the disk is full")

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", full)
        with pytest.raises(OSError, match="the disk is full"):
            place.create("a", b"1")
    assert place.create("a", b"1")


def test_a_file_and_its_name_are_on_disk_before_the_rows_are_sent(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place, synced = store.opened(str(tmp_path)), list[bool]()
    monkeypatch.setattr(os, "fsync", lambda descriptor: synced.append(stat.S_ISDIR(os.fstat(descriptor).st_mode)))
    place.create("a", b"1")
    assert synced == [False, True]
    place.create("b", b"1", is_synced=False)
    assert synced == [False, True]


def test_a_folder_that_can_not_be_made_is_an_error_of_ours(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(ConfigurationError, match=r"can't be used .*nothing was sent"):
        store.opened(str(tmp_path / "file"))


class Bucket:
    """fsspec's part of an object store. `fault` is what this one does wrong."""

    def __init__(self, fault: str) -> None:
        self.files: dict[str, bytes] = {}
        self._fault = fault

    def pipe_file(self, path: str, content: bytes, mode: str = "overwrite") -> None:
        assert mode == "create"
        is_there = path in self.files
        if not is_there or self._fault == "overwrites":
            self.files[path] = content
        if self._fault == "unreachable":
            raise PermissionError("Forbidden")
        # Its answer is lost, and botocore sends the request again.
        if (is_there and self._fault != "overwrites") or self._fault == "answers late":
            raise FileExistsError(path)

    def cat_file(self, path: str) -> bytes:
        try:
            return self.files[path]
        except KeyError:
            raise FileNotFoundError(path) from None

    def rm_file(self, path: str) -> None:
        del self.files[path]


@pytest.fixture
def bucket(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Bucket:
    made, fsspec = Bucket(getattr(request, "param", "")), ModuleType("fsspec")
    vars(fsspec)["url_to_fs"] = lambda place, **options: (made, place.partition("://")[2])
    monkeypatch.setitem(sys.modules, "fsspec", fsspec)
    monkeypatch.setitem(sys.modules, "s3fs", ModuleType("s3fs"))
    return made


@pytest.mark.parametrize("bucket", ["", "answers late"], indirect=True)
def test_an_object_is_created_once_also_if_its_answer_was_lost(bucket: Any) -> None:
    place = store.opened("s3://bucket/run")
    assert place.create("a", b"1") and not place.create("a", b"2")
    assert (place.read("a"), place.read("b")) == (b"1", None)
    assert bucket.files == {"bucket/run/a": b"1"}


@pytest.mark.parametrize(
    ("bucket", "problem"),
    [("overwrites", "creates a file that exists"), ("unreachable", "PermissionError: Forbidden")],
    indirect=["bucket"],
)
def test_an_object_store_is_tried_before_anything_is_sent(bucket: Any, problem: str) -> None:
    with pytest.raises(ConfigurationError, match=f"{problem}.*nothing was sent"):
        store.opened("s3://bucket/run")


@pytest.mark.parametrize("absent", ["fsspec", "s3fs"])
def test_a_library_that_is_not_there_is_named_with_its_extra(
    absent: str, bucket: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, absent, None)
    with pytest.raises(ConfigurationError, match=rf"needs {absent}: pip install .*\[distributed\]. s3fs"):
        store.opened("s3://bucket/run")
