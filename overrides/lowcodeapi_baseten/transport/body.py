"""The body of an answer, read with a bound: what is inflated is counted while it is inflated."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator

_BITS = {"gzip": 31, "x-gzip": 31, "deflate": 47}  # zlib's window bits
_STEP = 1 << 20
_MOST = 8  # codings: each can make a thousand bytes of one, and nobody uses more than one


class Refused(Exception):
    """An answer that must not be read, since it is too large, or can't be. `body` is what came of it."""

    def __init__(self, text: str, body: bytes = b"") -> None:
        super().__init__(text)
        self.body = body


class Body:
    """Collects chunks. Raises `Refused` once there are more than `max_bytes`, before or after inflating."""

    def __init__(self, max_bytes: int, content_encoding: str | None) -> None:
        names = [name.strip().lower() for name in content_encoding.split(",")] if content_encoding else []
        self._codings = [name for name in names if name not in {"", "identity"}] if names else names
        self._max_bytes, self._received = max_bytes, 0
        self._chunks: list[bytes] = []

    def add(self, chunk: bytes) -> None:
        """Take the next chunk as it came from the connection."""
        self._received += len(chunk)
        if self._received > self._max_bytes:
            raise self._too_large()
        self._chunks.append(chunk)

    def whole(self) -> bytes:
        """The body, once every chunk is in, with its codings undone. One that is unknown ends that, as identity."""
        came = body = self._chunks[0] if len(self._chunks) == 1 else b"".join(self._chunks)
        if not self._codings or not body:
            return body
        if len(self._codings) > _MOST:
            raise Refused(f"content-encoding with {len(self._codings)} codings", came)
        coding = ""
        try:
            for coding in reversed(self._codings):
                if coding not in _BITS:
                    return body
                body = self._inflated(body, _BITS[coding])
        except (zlib.error, EOFError) as error:
            raise Refused(f"its {coding} can't be read ({error})", came) from None
        return body

    def _inflated(self, body: bytes, bits: int) -> bytes:
        pieces, size = [], 0
        for piece in _pieces(body, bits):
            size += len(piece)
            if size > self._max_bytes:
                raise self._too_large()
            pieces.append(piece)
        return b"".join(pieces)

    def _too_large(self) -> Refused:
        return Refused(f"more than max_response_bytes={self._max_bytes:,}")


def _pieces(body: bytes, bits: int) -> Iterator[bytes]:
    if bits == _BITS["deflate"] and body[0] & 0x0F != 8:
        bits = -15  # some servers leave zlib's own header out
    inflate, rest = zlib.decompressobj(bits), body
    while rest:
        if inflate.eof:  # gzip may have several members
            inflate = zlib.decompressobj(bits)
        yield inflate.decompress(rest, _STEP)
        rest = inflate.unconsumed_tail or inflate.unused_data
    if not inflate.eof:
        yield inflate.flush()
    if not inflate.eof:
        raise EOFError("it ends too early")


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
