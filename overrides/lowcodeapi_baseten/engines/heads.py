"""A request in HTTP/1.1 as bytes. No socket is touched here."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any
from urllib.parse import urlsplit

from ..auth import Content, Token
from ..steps import Send

# Below this, head and body are sent in one piece.
_SMALL = 1 << 16
_TARGET = re.compile(r"[\x21-\x7e]+", re.ASCII)
_HEADERS = re.compile(r"(?:[A-Za-z0-9!#$%&'*+.^_`|~-]+: [\t\x20-\x7e]*\r\n)*", re.ASCII)
_BODILESS = frozenset({"GET", "HEAD", "DELETE"})


class Unreadable(Exception):
    """The body can't be read to its end any more, so that the other side can't have got it whole."""


class Heads:
    """Makes the heads of the requests of one client. The token is added here and nowhere above."""

    def __init__(self, origin: str, token: Token) -> None:
        self._host = f" HTTP/1.1\r\nHost: {urlsplit(origin).netloc}\r\nAccept-Encoding: gzip\r\n"
        self._token = token
        self._latest: tuple[tuple[tuple[str, str], ...], str] = ((), "")

    def pieces(self, send: Send) -> Iterable[Content]:
        """A request as it is written. Raises `ValueError` where it can't be, without its text.

        Of a body that is read while it is sent (an upload), going through the pieces may raise `Unreadable`.
        """
        content = send.content
        if content is not None or send.method not in _BODILESS:
            length = f"Content-Length: {len(content or b'')}\r\n\r\n"
        else:
            length = "\r\n"
        if not _TARGET.fullmatch(send.target) or not _TARGET.fullmatch(send.method):
            raise ValueError("a request line that is none")
        target = self._token.added_to(send.target)
        head = f"{send.method} {target}{self._host}{self._lines(send)}{length}".encode("ascii")
        if content is None:
            return [Content(head)]
        if not isinstance(content, bytes):
            return _read_while_sent(head, content)
        if len(content) < _SMALL:
            return [Content(head + content)]
        return [Content(head), content if isinstance(content, Content) else Content(content)]

    def _lines(self, send: Send) -> str:
        # Nearly every request has the headers of the one before it.
        items = tuple(send.headers.items())
        latest, lines = self._latest
        if items != latest:
            lines = "".join([f"{name}: {value}\r\n" for name, value in items])
            if not _HEADERS.fullmatch(lines) or lines.count("\n") != len(items):
                raise ValueError("a header that is none")
            self._latest = items, lines
        return lines

    def __repr__(self) -> str:
        return "<Heads>"


def _read_while_sent(head: bytes, content: Any) -> Iterator[Content]:
    left, chunks = len(content), iter(content)
    yield Content(head)
    while True:
        try:
            chunk = next(chunks, None)
        except OSError as error:
            raise Unreadable(f"the body can't be read ({error})") from None
        if chunk is None:
            break
        if not left and chunk:
            # What was announced is sent, and was cut off: nobody knows what becomes of it.
            raise ConnectionError("the body is longer than it was")
        left -= len(chunk)
        if left < 0:
            raise Unreadable("the body is longer than it was")
        yield Content(chunk)
    if left:
        raise Unreadable("the body is shorter than it was")
