"""Files written and removed, all or nothing."""

from __future__ import annotations

import os
import re
import secrets
import shutil
import stat
from collections.abc import Container, Generator, Iterable, Mapping
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

import attrs

from ..document.reading import DocumentError
from .locks import locked

_TEMPORARY = re.compile(r"\.[0-9a-f]{16}\.tmp")


def write_all(files: Mapping[Path, bytes], *, remove: Iterable[Path] = (), inside: Path | None = None) -> None:
    """Write and remove files, all or nothing.

    Missing folders are made. A file that already has these bytes is left alone, a new one gets the usual permissions,
    an old one keeps its own. Removing a missing file is no error; a folder that becomes empty stays. With `inside`,
    every target must lie in that folder, with neither `..` nor a symlink on the way from it.

    One run at a time writes in `inside`, or else in the folders of the targets. At its end it removes the temporary
    files that a killed run left in them.

    Raises `DocumentError` for a target that is a symlink, a folder, named twice or below another, and for any failure
    to write. After any exception, Ctrl-C included, everything is as before; if the restore fails too, the error
    says where the old bytes are. Only a crash of the process or the machine during the renames can leave a mix; each
    file is then whole, old or new.
    """
    remove = tuple(remove)
    folders = {Path(target).parent for target in (*files, *remove)}
    with ExitStack() as held:
        for folder in sorted(set(map(_existing, folders)) if inside is None else {inside}):
            held.enter_context(locked(folder))
        _write(_changes(files, remove, inside))
        for folder in folders:
            sweep(folder)


def _existing(folder: Path) -> Path:
    return next((path for path in (folder, *folder.parents) if path.is_dir()), folder)


def sweep(folder: Path) -> None:
    """Remove the temporary files of killed runs. The caller holds the folder's lock."""
    with suppress(OSError):
        for file in folder.iterdir():
            if _TEMPORARY.fullmatch(file.name):
                file.unlink()


def _write(changes: list[_Change]) -> None:
    begun: list[_Change] = []
    made: list[Path] = []
    try:
        for change in changes:
            with _explained(change.target):
                _stage(change, made)
        for change in changes:
            begun.append(change)
            with _explained(change.target):
                _apply(change)
    except BaseException:
        _undo(begun, changes, made)
        raise
    _sync_folders(changes, made)
    _drop_temporary(changes)


@attrs.define
class _Change:
    """A file to write, or to remove if it has no content, and its temporary files beside it."""

    target: Path
    content: bytes | None
    staged: Path | None = None
    backup: Path | None = None


def _changes(files: Mapping[Path, bytes], remove: Iterable[Path], inside: Path | None) -> list[_Change]:
    wanted: list[tuple[Path, bytes | None]] = [*files.items(), *((path, None) for path in remove)]
    seen: set[str] = set()
    changes: list[_Change] = []
    for target, content in wanted:
        spelled_out = os.path.abspath(target)
        if spelled_out in seen:
            raise DocumentError(f"{target}: to be written or removed twice; nothing was changed")
        seen.add(spelled_out)
        if inside is not None:
            _refuse_outside(target, inside)
        with _explained(target):
            if _current(target) != content:
                changes.append(_Change(target, content))
    for target, _ in wanted:
        if any(str(folder) in seen for folder in Path(os.path.abspath(target)).parents):
            raise DocumentError(f"{target}: lies below a path that is itself a file; nothing was changed")
    return changes


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


@contextmanager
def _explained(target: Path) -> Generator[None]:
    try:
        yield
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise DocumentError(f"{target}: can't be written ({reason}); nothing was changed") from None


def _stage(change: _Change, made: list[Path]) -> None:
    """Do everything that can fail for lack of space or permission before touching the first target."""
    if change.content is not None:
        _make_folders(change.target.parent, made)
        change.staged = _beside(change.target)
        _write_synced(change.staged, change.content)
    if change.target.exists():
        change.backup = _beside(change.target)
        shutil.copy2(change.target, change.backup)
        if change.staged is not None:
            shutil.copymode(change.target, change.staged)


def _make_folders(folder: Path, made: list[Path]) -> None:
    missing = [path for path in (folder, *folder.parents) if not path.exists()]
    for path in reversed(missing):
        path.mkdir()
        made.append(path)


def _beside(target: Path) -> Path:
    """A new name in the target's folder, short because the target's own name may have the maximal length."""
    return target.parent / f".{secrets.token_hex(8)}.tmp"


def _write_synced(path: Path, content: bytes) -> None:
    with path.open("xb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _apply(change: _Change) -> None:
    if change.staged is not None:
        os.replace(change.staged, change.target)
    else:
        change.target.unlink()


def _undo(begun: list[_Change], changes: list[_Change], made: list[Path]) -> None:
    stuck = [change for change in reversed(begun) if not _restored(change)]
    _drop_temporary(changes, keep={change.backup for change in stuck})
    for folder in reversed(made):
        with suppress(OSError):
            folder.rmdir()
    if stuck:
        kept = ", ".join(f"{change.target} (before: {change.backup or 'not there'})" for change in stuck)
        raise DocumentError(f"writing failed, and these could not be put back: {kept}; put them back by hand") from None


def _restored(change: _Change) -> bool:
    try:
        if change.backup is None:
            change.target.unlink(missing_ok=True)
        else:
            _put_back(change.backup, change.target)
    except OSError:
        return False
    return True


def _put_back(backup: Path, target: Path) -> None:
    if _current(target) == backup.read_bytes():
        return
    try:
        os.replace(backup, target)
    except OSError:
        # Renaming may be the very thing that fails here.
        shutil.copy2(backup, target)


def _sync_folders(changes: list[_Change], made: list[Path]) -> None:
    """Make the renames durable. Not every platform can: the files themselves are safe already."""
    for folder in sorted({path.parent for path in (*made, *(change.target for change in changes))}):
        with suppress(OSError):
            handle = os.open(folder, os.O_RDONLY)
            try:
                os.fsync(handle)
            finally:
                os.close(handle)


def _drop_temporary(changes: Iterable[_Change], *, keep: Container[Path | None] = ()) -> None:
    for change in changes:
        for path in (change.staged, change.backup):
            if path is not None and path not in keep:
                with suppress(OSError):
                    path.unlink(missing_ok=True)
