"""The body of an upload, for what is httpcore's or httpx's: read while it is sent, by a sync or an async iterator.

What the `forms` of a generated package gives is both at once, and httpx takes it for a sync one wherever it comes.
"""

from __future__ import annotations

import functools
from collections.abc import AsyncIterable, AsyncIterator, Iterable, Iterator
from typing import Any

from .heads import Unreadable, chunks_of


def length_of(content: Any) -> int:
    """How many bytes are to be sent. Raises `Unreadable`."""
    try:
        return len(content or b"")
    except OSError as error:
        raise Unreadable(f"the body can't be read ({error})") from None


def sync_body(content: Any) -> bytes | Iterable[bytes] | None:
    """A body as httpcore and httpx take it. Going through an upload may raise `Unreadable`."""
    return content if content is None or isinstance(content, bytes) else _Upload(content)


def async_body(content: Any) -> bytes | AsyncIterable[bytes] | None:
    """`sync_body`, asynchronous."""
    return content if content is None or isinstance(content, bytes) else _AsyncUpload(content)


class _Upload:
    def __init__(self, content: Any) -> None:
        self._content = content

    def __iter__(self) -> Iterator[bytes]:
        return chunks_of(self._content)


class _AsyncUpload:
    def __init__(self, content: Any) -> None:
        self._content = content

    def __aiter__(self) -> AsyncIterator[bytes]:
        return _Chunks(chunks_of(self._content))


class _Chunks:
    """No async generator: on trio, one that is cut off in the middle would be left to the garbage collector."""

    def __init__(self, chunks: Iterator[bytes]) -> None:
        self._chunks = chunks

    def __aiter__(self) -> AsyncIterator[bytes]:
        return self

    async def __anext__(self) -> bytes:
        for chunk in self._chunks:
            return chunk
        raise StopAsyncIteration


def put_stream(request: Any, library: Any, content: Any) -> None:
    """Put a stream of ours, which reads what this does, in the place of httpx's own, which is an async generator."""
    body = content if isinstance(content, _AsyncUpload) else None
    base = library.ByteStream if body is None else library.AsyncByteStream
    request.stream = _streams(base)(content or b"") if body is None else _streams(base)()
    request.stream.body = body


@functools.cache
def _streams(base: Any) -> Any:
    """A stream of an httpx's kind."""

    def chunks(self: Any) -> AsyncIterator[bytes]:
        return _Chunks(iter(self)) if self.body is None else aiter(self.body)

    return type("Stream", (base,), {"__aiter__": chunks, "__module__": __name__})
