"""The body of an upload, for what is httpcore's or httpx's: read while it is sent, by a sync or an async iterator.

What the `forms` of a generated package gives is both at once, and httpx takes it for a sync one wherever it comes.
"""

from __future__ import annotations

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

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for chunk in chunks_of(self._content):
            yield chunk
