"""Reads answers: the body up to a limit, which also holds while it is decompressed, and all of it without the token."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator

from ..envelope import Answer
from ..secrets import Token
from ..steps import Cause

# Bytes; above this, joining body and head costs more than a second search.
_SMALL = 1 << 14
_BITS = {"gzip": 31, "x-gzip": 31, "deflate": 47}  # zlib's window bits
_STEP = 1 << 20
_MOST = 8  # codings: each can turn one byte into a thousand, and nobody uses more than one


class Refused(Exception):
    """An answer that is too large to read, or can't be decoded. `body` has the bytes as received, if kept."""

    def __init__(self, text: str, body: bytes = b"", cause: Cause | None = None) -> None:
        super().__init__(text)
        self.body = body
        self.cause: Cause | None = cause


class Body:
    """Collects chunks. Raises `Refused` above `max_bytes`, before or after decompression."""

    def __init__(self, max_bytes: int, content_encoding: str | None) -> None:
        names = [name.strip().lower() for name in content_encoding.split(",")] if content_encoding else []
        self._codings = [name for name in names if name not in {"", "identity"}] if names else names
        self._max_bytes, self._received = max_bytes, 0
        self._chunks: list[bytes] = []

    def add(self, chunk: bytes) -> None:
        """Add the next chunk as received."""
        self._received += len(chunk)
        if self._received > self._max_bytes:
            raise self._too_large()
        self._chunks.append(chunk)

    def whole(self) -> bytes:
        """The decoded body, once every chunk is in. Decoding stops at an unknown coding."""
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
            raise Refused(f"its {coding} can't be decoded ({error})", came) from None
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
        return Refused(f"more than max_response_bytes={self._max_bytes:,}", cause="size")


def _pieces(body: bytes, bits: int) -> Iterator[bytes]:
    if bits == _BITS["deflate"] and body[0] & 0x0F != 8:
        bits = -15  # some servers leave out the zlib header
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
    """Text of an answer, for a message. All of it or none, because the token can't be found in a part of itself."""
    return repr(text) if len(text) <= 60 else f"of {len(text)} characters"


def header_map(headers: Iterable[tuple[bytes, bytes]]) -> dict[str, str]:
    """Headers by lower-case name; repeated ones are joined."""
    result: dict[str, str] = {}
    for raw_name, raw_value in headers:
        name, value = raw_name.decode("latin-1").lower(), raw_value.decode("latin-1")
        result[name] = f"{result[name]}, {value}" if name in result else value
    return result


def answer_of(token: Token, status: int, headers: dict[str, str], body: bytes, head: bytes | None = None) -> Answer:
    """The answer without the token. `head` has the names and values of the headers, if they are at hand as bytes."""
    if head is None:
        head = "\n".join((*headers, *headers.values())).encode("utf-8", "surrogatepass")
    # One search through everything: nearly every answer has nothing to hide.
    together = head + body if len(body) < _SMALL else head
    if token.hidden_in_bytes(together, is_error=True) is not together:
        headers = {token.hidden_in(name): token.hidden_in(value) for name, value in headers.items()}
    elif together is not head:
        return Answer(status, headers, body)
    return Answer(status, headers, token.hidden_in_bytes(body, is_error=status >= 400))
