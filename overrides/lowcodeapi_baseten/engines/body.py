"""The body of an answer, read with a bound: what is inflated is counted while it is inflated."""

from __future__ import annotations

import zlib
from collections.abc import Iterable

_GZIP = 31  # zlib's window bits for a gzip header
_STEP = 1 << 20


class Refused(Exception):
    """An answer that must not be read: too large, or in a coding that was not asked for."""


class Body:
    """Collects chunks. Raises `Refused` once there are more than `max_bytes`, before or after inflating."""

    def __init__(self, max_bytes: int, content_encoding: str | None) -> None:
        coding = (content_encoding or "identity").strip().lower()
        # Two codings can turn 663 bytes into 300 MB in one step, and only gzip was asked for.
        if coding not in {"identity", "gzip", "x-gzip"}:
            raise Refused(f"content-encoding {quoted(coding)}, where gzip was asked for")
        self._inflate = None if coding == "identity" else zlib.decompressobj(_GZIP)
        self._max_bytes = max_bytes
        self._chunks: list[bytes] = []
        self._received = self._size = 0

    def add(self, chunk: bytes) -> None:
        """Take the next chunk as it came from the connection."""
        self._received += len(chunk)
        if self._received > self._max_bytes:
            raise self._too_large()
        if self._inflate is None:
            self._chunks.append(chunk)
            return
        try:
            while chunk:
                if self._inflate.eof:  # gzip may have several members
                    self._inflate = zlib.decompressobj(_GZIP)
                self._keep(self._inflate.decompress(chunk, _STEP))
                chunk = self._inflate.unconsumed_tail or self._inflate.unused_data
        except zlib.error as error:
            raise Refused(f"no readable gzip ({error})") from None

    def whole(self) -> bytes:
        """The body, once every chunk is in."""
        if self._inflate is not None and not self._inflate.eof and self._received:
            raise Refused("gzip that ends too early")
        return self._chunks[0] if len(self._chunks) == 1 else b"".join(self._chunks)

    def _keep(self, chunk: bytes) -> None:
        self._size += len(chunk)
        if self._size > self._max_bytes:
            raise self._too_large()
        if chunk:
            self._chunks.append(chunk)

    def _too_large(self) -> Refused:
        return Refused(f"more than max_response_bytes={self._max_bytes:,}")


def quoted(text: str) -> str:
    """Text of an answer for a message: whole or not at all, since the token is not found in a part of it."""
    return repr(text) if len(text) <= 60 else f"of {len(text)} characters"


def header_map(headers: Iterable[tuple[bytes, bytes]]) -> dict[str, str]:
    """Headers by their names in lower case; several of one name are joined."""
    result: dict[str, str] = {}
    for raw_name, raw_value in headers:
        name, value = raw_name.decode("latin-1").lower(), raw_value.decode("latin-1")
        result[name] = f"{result[name]}, {value}" if name in result else value
    return result
