"""A request in httpx's classes, or in those of the httpx that a given transport is of. No socket is touched here."""

from __future__ import annotations

import sys
from typing import Any, NamedTuple

from ..auth import Content, Token
from ..steps import Send
from .errand import Errand
from .heads import check_head
from .uploads import length_of, stream_of

_HTTPX = ("httpx", "httpx2")
_WITH_BODY = frozenset({"POST", "PUT", "PATCH"})


class Kind(NamedTuple):
    """What is known of a transport.

    Attributes:
        httpx: The module whose classes it takes.
        is_ours: Whether it is ours: it is told of the errand.
        is_known: Whether it is httpx's own class, by exact type: it takes the target apart from the URL, and is
            believed where it says that nothing was sent. A stranger may say so of what it has sent.
    """

    httpx: Any
    is_ours: bool = False
    is_known: bool = False


def kind_of(transport: Any) -> Kind:
    """What is known of a transport that was given."""
    for name in _HTTPX:
        module = sys.modules.get(name)  # what is of it has imported it
        if module is None:
            continue
        if type(transport) in (module.HTTPTransport, module.AsyncHTTPTransport):
            return Kind(module, is_known=True)
        if isinstance(transport, (module.BaseTransport, module.AsyncBaseTransport)):
            return Kind(module)
    import httpx

    return Kind(httpx)


class Requests:
    """Makes the requests of one client."""

    def __init__(self, origin: str, token: Token, kind: Kind, accepts: str) -> None:
        self._origin, self._token, self._kind, self._accepts = origin, token, kind, accepts
        # Nearly every request differs from the one before it in nothing but its body.
        self._latest: tuple[tuple[object, ...], Any, Content, Any] = ((), None, Content(), None)

    def made(self, send: Send, errand: Errand) -> Any:
        """An `httpx.Request`. The errand gets what only the connection may see. Raises `ValueError`, `Unreadable`."""
        made_of = (send.method, send.target, send.with_token, *send.headers.items())
        latest, url, target, headers = self._latest
        if made_of != latest:
            check_head(send)
            url, target = self._url(send.target, with_token=send.with_token)
            host = url.netloc.decode("ascii")
            headers = self._kind.httpx.Headers({"Host": host, "accept-encoding": self._accepts, **send.headers})
            self._latest = made_of, url, target, headers
        errand.has_body = bool(send.content)
        extensions: dict[str, Any] = {"timeout": dict.fromkeys(("connect", "pool", "read", "write"), send.timeout)}
        if self._kind.is_ours:
            errand.target = target
        elif self._kind.is_known:
            extensions |= {"target": target}
        is_whole, length = send.content is None or isinstance(send.content, bytes), length_of(send.content)
        # Not as its content: to find out what that is takes as long as all the rest.
        body = stream_of(send.content, self._kind.httpx)
        request = self._kind.httpx.Request(send.method, url, headers=headers, stream=body, extensions=extensions)
        if length or not is_whole or send.method in _WITH_BODY:
            # Without it an upload goes out in chunks, of which the other side can't tell whether they are all.
            request.headers["Content-Length"] = str(length)
        if is_whole:
            request.read()
        return request

    def _url(self, target: str, *, with_token: bool) -> tuple[Any, Content]:
        whole = self._token.added_to(target) if with_token else target
        if self._kind.is_ours or self._kind.is_known:
            return self._kind.httpx.URL(self._origin + target), Content(whole.encode("ascii"))
        # A stranger knows no other place for it.
        url = self._kind.httpx.URL(self._origin + whole)
        if url.raw_path.partition(b"?")[0] != target.partition("?")[0].encode("ascii"):
            raise ValueError("its path has characters that this transport would encode; use httpx's own, or none")
        return url, Content()

    def __repr__(self) -> str:
        return "<Requests>"
