"""One file from a presigned URL to its place on disk: resumed after a fault, checked, and renamed in one step.

The host of a presigned URL is untrusted: it gets no token, none of our headers and no cookie, over HTTPS alone. Bytes
go to a part file beside the final path. Its name contains the ETag, so a later run only resumes from bytes of the same
file.
"""

from __future__ import annotations

import hashlib
import os
import re
import threading
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from ..transport.environment import Unusable
from ..transport.files import File, Lost, Pools
from .driving import Clock
from .errors import DownloadError, WaitTimeoutError
from .presigned import Fault, Head, checked_url, head_of, md5_of, opened

STALL = 15.0  # seconds without a byte before the connection is given up
HEAD = 60.0  # seconds for the head of an answer: arriving byte by byte, it could take for ever without a stall
TRIES = 6  # attempts in a row without progress
_EXPIRED = frozenset({400, 401, 403})


class Progress(NamedTuple):
    """Progress of one file.

    Attributes:
        name: Name of the file below the folder.
        path: Its final path.
        done_bytes: Bytes on disk, including those of an earlier run.
        total_bytes: Size of the file.
    """

    name: str
    path: Path
    done_bytes: int
    total_bytes: int


class Fetch(NamedTuple):
    """A file to fetch. `size` is checked if known."""

    name: str
    path: Path
    url: str
    size: int | None = None


class Stopped(Exception):
    """Another file failed, or the caller gave up."""


class Terms(NamedTuple):
    """Settings shared by all files of one download."""

    clock: Clock
    deadline: float | None
    progress: Callable[[Progress], Any]
    stop: threading.Event
    pools: Pools


class FileFetcher:
    """Fetches one file, on the calling thread."""

    def __init__(self, fetch: Fetch, terms: Terms) -> None:
        self._fetch, self._terms = fetch, terms
        self._url = checked_url(fetch.name, fetch.url)
        try:
            terms.pools.to(fetch.url)
        except Unusable as error:
            raise DownloadError(fetch.name, str(error)) from None
        self._etag: str | None = None
        self._part: Path | None = None
        self._refuted: tuple[str | None, str] | None = None

    def run(self) -> bool:
        """Fetch it. Returns False if a fresh URL is needed; raises `DownloadError`, or `WaitTimeoutError`."""
        idle, delay = 0, 1.0
        while True:
            self._check_time()
            had = self._had()
            try:
                return self._attempt()
            except Fault as fault:
                trouble = str(fault)
            self._check_time()
            idle = 0 if self._had() > had else idle + 1
            if idle >= TRIES:
                raise DownloadError(self._fetch.name, f"given up after {TRIES} attempts: {trouble}; {self._kept()}")
            delay = 1.0 if idle == 0 else min(delay * 2, 10.0)
            self._check_time(ahead=delay)
            self._terms.clock.sleep(delay)

    def _attempt(self) -> bool:
        """True if the file is complete, False if it needs a fresh URL. Raises `Fault` if a retry may help."""
        # Bytes of an earlier run: only the ETag shows that they belong to this file.
        if self._etag is None and self._leftovers() and self._open({}, self._recognise):
            return True
        start = self._had()
        headers = {"range": f"bytes={start}-", "if-match": self._etag} if start and self._etag else {}
        return self._open(headers, lambda answer: self._take(answer, start))

    def _open(self, headers: Mapping[str, str], take: Callable[[File], bool]) -> bool:
        until = self._until()
        head_until = min(until, time.monotonic() + HEAD)
        try:
            with self._terms.pools.get(self._url, headers, until=until, head_until=head_until, stall=STALL) as answer:
                return take(answer)
        except Lost as error:
            trouble = str(error)
        # Not chained: the caught error holds the URL.
        raise Fault(trouble)

    def _recognise(self, answer: File) -> bool:
        """Find the bytes of an earlier run, by the head alone. True if they are the whole file."""
        if answer.status != 200:
            return False
        head = head_of(answer, 0)
        self._adopt(head)
        if head.etag is None or not self._had() or self._had() != head.total:
            return False
        self._finish(head)
        return True

    def _take(self, answer: File, start: int) -> bool:
        """Write the received bytes. Returns False if a fresh URL is needed."""
        status = answer.status
        if status in _EXPIRED:
            return False
        if status in {408, 412, 416, 425, 429} or status >= 500:
            if status in {412, 416}:
                self._discard()  # The file has been replaced.
            raise Fault(f"status {status}")
        if status not in {200, 206}:
            raise DownloadError(self._fetch.name, f"its host answered {status}; {self._kept()}")
        head = head_of(answer, start)
        if head.start > start or (start and head.etag != self._etag):
            self._discard()
            raise Fault("the file changed during the download")
        self._adopt(head)
        if self._is_there(head):
            return True
        assert self._part is not None
        with opened(self._part) as part:
            part.seek(head.start)
            part.truncate()
            done = head.start
            self._tell(done, head)
            for chunk in answer.chunks:
                done += len(chunk)
                if self._is_more(done):
                    break
                part.write(chunk)
                part.flush()  # Bytes reported as done are on disk.
                self._tell(done, head)
                self._check_time()
        if self._is_more(done):
            self._discard()
            raise DownloadError(self._fetch.name, f"it has more bytes than the {self._fetch.size:,} that Baseten lists")
        self._finish(head)
        return True

    def _adopt(self, head: Head) -> None:
        """Remember which file the part file belongs to."""
        self._etag = head.etag
        mark = hashlib.sha256((head.etag or os.urandom(16).hex()).encode()).hexdigest()[:16]
        self._part = self._fetch.path.with_name(f".{self._fetch.path.name}.{mark}.part")
        for leftover in self._leftovers():
            if leftover != self._part:
                leftover.unlink(missing_ok=True)

    def _is_more(self, size: int) -> bool:
        return self._fetch.size is not None and size > self._fetch.size

    def _finish(self, head: Head) -> None:
        assert self._part is not None
        size, expected = self._part.stat().st_size, self._fetch.size
        if expected is not None and size != expected:
            self._discard()
            raise DownloadError(self._fetch.name, f"it has {size:,} bytes, but Baseten lists {expected:,}")
        if head.is_md5 and not self._is_of(head, md5_of(self._part)):
            self._discard()
            raise Fault("its bytes do not match its ETag")
        os.replace(self._part, self._fetch.path)

    def _is_of(self, head: Head, md5: str) -> bool:
        """True if the MD5 is the ETag's, or the same mismatch comes twice: an ETag may only look like an MD5."""
        # Damage in transit does not repeat identically.
        is_same_again = self._refuted == (head.etag, md5)
        self._refuted = head.etag, md5
        return md5 == head.etag or is_same_again

    def _is_there(self, head: Head) -> bool:
        """True if an earlier run has fetched this very file."""
        path, size = self._fetch.path, self._fetch.size if self._fetch.size is not None else head.total
        if head.start or not head.is_md5 or path.is_symlink() or not path.is_file():
            return False
        if path.stat().st_size != size or md5_of(path) != head.etag:
            return False
        self._tell(path.stat().st_size, head)
        return True

    def _tell(self, done: int, head: Head) -> None:
        total = self._fetch.size if self._fetch.size is not None else head.total
        self._terms.progress(Progress(self._fetch.name, self._fetch.path, done, done if total is None else total))

    def _until(self) -> float:
        """The deadline on the sockets' clock, which may differ from the workflow's."""
        terms = self._terms
        return float("inf") if terms.deadline is None else time.monotonic() + terms.deadline - terms.clock.now()

    def _check_time(self, ahead: float = 0.0) -> None:
        terms = self._terms
        if terms.stop.is_set():
            raise Stopped
        if terms.deadline is not None and terms.clock.now() + ahead >= terms.deadline:
            raise WaitTimeoutError(f"{self._fetch.name}: the download timed out; {self._kept()}", state="downloading")

    def _had(self) -> int:
        try:
            return self._part.stat().st_size if self._part is not None and self._etag is not None else 0
        except FileNotFoundError:
            return 0

    def _kept(self) -> str:
        return f"{self._had():,} bytes are kept: call again to resume"

    def _leftovers(self) -> list[Path]:
        pattern = re.compile(re.escape(f".{self._fetch.path.name}.") + r"[0-9a-f]{16}\.part")
        return [path for path in self._fetch.path.parent.iterdir() if pattern.fullmatch(path.name)]

    def _discard(self) -> None:
        if self._part is not None:
            self._part.unlink(missing_ok=True)
        self._etag = self._part = None
