"""Answers from the host of a presigned URL. That host is untrusted: it sees nothing of ours."""

from __future__ import annotations

import hashlib
import os
import re
from pathlib import Path
from typing import BinaryIO, NamedTuple

from .. import urls
from ..transport.files import File
from .errors import DownloadError
from .fields import number

_BLOCK = 1 << 20
_MD5 = re.compile(r'"([0-9a-f]{32})"', re.ASCII)
_ETAG = re.compile(r"[!-~]{1,1000}", re.ASCII)
_RANGE = re.compile(r"bytes (\d{1,19})-\d{1,19}/(\d{1,19}|\*)", re.ASCII)


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


def head_of(answer: File, start: int) -> Head:
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


def checked_url(name: str, url: str) -> str:
    """Return the URL. Raises `DownloadError` unless it is HTTPS or stays on this machine."""
    parts = urls.split(url)
    host = parts and parts.hostname
    if parts is None or not host:
        raise DownloadError(name, "its URL can't be read")
    scheme = parts.scheme
    if scheme != "https" and not (scheme == "http" and urls.is_loopback(host)):
        raise DownloadError(name, f"its URL is {scheme}, and only https is fetched")
    return url


def opened(path: Path) -> BinaryIO:
    """Open a file for writing at any position. A symbolic link is refused: it would lead the bytes elsewhere."""
    flags = os.O_RDWR | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)
    return os.fdopen(os.open(path, flags, 0o666), "r+b")


def md5_of(path: Path) -> str:
    """The MD5 of a file, in quotation marks like an ETag."""
    digest = hashlib.md5(usedforsecurity=False)
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            digest.update(block)
    return f'"{digest.hexdigest()}"'
