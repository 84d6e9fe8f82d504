"""Names of files that came from outside → paths that can't leave the folder they are meant for."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from urllib.parse import unquote, urlsplit

from lowcodeapi_baseten_api.models import CheckpointFile

from .errors import DownloadError

_LONGEST = 200  # characters of one part: file systems take 255 bytes, and a part file needs a few more
# Windows gives these to devices, with any ending.
_DEVICES = re.compile(r"(con|prn|aux|nul|com[0-9]|lpt[0-9])(\..*)?", re.ASCII | re.IGNORECASE)


def safe_parts(name: str) -> list[str]:
    """The parts of a relative path. Raises `DownloadError` for one that could lead elsewhere."""
    parts = name.split("/")
    for part in parts:
        problem = None
        if part in {"", ".", ".."}:
            problem = "leads out of the folder, or to no file"
        elif not part.isprintable() or re.search(r'[\\:*?"<>|]', part):
            problem = "has characters that mean something to a file system"
        elif len(part.encode()) > _LONGEST:
            problem = "is too long"
        elif _DEVICES.fullmatch(part) or part != part.strip() or part.endswith("."):
            problem = "is not a file's name on every system"
        if problem:
            raise DownloadError(repr(name[:200]), f"this name {problem}; nothing was written")
    return parts


def artifact_names(urls: Iterable[str]) -> list[str]:
    """A name for each artifact: the last part of its URL, numbered where several are alike."""
    taken: set[str] = set()  # in lower case: names that differ in case alone are one file on some systems
    last: dict[str, int] = {}
    names = []
    for url in urls:
        name = free = "/".join(safe_parts(unquote(urlsplit(url).path).rpartition("/")[2]))
        stem, dot, ending = name.partition(".")
        number = last.get(name.lower(), 1)
        # Another artifact may be called like this one with its number.
        while free.lower() in taken:
            number += 1
            free = f"{stem}-{number}{dot}{ending}"
        last[name.lower()] = number
        taken.add(free.lower())
        names.append(free)
    return names


def checkpoint_names(files: Sequence[CheckpointFile]) -> list[str]:
    """A name for each file of a job's checkpoints, in which the folder of its checkpoint stands.

    Every checkpoint has files of the same names. Baseten does not say whether `relative_file_name` begins with the
    checkpoint's folder; where it doesn't, the folder is taken from the URL.
    """
    plain = [_checkpoint_name(file, with_folder="/" not in file.relative_file_name) for file in files]
    if len(set(plain)) == len(plain):
        return plain
    return [_checkpoint_name(file, with_folder=True) for file in files]


def _checkpoint_name(file: CheckpointFile, *, with_folder: bool) -> str:
    relative = "/".join(safe_parts(file.relative_file_name))
    path = unquote(urlsplit(file.url).path)
    folder = path.removesuffix(relative).rstrip("/").rpartition("/")[2] if path.endswith(f"/{relative}") else ""
    # Each node writes its own files, the first one most of them.
    rank = [f"rank-{file.node_rank}"] if isinstance(file.node_rank, int) and file.node_rank > 0 else []
    return "/".join([*rank, *(safe_parts(folder) if folder and with_folder else []), relative])


def inside(folder: Path, name: str) -> Path:
    """The path of a name below the folder, which is made. Raises `DownloadError` where a link leads out of it."""
    path = folder.joinpath(*safe_parts(name))
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.parent.resolve().is_relative_to(folder.resolve()):
        raise DownloadError(name, f"a link leads out of {os.fspath(folder)}; nothing was written")
    return path
