"""Files written and removed, all or nothing."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path

from ..document.reading import DocumentError


def write_all(files: Mapping[Path, bytes], *, remove: Iterable[Path] = (), inside: Path | None = None) -> None:
    """Write and remove files, all or nothing.

    Missing folders are made. A file that already has these bytes is left alone. Removing a missing file is no error; a
    folder that becomes empty stays. With `inside`, every target must lie in that folder, with neither `..` nor a
    symlink on the way from it.

    Raises `DocumentError` for a target that is a symlink or a folder, and for any failure to write. After any
    exception, Ctrl-C included, everything is as before. A crash of the process or the machine in the midst can leave a
    mix of old and new files; git has the old ones.
    """
    wanted: dict[Path, bytes | None] = {**files, **dict.fromkeys(remove)}
    before: dict[Path, bytes | None] = {}
    staged: dict[Path, Path] = {}
    begun: list[Path] = []
    made: list[Path] = []
    target = Path()
    try:
        for target in wanted:
            if inside is not None:
                _refuse_outside(target, inside)
            before[target] = _current(target)
        changed = {target: content for target, content in wanted.items() if before[target] != content}
        # First everything that can fail for lack of space or permission.
        for target, content in changed.items():
            if content is not None:
                _make_folders(target.parent, made)
                staged[target] = target.with_name(f".{target.name[:200]}.tmp")
                staged[target].write_bytes(content)
        for target in changed:
            begun.append(target)
            _put(target, staged.get(target))
    except BaseException as error:
        _undo({each: before[each] for each in begun}, staged, made)
        if isinstance(error, OSError):
            reason = error.strerror or type(error).__name__
            raise DocumentError(f"{target}: can't be written ({reason}); nothing was changed") from None
        raise


def _current(target: Path) -> bytes | None:
    try:
        mode = target.lstat().st_mode
    except (FileNotFoundError, NotADirectoryError):
        return None
    if not stat.S_ISREG(mode):
        kind = "a symlink" if stat.S_ISLNK(mode) else "no regular file"
        raise DocumentError(f"{target}: is {kind} and is not replaced; move it away. Nothing was changed")
    return target.read_bytes()


def _refuse_outside(target: Path, inside: Path) -> None:
    path, root = Path(os.path.abspath(target)), Path(os.path.abspath(inside))
    if ".." in target.parts or root not in path.parents:
        raise DocumentError(f"{target}: lies outside {inside}; nothing was changed")
    for folder in path.parents[: len(path.parents) - len(root.parents) - 1]:
        if folder.is_symlink():
            raise DocumentError(f"{target}: {folder} is a symlink and is not followed; nothing was changed")


def _make_folders(folder: Path, made: list[Path]) -> None:
    missing = [path for path in (folder, *folder.parents) if not path.exists()]
    for path in reversed(missing):
        path.mkdir()
        made.append(path)


def _put(target: Path, staged: Path | None) -> None:
    if staged is None:
        target.unlink()
    else:
        os.replace(staged, target)


def _undo(before: Mapping[Path, bytes | None], staged: Mapping[Path, Path], made: list[Path]) -> None:
    for path in staged.values():
        with suppress(OSError):
            path.unlink()
    for target, content in before.items():
        if content is not None:
            target.write_bytes(content)
        elif target.is_file():
            target.unlink()
    for folder in reversed(made):
        with suppress(OSError):
            folder.rmdir()
