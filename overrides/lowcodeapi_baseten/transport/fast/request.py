"""A request in HTTP/1.1 as bytes. No socket is touched here."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any
from urllib.parse import urlsplit

from lowcodeapi_baseten_api.types import Hidden

from ...auth import Content, Token
from ...steps import Send
from ..heads import check_head, chunks_of

# Below this, head and body are sent in one piece.
_SMALL = 1 << 16
_BODILESS = frozenset({"GET", "HEAD", "DELETE"})


class Requests:
    """Makes the requests of one client. The token is added here and nowhere above."""

    def __init__(self, origin: str, token: Token) -> None:
        self._host = f" HTTP/1.1\r\nHost: {urlsplit(origin).netloc}\r\nAccept-Encoding: gzip\r\n"
        self._token = token
        # What a head was made of, and all of it but the length.
        self._latest: tuple[tuple[object, ...], Hidden] = ((), Hidden(""))

    def pieces(self, send: Send) -> Iterable[Content]:
        """A request as it is written. Raises `ValueError` where it can't be, without its text.

        Of a body that is read while it is sent (an upload), going through the pieces may raise `Unreadable`, and
        `ConnectionError` once all that was announced has been sent and there is more.
        """
        content = send.content
        if content is not None or send.method not in _BODILESS:
            length = f"Content-Length: {len(content or b'')}\r\n\r\n"
        else:
            length = "\r\n"
        head = Content(f"{self._lines(send).reveal()}{length}".encode("ascii"))
        if content is None:
            return [head]
        if not isinstance(content, bytes):
            return _read_while_sent(head, content)
        if len(content) < _SMALL:
            return [Content(head + content)]
        return [head, content if isinstance(content, Content) else Content(content)]

    def _lines(self, send: Send) -> Hidden:
        # Nearly every request differs from the one before it in nothing but its body.
        made_of = (send.method, send.target, send.with_token, *send.headers.items())
        latest, lines = self._latest
        if made_of != latest:
            headers = check_head(send)
            target = self._token.added_to(send.target) if send.with_token else send.target
            lines = Hidden(f"{send.method} {target}{self._host}{headers}")
            self._latest = made_of, lines
        return lines

    def __repr__(self) -> str:
        return "<Requests>"


def _read_while_sent(head: Content, content: Any) -> Iterator[Content]:
    yield head
    yield from chunks_of(content)
