"""Files written and removed, all or nothing."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from codegen.document.reading import DocumentError
from codegen.files.write import write_all


def tree(folder: Path) -> dict[str, bytes | None]:
    """Every path below the folder: its bytes, or None for a folder."""
    return {str(path.relative_to(folder)): path.read_bytes() if path.is_file() else None for path in folder.rglob("*")}


@pytest.fixture
def package(tmp_path: Path) -> Path:
    folder = tmp_path / "package"
    (folder / "models").mkdir(parents=True)
    for name in ("a.py", "b.py", "models/gone.py"):
        (folder / name).write_bytes(b"old " + name.encode())
    return folder


def rewrite(package: Path) -> None:
    files = {"a.py": b"new a", "b.py": b"new b", "c.py": b"new c", "resources/deep/d.py": b"new d"}
    write_all({package / name: content for name, content in files.items()}, remove=[package / "models/gone.py"])


def test_everything_is_written_and_removed(package: Path) -> None:
    rewrite(package)
    written = {"a.py": b"new a", "b.py": b"new b", "c.py": b"new c", "resources/deep/d.py": b"new d"}
    assert tree(package) == {**written, "models": None, "resources": None, "resources/deep": None}


def failing(function: Callable[..., Any], calls: set[int], error: BaseException, *, is_done: bool) -> Any:
    """The function, failing at the calls of these numbers (from 1), in place of its work or after it."""
    count = 0

    def called(*args: Any, **kwargs: Any) -> Any:
        nonlocal count
        count += 1
        if count not in calls:
            return function(*args, **kwargs)
        if is_done:
            function(*args, **kwargs)
        raise error

    return called


FULL = OSError(28, "No space left on device")


@pytest.mark.parametrize(
    ("module", "name", "calls", "error", "is_done"),
    [
        *((os, "replace", {n}, FULL, False) for n in (1, 2, 3, 4)),
        *((os, "replace", set(range(n, 99)), FULL, False) for n in (1, 4)),
        *((Path, "write_bytes", {n}, FULL, False) for n in (1, 2, 3, 4)),
        *((Path, "mkdir", {n}, FULL, False) for n in (1, 2)),
        (Path, "unlink", {1}, FULL, False),
        *((os, "replace", {n}, KeyboardInterrupt(), is_done) for n in (1, 2, 3, 4) for is_done in (False, True)),
    ],
)
def test_when_a_step_fails_or_is_interrupted_everything_is_as_before(
    package: Path,
    monkeypatch: pytest.MonkeyPatch,
    module: Any,
    name: str,
    calls: set[int],
    error: BaseException,
    is_done: bool,
) -> None:
    before = tree(package)
    with monkeypatch.context() as patched:
        patched.setattr(module, name, failing(getattr(module, name), calls, error, is_done=is_done))
        with pytest.raises(DocumentError if error is FULL else KeyboardInterrupt) as caught:
            rewrite(package)
    assert tree(package) == before
    if error is FULL:
        assert "No space left on device" in str(caught.value)
        assert "nothing was changed" in str(caught.value)
        assert str(caught.value).isprintable()
        assert caught.value.__suppress_context__


def test_a_file_that_holds_its_bytes_already_is_left_alone(package: Path) -> None:
    before = (package / "a.py").stat()
    write_all({package / "a.py": b"old a.py", package / "b.py": b"new"}, remove=[package / "absent.py"])
    after = (package / "a.py").stat()
    assert (after.st_ino, after.st_mtime_ns) == (before.st_ino, before.st_mtime_ns)
    assert (package / "b.py").read_bytes() == b"new"


def test_links_folders_and_what_lies_below_a_file_or_outside_are_refused(package: Path) -> None:
    outside = package.parent / "outside"
    outside.mkdir()
    (outside / "x.py").write_bytes(b"theirs")
    (package / "to-file").symlink_to(package / "b.py")
    (package / "to-nothing").symlink_to(package / "absent.py")
    (package / "to-folder").symlink_to(outside, target_is_directory=True)
    before = tree(package)

    def refused(says: str, *targets: Path, is_removed: bool = False, **options: Any) -> None:
        new = dict.fromkeys(targets, b"new")
        with pytest.raises(DocumentError, match=says):
            write_all({package / "a.py": b"new", **new}, **options)
        if is_removed:
            with pytest.raises(DocumentError, match=says):
                write_all({package / "a.py": b"new"}, remove=targets, **options)
        assert tree(package) == before

    for name in ("to-file", "to-nothing"):
        refused("is a symlink", package / name, is_removed=True)
    refused("no regular file", package / "models", is_removed=True)
    refused("can't be written", package / "b.py" / "c.py")
    refused("can't be written", package / "a.py" / "c.py")
    refused("can't be written", package / "new" / "c.py", package / "new")
    others = [package / ".." / "outside" / "x.py", package / "models" / ".." / "b.py", package]
    for target in (outside / "x.py", *others):
        refused("lies outside", target, is_removed=True, inside=package)
    for name in ("x.py", "deep/x.py"):
        refused("is a symlink and is not followed", package / "to-folder" / name, inside=package)
    assert tree(outside) == {"x.py": b"theirs"}


def test_inside_the_folder_everything_is_written(package: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    link = package.parent / "link"
    link.symlink_to(package, target_is_directory=True)
    write_all({link / "models" / "x.py": b"1", link / "y.py": b"2"}, inside=link)
    monkeypatch.chdir(package.parent)
    write_all({Path("package/new/z.py"): b"3"}, inside=Path("package"))
    assert [(package / name).read_bytes() for name in ("models/x.py", "y.py", "new/z.py")] == [b"1", b"2", b"3"]
