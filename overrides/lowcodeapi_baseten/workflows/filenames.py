"""File names from outside → paths that can't leave their folder."""

from __future__ import annotations

import os
import re
import unicodedata
from collections.abc import Iterable, Sequence
from pathlib import Path, PurePosixPath
from urllib.parse import unquote

from lowcodeapi_baseten_api.models import CheckpointFile

from .. import urls
from .errors import DownloadError
from .fields import text, whole

_LONGEST = 200  # characters per part: file systems take 255 bytes, and a part file needs a few more
_LONGEST_PATH = 1000  # bytes of a whole name: systems take 4096, folder included
_PART = re.compile(r"\..*\.[0-9a-f]{16}\.part", re.ASCII | re.DOTALL)
# Windows reserves these for devices, with any ending.
_DEVICES = re.compile(r"(con|prn|aux|nul|com[0-9]|lpt[0-9])(\..*)?", re.ASCII | re.IGNORECASE)


def safe_parts(name: str) -> list[str]:
    """Split a relative path into parts. Raises `DownloadError` if it could lead elsewhere."""
    parts = name.split("/")
    for part in parts:
        problem = None
        if part in {"", ".", ".."}:
            problem = "leads out of the folder, or to no file"
        elif not part.isprintable() or re.search(r'[\\:*?"<>|]', part):
            problem = "has characters that are special to a file system"
        elif len(part.encode()) > _LONGEST or len(name.encode()) > _LONGEST_PATH:
            problem = "is too long"
        elif _PART.fullmatch(part):
            problem = "is the name of an unfinished download"
        elif _DEVICES.fullmatch(part) or part != part.strip() or part.endswith("."):
            problem = "is not a valid file name on every system"
        if problem:
            raise DownloadError(repr(name[:200]), f"this name {problem}; nothing was written")
    return parts


def place_of(name: str) -> str:
    """Fold names that are the same file on some system: those that differ only in case or composition."""
    return unicodedata.normalize("NFC", name).casefold()


def check_apart(names: Sequence[str]) -> None:
    """Raise `DownloadError` if two names would be one file, or one of them is a folder of another."""
    taken: set[str] = set()
    for name in names:
        if place_of(name) in taken:
            raise DownloadError(name, "two files would have this name; nothing was fetched")
        taken.add(place_of(name))
    for name in names:
        if any(str(folder) in taken for folder in PurePosixPath(place_of(name)).parents):
            raise DownloadError(name, "a file would have the name of its folder; nothing was fetched")


def artifact_names(found: Iterable[str]) -> list[str]:
    """Name each artifact by the last part of its URL, numbered if several are alike."""
    taken: set[str] = set()
    last: dict[str, int] = {}
    names = []
    for index, url in enumerate(found, 1):
        name = free = "/".join(safe_parts(_path(f"artifact {index}", url).rpartition("/")[2]))
        stem, dot, ending = name.partition(".")
        number = last.get(place_of(name), 1)
        # Another artifact may have the same name as this one with its number.
        while place_of(free) in taken:
            number += 1
            free = f"{stem}-{number}{dot}{ending}"
        last[place_of(name)] = number
        taken.add(place_of(free))
        names.append(free)
    return names


def check_named(file: CheckpointFile) -> None:
    """Raise `DownloadError` for a file without a readable name or URL."""
    if text(file.relative_file_name) is None:
        raise DownloadError("a checkpoint file", "it has no name; nothing was fetched")
    _path(repr(file.relative_file_name[:200]), file.url)


def _path(name: str, url: object) -> str:
    parts = urls.split(url)
    if parts is None:
        raise DownloadError(name, "its URL can't be read; nothing was fetched")
    return unquote(parts.path)


def checkpoint_names(files: Sequence[CheckpointFile]) -> list[str]:
    """Name each file of a job's checkpoints, including its checkpoint's folder.

    The checkpoints' files have the same names. Baseten does not say if `relative_file_name` begins with the
    checkpoint's folder; if it doesn't, the folder is taken from the URL.
    """
    plain = [_checkpoint_name(file, with_folder="/" not in file.relative_file_name) for file in files]
    if len(set(plain)) == len(plain):
        return plain
    return [_checkpoint_name(file, with_folder=True) for file in files]


def _checkpoint_name(file: CheckpointFile, *, with_folder: bool) -> str:
    relative = "/".join(safe_parts(file.relative_file_name))
    path = _path(relative, file.url)
    folder = path.removesuffix(relative).rstrip("/").rpartition("/")[2] if path.endswith(f"/{relative}") else ""
    # Each node writes its own files, the first one most of them.
    rank = [f"rank-{file.node_rank}"] if whole(file.node_rank) else []
    return "/".join([*rank, *(safe_parts(folder) if folder and with_folder else []), relative])


def inside(folder: Path, name: str) -> Path:
    """The path of a name below the folder; makes its parents. Raises `DownloadError` if something is in the way."""
    path = folder.joinpath(*safe_parts(name))
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        is_inside = path.parent.resolve().is_relative_to(folder.resolve())
    except (FileExistsError, NotADirectoryError):
        raise DownloadError(name, "a file has the name of its folder; nothing was written") from None
    if not is_inside:
        raise DownloadError(name, f"a link leads out of {os.fspath(folder)}; nothing was written")
    if path.is_dir() and not path.is_symlink():
        raise DownloadError(name, "a folder has its name; nothing was written")
    return path
