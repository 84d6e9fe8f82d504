"""One file from a presigned URL to its place on disk: resumed after a fault, checked, and renamed in one step.

The host of a presigned URL is untrusted: it gets no token, none of our headers and no cookie, over HTTPS alone. Bytes
go to a part file beside the final path. Its name contains the ETag, so a later run only resumes from bytes of the same
file.
"""

from __future__ import annotations

import hashlib
import math
import os
import re
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple

from .. import urls
from ..transport.environment import Unusable
from ..transport.files import File, Lost, Pools
from .base import Clock
from .errors import DownloadError, WaitTimeoutError
from .fields import number

STALL = 15.0  # seconds without a byte before the connection is given up
HEAD = 60.0  # seconds for the head of an answer: arriving byte by byte, it could take for ever without a stall
TRIES = 6  # attempts in a row without progress
_EXPIRED = frozenset({400, 401, 403})
_REPLACED = frozenset({412, 416})
_MAY_PASS = frozenset({408, 425, 429})
_MD5 = re.compile(r'"([0-9a-f]{32})"', re.ASCII)
_ETAG = re.compile(r"[!-~]{1,1000}", re.ASCII)
_RANGE = re.compile(r"bytes (\d{1,19})-\d{1,19}/(\d{1,19}|\*)", re.ASCII)


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
    size: int | None


class Terms:
    """Settings shared by all files of one download, its connections, and the event that stops it."""

    def __init__(self, clock: Clock, deadline: float | None, progress: Callable[[Progress], Any] | None) -> None:
        self.clock, self.deadline, self._progress = clock, deadline, progress
        self.stop, self.pools, self._lock = threading.Event(), Pools(), threading.Lock()

    def tell(self, event: Progress) -> None:
        """Call the user's function, one call at a time."""
        if self._progress is not None:
            with self._lock:
                self._progress(event)


class Stopped(Exception):
    """Another file failed, or the caller gave up."""


class Fault(Exception):
    """An attempt failed, and a retry may help."""


class Head(NamedTuple):
    """The facts in an answer's head: where its bytes begin, and which file they belong to.

    `etag` is None unless it identifies the bytes; `is_md5` is True if it is the MD5 of the whole file.
    """

    start: int
    total: int | None
    etag: str | None
    is_md5: bool


class FileFetcher:
    """Fetches one file, on the calling thread."""

    def __init__(self, fetch: Fetch, terms: Terms) -> None:
        self._fetch, self._terms = fetch, terms
        _check_url(fetch)
        try:
            terms.pools.to(fetch.url)
        except Unusable as error:
            raise DownloadError(fetch.name, str(error)) from None
        self._most = math.inf if fetch.size is None else fetch.size
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
            except (Fault, Lost) as fault:
                trouble = str(fault)
            # Raised out here, unchained: the caught error holds the URL.
            idle = 0 if self._had() > had else idle + 1
            if idle >= TRIES:
                raise DownloadError(self._fetch.name, f"given up after {TRIES} attempts: {trouble}; {self._kept()}")
            delay = 1.0 if idle == 0 else min(delay * 2, 10.0)
            self._check_time(ahead=delay)
            self._terms.clock.sleep(delay)

    def _attempt(self) -> bool:
        """True if the file is complete, False if it needs a fresh URL. Raises `Fault` or `Lost` if a retry may help."""
        # Bytes of an earlier run: only the ETag shows that they belong to this file.
        if self._part is None and self._leftovers():
            with self._answer({}) as answer:
                if answer.status == 200:
                    head = self._head(answer, 0)
                    part = self._adopt(head)
                    if 0 < self._had() == head.total:
                        self._finish(head, part, self._had())
                        return True
        start = self._had()
        headers = {"range": f"bytes={start}-", "if-match": self._etag} if start and self._etag else {}
        with self._answer(headers) as answer:
            return self._take(answer, start)

    def _answer(self, headers: Mapping[str, str]) -> AbstractContextManager[File]:
        terms, now = self._terms, time.monotonic()
        # The sockets' clock may differ from the workflow's.
        until = math.inf if terms.deadline is None else now + terms.deadline - terms.clock.now()
        return terms.pools.get(self._fetch.url, headers, until=until, head_until=min(until, now + HEAD), stall=STALL)

    def _take(self, answer: File, start: int) -> bool:
        """Write the received bytes. Returns False if a fresh URL is needed."""
        status = answer.status
        if status in _EXPIRED:
            return False
        if status in _REPLACED:
            self._discard()
        if status in _REPLACED | _MAY_PASS or status >= 500:
            raise Fault(f"status {status}")
        if status not in {200, 206}:
            raise DownloadError(self._fetch.name, f"its host answered {status}; {self._kept()}")
        head = self._head(answer, start)
        if start and head.etag != self._etag:
            self._discard()
            raise Fault("the file changed during the download")
        part = self._adopt(head)
        if self._is_there(head):
            return True
        with _opened(part) as file:
            file.seek(head.start)
            file.truncate()
            done = head.start
            self._tell(done, head)
            for chunk in answer.chunks:
                done += len(chunk)
                if done > self._most:
                    break
                file.write(chunk)
                file.flush()  # Bytes reported as done are on disk.
                self._tell(done, head)
                self._check_time()
        self._finish(head, part, done)
        return True

    def _head(self, answer: File, start: int) -> Head:
        head, listed = _head_of(answer, start), self._fetch.size
        return head if listed is None else head._replace(total=listed)

    def _adopt(self, head: Head) -> Path:
        """The part file for an ETag. Removes those of other ones."""
        self._etag = head.etag
        mark = hashlib.sha256((head.etag or os.urandom(16).hex()).encode()).hexdigest()[:16]
        self._part = self._fetch.path.with_name(f".{self._fetch.path.name}.{mark}.part")
        for leftover in self._leftovers():
            if leftover != self._part:
                leftover.unlink(missing_ok=True)
        return self._part

    def _is_there(self, head: Head) -> bool:
        """True if an earlier run has fetched this very file."""
        path = self._fetch.path
        if head.start or not head.is_md5 or path.is_symlink() or not path.is_file():
            return False
        size = path.stat().st_size
        if size != head.total or _md5_of(path) != head.etag:
            return False
        self._tell(size, head)
        return True

    def _finish(self, head: Head, part: Path, size: int) -> None:
        """Check the bytes, and put the file in its place."""
        if size > self._most:
            self._discard()
            raise DownloadError(self._fetch.name, f"it has more bytes than the {self._most:,} that Baseten lists")
        if self._fetch.size is not None and size != self._fetch.size:
            self._discard()
            raise DownloadError(self._fetch.name, f"it has {size:,} bytes, but Baseten lists {self._most:,}")
        if head.is_md5:
            md5 = _md5_of(part)
            # An ETag may only look like an MD5. But damage in transit does not repeat identically.
            is_same_again = self._refuted == (head.etag, md5)
            self._refuted = head.etag, md5
            if md5 != head.etag and not is_same_again:
                self._discard()
                raise Fault("its bytes do not match its ETag")
        os.replace(part, self._fetch.path)

    def _tell(self, done: int, head: Head) -> None:
        total = done if head.total is None else head.total
        self._terms.tell(Progress(self._fetch.name, self._fetch.path, done, total))

    def _check_time(self, ahead: float = 0.0) -> None:
        terms = self._terms
        if terms.stop.is_set():
            raise Stopped
        if terms.deadline is not None and terms.clock.now() + ahead >= terms.deadline:
            raise WaitTimeoutError(f"{self._fetch.name}: the download timed out; {self._kept()}", state="downloading")

    def _had(self) -> int:
        """The number of bytes on disk that can be gone on with."""
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


def _head_of(answer: File, start: int) -> Head:
    """Read the head of an answer to a request for the bytes from `start` on. Raises `Fault` for another range."""
    headers = answer.headers
    given = headers.get("etag", "")
    etag = given if _ETAG.fullmatch(given) else None  # a request can't repeat any other
    # If a store encrypts with its own keys, the ETag is not an MD5 of the bytes.
    is_encrypted = headers.get("x-amz-server-side-encryption", "AES256") != "AES256"
    is_encrypted |= "x-amz-server-side-encryption-customer-algorithm" in headers
    is_md5 = etag is not None and _MD5.fullmatch(etag) is not None and not is_encrypted
    strong = None if etag is None or etag.startswith("W/") else etag
    if answer.status == 206:
        match = _RANGE.fullmatch(headers.get("content-range", ""))
        if match is None or int(match[1]) != start:
            raise Fault("it answered with another range than requested")
        return Head(start, None if match[2] == "*" else int(match[2]), strong, is_md5)
    return Head(0, number(headers.get("content-length")), strong, is_md5)


def _check_url(fetch: Fetch) -> None:
    """Raise `DownloadError` unless the URL is HTTPS or stays on this machine."""
    parts = urls.split(fetch.url)
    if parts is None or not parts.hostname:
        raise DownloadError(fetch.name, "its URL can't be read")
    if parts.scheme != "https" and not (parts.scheme == "http" and urls.is_loopback(parts.hostname)):
        raise DownloadError(fetch.name, f"its URL is {parts.scheme}, and only https is fetched")


def _opened(path: Path) -> BinaryIO:
    """Open a file for writing at any position. A symbolic link is refused: it would lead the bytes elsewhere."""
    flags = os.O_RDWR | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)
    return os.fdopen(os.open(path, flags, 0o666), "r+b")


def _md5_of(path: Path) -> str:
    """The MD5 of a file, in quotation marks like an ETag."""
    with path.open("rb") as file:
        return f'"{hashlib.file_digest(file, lambda: hashlib.md5(usedforsecurity=False)).hexdigest()}"'
