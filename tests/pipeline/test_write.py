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


REWRITTEN = {
    **{"a.py": b"new a", "b.py": b"new b", "c.py": b"new c", "resources/deep/d.py": b"new d"},
    **{"models": None, "resources": None, "resources/deep": None},
}


def test_everything_is_written_and_removed(package: Path) -> None:
    rewrite(package)
    assert tree(package) == REWRITTEN


def failing(function: Callable[..., Any], calls: set[int], error: BaseException) -> Callable[..., Any]:
    """The function, failing at the calls of these numbers (from 1)."""
    count = 0

    def called(*args: Any, **kwargs: Any) -> Any:
        nonlocal count
        count += 1
        if count in calls:
            raise error
        return function(*args, **kwargs)

    return called


FULL = OSError(28, "No space left on device")


@pytest.mark.parametrize(
    ("module", "name", "calls"),
    [
        *((os, "replace", {n}) for n in (1, 2, 3, 4)),
        *((os, "replace", set(range(n, 99))) for n in (1, 2, 3, 4)),
        *((Path, "write_bytes", {n}) for n in (1, 2, 3, 4)),
        *((Path, "mkdir", {n}) for n in (1, 2)),
        (Path, "unlink", {1}),
    ],
)
def test_when_a_step_fails_everything_is_as_before(
    package: Path, monkeypatch: pytest.MonkeyPatch, module: Any, name: str, calls: set[int]
) -> None:
    before = tree(package)
    monkeypatch.setattr(module, name, failing(getattr(module, name), calls, FULL))
    with pytest.raises(DocumentError) as caught:
        rewrite(package)
    assert tree(package) == before
    assert "No space left on device" in str(caught.value)
    assert "nothing was changed" in str(caught.value)
    assert str(caught.value).isprintable()
    assert caught.value.__suppress_context__


@pytest.mark.parametrize("call", [1, 2, 3, 4])
def test_when_interrupted_everything_is_as_before(package: Path, monkeypatch: pytest.MonkeyPatch, call: int) -> None:
    before = tree(package)
    monkeypatch.setattr(os, "replace", failing(os.replace, {call}, KeyboardInterrupt()))
    with pytest.raises(KeyboardInterrupt):
        rewrite(package)
    assert tree(package) == before


@pytest.mark.parametrize("call", [1, 2, 3, 4])
def test_when_interrupted_after_a_rename_everything_is_as_before(
    package: Path, monkeypatch: pytest.MonkeyPatch, call: int
) -> None:
    before, rename, calls = tree(package), os.replace, list[Path]()

    def renamed_then_interrupted(source: Path, target: Path) -> None:
        rename(source, target)
        calls.append(target)
        if len(calls) == call:
            raise KeyboardInterrupt

    monkeypatch.setattr(os, "replace", renamed_then_interrupted)
    with pytest.raises(KeyboardInterrupt):
        rewrite(package)
    assert tree(package) == before


def test_a_file_that_holds_its_bytes_already_is_left_alone(package: Path) -> None:
    before = (package / "a.py").stat()
    write_all({package / "a.py": b"old a.py", package / "b.py": b"new"}, remove=[package / "absent.py"])
    after = (package / "a.py").stat()
    assert (after.st_ino, after.st_mtime_ns) == (before.st_ino, before.st_mtime_ns)
    assert (package / "b.py").read_bytes() == b"new"


def refused(package: Path, files: dict[Path, bytes], says: str, **options: Any) -> None:
    before = tree(package)
    with pytest.raises(DocumentError, match=says):
        write_all({package / "a.py": b"new", **files}, **options)
    assert tree(package) == before


def test_a_symlink_is_not_replaced_and_not_removed(package: Path) -> None:
    link = package / "link.py"
    for aim in ("b.py", "absent.py"):
        link.symlink_to(package / aim)
        refused(package, {link: b"new"}, "is a symlink")
        refused(package, {}, "is a symlink", remove=[link])
        link.unlink()


def test_a_folder_is_not_replaced_and_not_removed(package: Path) -> None:
    refused(package, {package / "models": b"new"}, "no regular file")
    refused(package, {}, "no regular file", remove=[package / "models"])


def test_a_target_below_a_file_is_refused(package: Path) -> None:
    refused(package, {package / "b.py" / "c.py": b"new"}, "can't be written")
    refused(package, {package / "a.py" / "c.py": b"new"}, "can't be written")
    refused(package, {package / "new" / "c.py": b"new", package / "new": b""}, "can't be written")


def test_nothing_is_written_or_removed_outside_the_folder(package: Path) -> None:
    outside = package.parent / "outside"
    outside.mkdir()
    (outside / "x.py").write_bytes(b"theirs")
    (package / "linked").symlink_to(outside, target_is_directory=True)
    targets = [outside / "x.py", package / ".." / "outside" / "x.py", package / "models" / ".." / "b.py", package]
    for target in targets:
        refused(package, {target: b"new"}, "lies outside", inside=package)
        refused(package, {}, "lies outside", remove=[target], inside=package)
    refused(package, {package / "linked" / "x.py": b"new"}, "is a symlink and is not followed", inside=package)
    refused(package, {package / "linked" / "deep" / "x.py": b""}, "is a symlink and is not followed", inside=package)
    assert tree(outside) == {"x.py": b"theirs"}


def test_inside_the_folder_everything_is_written(package: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    link = package.parent / "link"
    link.symlink_to(package, target_is_directory=True)
    write_all({link / "models" / "x.py": b"1", link / "y.py": b"2"}, inside=link)
    monkeypatch.chdir(package.parent)
    write_all({Path("package/new/z.py"): b"3"}, inside=Path("package"))
    assert [(package / name).read_bytes() for name in ("models/x.py", "y.py", "new/z.py")] == [b"1", b"2", b"3"]
