"""Files behind presigned URLs, as an object store serves them: deterministic bytes, ETag, ranges. Pure.

A presigned URL carries its own authorisation, so, like S3, this refuses a request with a second one: the ``api_token``
of the gateway, or an ``authorization`` header.
"""

from __future__ import annotations

import gzip
import hashlib
import hmac
import io
import random
import re
import tarfile
from collections.abc import Mapping
from functools import cache
from urllib.parse import parse_qsl, quote, unquote

import attrs

from .upstream import Reply

PREFIX = "/_artifacts/"
_SECRET = b"local artifacts"
_MODIFIED = "Thu, 01 Jan 2026 00:00:00 GMT"


@attrs.define
class Artifacts:
    """Signs URLs and serves their files."""

    base_url: str = "http://127.0.0.1"
    """Where the server listens: scheme, host and port."""
    sizes: dict[str, int] = attrs.field(factory=dict)
    """The length of each file, by its path below the prefix; ``.tgz`` names are archives of their own length."""
    generation: int = 0

    def url(self, path: str) -> str:
        """A presigned URL for a file."""
        return (
            f"{self.base_url}{PREFIX}{quote(path)}"
            f"?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Expires=3600&X-Amz-Signature={self._signature(path)}"
        )

    def expire(self) -> None:
        """Makes every URL given out so far invalid (403), as an hour would."""
        self.generation += 1

    def content(self, path: str) -> bytes | None:
        """The bytes of a file, the same on every machine; ``None`` if there is no such file."""
        size = self.sizes.get(path)
        if size is not None:
            return _bytes_of(path, size)
        return _archive(path) if path.endswith("/artifacts.tgz") else None

    def serve(self, method: str, raw_path: str, query: str, headers: Mapping[str, str]) -> Reply:
        """Answers one request. ``raw_path`` is still encoded; header names are in lower case."""
        path = unquote(raw_path.removeprefix(PREFIX))
        parameters = dict(parse_qsl(query, keep_blank_values=True))
        if "api_token" in parameters or "authorization" in headers:
            return refused(400, "InvalidArgument", "Only one auth mechanism allowed")
        if not hmac.compare_digest(parameters.get("X-Amz-Signature", "").encode(), self._signature(path).encode()):
            return refused(403, "AccessDenied", "Request has expired or its signature does not match")
        content = self.content(path)
        if content is None:
            return refused(404, "NoSuchKey", "The specified key does not exist.")
        if method not in ("GET", "HEAD"):
            return refused(405, "MethodNotAllowed", "The specified method is not allowed against this resource.")
        return _partial(content, headers)

    def _signature(self, path: str) -> str:
        return hmac.new(_SECRET, f"{self.generation}:{path}".encode(), hashlib.sha256).hexdigest()


def _partial(content: bytes, request: Mapping[str, str]) -> Reply:
    etag = f'"{hashlib.md5(content, usedforsecurity=False).hexdigest()}"'
    headers = {
        "etag": etag,
        "accept-ranges": "bytes",
        "last-modified": _MODIFIED,
        "content-type": "application/octet-stream",
        "content-length": str(len(content)),
    }
    if request.get("if-match", etag) not in (etag, "*"):
        return refused(412, "PreconditionFailed", "At least one of the pre-conditions you specified did not hold")
    wanted = re.fullmatch(r"bytes=(\d*)-(\d*)", request.get("range", ""))
    if wanted is None or wanted[0] == "bytes=-" or request.get("if-range", etag) not in (etag, _MODIFIED):
        return Reply(200, content, headers=headers)
    if wanted[1]:
        first = int(wanted[1])
        last = min(int(wanted[2]), len(content) - 1) if wanted[2] else len(content) - 1
    else:
        first, last = max(0, len(content) - int(wanted[2])), len(content) - 1
    if first > last:
        headers |= {"content-range": f"bytes */{len(content)}", "content-length": "0"}
        return Reply(416, b"", headers=headers)
    headers |= {"content-range": f"bytes {first}-{last}/{len(content)}", "content-length": str(last - first + 1)}
    return Reply(206, content[first : last + 1], headers=headers)


def refused(status: int, code: str, message: str) -> Reply:
    """An error in S3's format."""
    body = f'<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>{code}</Code><Message>{message}</Message></Error>'
    return Reply(status, body.encode(), "application/xml")


@cache
def _bytes_of(path: str, size: int) -> bytes:
    # `randbytes` takes less than 2**28 at once, and repeating a block is fast.
    block = random.Random(path).randbytes(min(size, 1 << 20))
    return (block * (size // len(block) + 1))[:size] if size else b""


@cache
def _archive(path: str) -> bytes:
    """A real .tar.gz without timestamps."""
    packed = io.BytesIO()
    with gzip.GzipFile(fileobj=packed, mode="wb", mtime=0) as zipped, tarfile.open(fileobj=zipped, mode="w") as archive:
        for name in ("config.json", "train.py", "outputs/model.safetensors"):
            content = _bytes_of(f"{path}:{name}", 4096) if name.endswith("tensors") else f"{path}: {name}\n".encode()
            member = tarfile.TarInfo(name)
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
    return packed.getvalue()
