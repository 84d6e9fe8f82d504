"""Checks the head of a request before it is written, and makes its body a stream: whole, or read while it is sent."""

from __future__ import annotations

import functools
import re
from collections.abc import AsyncIterator, Iterator
from typing import Any

from ..secrets import Content
from ..steps import Send

_TARGET = re.compile(r"[\x21-\x7e]+", re.ASCII)
_HEADERS = re.compile(r"(?:[A-Za-z0-9!#$%&'*+.^_`|~-]+: [\t\x20-\x7e]*\r\n)*", re.ASCII)


class Unreadable(Exception):
    """The body can't be read to its end, so the other side can't have received all of it."""


def check_head(send: Send) -> str:
    """The header lines. Raises `ValueError` for a head that could smuggle in another request."""
    headers = "".join([f"{name}: {value}\r\n" for name, value in send.headers.items()])
    if not _TARGET.fullmatch(send.target) or not _TARGET.fullmatch(send.method):
        raise ValueError("an invalid request line")
    if not _HEADERS.fullmatch(headers) or headers.count("\n") != len(send.headers):
        raise ValueError("an invalid header")
    return headers


def chunks_of(content: Any) -> Iterator[Content]:
    """The chunks of an upload. Raises `Unreadable`, or `ConnectionError` if it goes on after its announced length."""
    left, chunks = len(content), iter(content)
    while True:
        try:
            chunk = next(chunks, None)
        except OSError as error:
            raise Unreadable(f"the body can't be read ({error})") from None
        if chunk is None:
            break
        if not left and chunk:
            # All announced bytes are sent, and there are more: the request may be carried out.
            raise ConnectionError("the body is longer than it was")
        left -= len(chunk)
        if left < 0:
            raise Unreadable("the body is longer than it was")
        yield Content(chunk)
    if left:
        raise Unreadable("the body is shorter than it was")


def length_of(content: Any) -> int:
    """The number of bytes to send. Raises `Unreadable`."""
    try:
        return len(content or b"")
    except OSError as error:
        raise Unreadable(f"the body can't be read ({error})") from None


def stream_of(content: Any, library: Any) -> Any:
    """A body for sync and async transports. Iterating over an upload may raise `Unreadable`."""
    whole, upload = _kinds(library)
    return whole(content or b"") if content is None or isinstance(content, bytes) else upload(content)


@functools.cache
def _kinds(library: Any) -> tuple[Any, Any]:
    both = (library.AsyncByteStream, library.SyncByteStream)
    return type("Whole", (_Whole, library.ByteStream), {}), type("Upload", (_Upload, *both), {})


class _Whole:
    def __aiter__(self) -> AsyncIterator[bytes]:
        return _Chunks(iter(self))  # type: ignore[call-overload]


class _Upload(_Whole):
    def __init__(self, content: Any) -> None:
        self._content = content

    def __iter__(self) -> Iterator[bytes]:
        return chunks_of(self._content)


class _Chunks:
    """Not an async generator like httpx's own: on trio, one that is cut off is left to the garbage collector."""

    def __init__(self, chunks: Iterator[bytes]) -> None:
        self._chunks = chunks

    def __aiter__(self) -> AsyncIterator[bytes]:
        return self

    async def __anext__(self) -> bytes:
        for chunk in self._chunks:
            return chunk
        raise StopAsyncIteration
