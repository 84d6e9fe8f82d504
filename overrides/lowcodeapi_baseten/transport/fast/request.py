"""Writes HTTP/1.1 requests as bytes. No socket is touched here."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any
from urllib.parse import urlsplit

from ...secrets import Content, Token
from ...steps import Send
from ..outgoing import check_head, chunks_of

# Bytes; below this, head and body are sent in one piece.
_SMALL = 1 << 16
_BODILESS = frozenset({"GET", "HEAD", "DELETE"})


class Requests:
    """Makes the requests of one client. The token is added here, never above."""

    def __init__(self, origin: str, token: Token) -> None:
        self._host = f" HTTP/1.1\r\nHost: {urlsplit(origin).netloc}\r\nAccept-Encoding: gzip\r\n"
        self._token = token
        # The inputs of the latest head, and its lines without the length.
        self._made_of: tuple[object, ...] = ()
        self._lines = Content(b"")

    def pieces(self, send: Send) -> Iterable[Content]:
        """The bytes of a request. Raises `ValueError`, without showing the request, if it can't be written.

        An upload is read while it is sent. Iterating over its pieces may raise `Unreadable`, or `ConnectionError` if
        the body goes on after its announced length was sent.
        """
        # Nearly every request differs from the one before only in its body.
        if self._made_of != (send.method, send.target, send.with_token, send.headers):
            self._make_lines(send)
        content = send.content
        if content is None and send.method in _BODILESS:
            return [Content(b"%b\r\n" % self._lines)]
        size = len(content or b"")
        if content is None or (isinstance(content, bytes) and size < _SMALL):
            return [Content(b"%bContent-Length: %d\r\n\r\n%b" % (self._lines, size, content or b""))]
        head = Content(b"%bContent-Length: %d\r\n\r\n" % (self._lines, size))
        if not isinstance(content, bytes):
            return _read_while_sent(head, content)
        return [head, content if isinstance(content, Content) else Content(content)]

    def _make_lines(self, send: Send) -> None:
        headers = check_head(send)
        target = self._token.added_to(send.target) if send.with_token else send.target
        self._lines = Content(f"{send.method} {target}{self._host}{headers}".encode("ascii"))
        self._made_of = send.method, send.target, send.with_token, dict(send.headers)

    def __repr__(self) -> str:
        return "<Requests>"


def _read_while_sent(head: Content, content: Any) -> Iterator[Content]:
    yield head
    yield from chunks_of(content)
