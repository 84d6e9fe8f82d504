"""The folder of a checkpoint, shared by all workers: files that are created once, by one of them, and never changed.

Exclusive creation is what keeps two workers from sending the same rows. So the places are those that are known to have
it, and each worker tries it once before it sends anything: some copies of S3 ignore it.
"""

from __future__ import annotations

import importlib
import os
import uuid
from typing import Any, Protocol

from ..errors import ConfigurationError

_ATOMIC = {"s3": "s3fs", "s3a": "s3fs", "gs": "gcsfs", "gcs": "gcsfs", "abfs": "adlfs", "abfss": "adlfs", "az": "adlfs"}
INSTALL = 'pip install "lowcodeapi-baseten[distributed]"'


class Store(Protocol):
    """Named files of bytes. Both methods raise any exception if the place can't be reached."""

    def create(self, name: str, content: bytes, *, is_synced: bool = True) -> bool:
        """Create the file. False if it was there already. `is_synced` waits until it would survive a power failure."""
        ...

    def read(self, name: str) -> bytes | None:
        """The file's content, or None if it is not there."""


def check(place: str) -> None:
    """Refuse a place that not all workers see, or where two of them could create one file."""
    protocol, is_url, _ = place.partition("://")
    if is_url and protocol not in _ATOMIC:
        raise ConfigurationError(
            f"checkpoint={place!r} is refused: two workers could create the same file there, and send the same rows. "
            f"Use an absolute path that all workers share, or one of {', '.join(f'{name}://' for name in _ATOMIC)}"
        )
    if not is_url and not os.path.isabs(place):
        raise ConfigurationError(f"checkpoint={place!r} must be an absolute path or a URL: workers have other folders")


def opened(place: str) -> Store:
    """The store at a place that `check` accepts. Raises `ConfigurationError` if it can't be used."""
    try:
        store = _Bucket(place) if "://" in place else _Folder(place)
        trial = f"trial-{uuid.uuid4().hex}"
        is_exclusive = store.create(trial, b"first") and not store.create(trial, b"second")
        store.remove(trial)
    except ConfigurationError:
        raise
    except Exception as error:
        told = f"{type(error).__name__}: {error}"
        raise ConfigurationError(f"checkpoint={place!r} can't be used ({told}); nothing was sent") from None
    if not is_exclusive:
        raise ConfigurationError(f"checkpoint={place!r} is refused: it creates a file that exists; nothing was sent")
    return store


class _Folder:
    """A folder of this machine or of a network disk."""

    def __init__(self, place: str) -> None:
        os.makedirs(place, mode=0o700, exist_ok=True)
        self._place = place

    def create(self, name: str, content: bytes, *, is_synced: bool = True) -> bool:
        path = os.path.join(self._place, name)
        try:
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            return False
        try:
            with open(descriptor, "wb", buffering=0) as file:
                while content:
                    content = content[file.write(content) :]
                if is_synced:
                    os.fsync(descriptor)
                    self._sync()
        except BaseException:
            os.unlink(path)  # it may be incomplete, and what it announces is not sent
            raise
        return True

    def read(self, name: str) -> bytes | None:
        try:
            with open(os.path.join(self._place, name), "rb") as file:
                return file.read()
        except FileNotFoundError:
            return None

    def remove(self, name: str) -> None:
        os.unlink(os.path.join(self._place, name))

    def _sync(self) -> None:
        """Wait until the names of the files are on disk, too."""
        if os.name == "posix":
            folder = os.open(self._place, os.O_RDONLY)
            try:
                os.fsync(folder)
            finally:
                os.close(folder)


class _Bucket:
    """A prefix in an object store, reached by fsspec. Its credentials are the worker's, from the environment."""

    def __init__(self, place: str) -> None:
        protocol = place.partition("://")[0]
        try:
            fsspec = importlib.import_module("fsspec")
            importlib.import_module(_ATOMIC[protocol])
        except ImportError as error:
            raise ConfigurationError(
                f"checkpoint={place!r} needs {error.name}: {INSTALL} {_ATOMIC[protocol]}; nothing was sent"
            ) from None
        self._files: Any
        self._files, self._place = fsspec.url_to_fs(place, use_listings_cache=False)

    def create(self, name: str, content: bytes, *, is_synced: bool = True) -> bool:
        path = f"{self._place}/{name}"
        try:
            self._files.pipe_file(path, content, mode="create")
        except FileExistsError:
            # If the answer to the first request was lost, its repetition finds the file of this very call.
            return bool(self._files.cat_file(path) == content)
        return True

    def read(self, name: str) -> bytes | None:
        try:
            content: bytes = self._files.cat_file(f"{self._place}/{name}")
        except FileNotFoundError:
            return None
        return content

    def remove(self, name: str) -> None:
        self._files.rm_file(f"{self._place}/{name}")
