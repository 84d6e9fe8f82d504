"""The body of a request as a stream for httpx or httpx2: whole, or an upload that is read while it is sent."""

from __future__ import annotations

import functools
from collections.abc import AsyncIterator, Iterator
from typing import Any

from .heads import Unreadable, chunks_of


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
