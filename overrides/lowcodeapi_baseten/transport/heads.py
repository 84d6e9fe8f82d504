"""Checks the head of a request before it is written, and reads an upload while it is sent."""

from __future__ import annotations

import re
from collections.abc import Iterator
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
        raise ValueError("a request line that is none")
    if not _HEADERS.fullmatch(headers) or headers.count("\n") != len(send.headers):
        raise ValueError("a header that is none")
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
