"""Makes requests in the classes of httpx, or of httpx2 for a transport of that. No socket is touched here."""

from __future__ import annotations

import sys
from typing import Any, NamedTuple

from ..secrets import Content, Token
from ..steps import Send
from .errand import Errand
from .outgoing import check_head, length_of, stream_of

_HTTPX = ("httpx", "httpx2")
_WITH_BODY = frozenset({"POST", "PUT", "PATCH"})


class Kind(NamedTuple):
    """The facts about a transport.

    Attributes:
        httpx: The module whose classes it takes.
        is_ours: True if it is our own, which gets the errand.
        is_known: True if it is httpx's own class, by exact type. It takes the target separately from the URL. If it
            says that nothing was sent, that is believed; other transports may say so after sending.
    """

    httpx: Any
    is_ours: bool = False
    is_known: bool = False


def kind_of(transport: Any) -> Kind:
    """The facts about a given transport."""
    for name in _HTTPX:
        module = sys.modules.get(name)  # a transport of this module has imported it
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
        # Nearly every request differs from the one before only in its body.
        self._latest: tuple[tuple[object, ...], Any, Content, Any] = ((), None, Content(), None)

    def made(self, send: Send, errand: Errand) -> Any:
        """An `httpx.Request`. The target with the token goes into the errand. Raises `ValueError` or `Unreadable`."""
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
        # Not passed as `content`: httpx takes as long to find its type as for all the rest.
        body = stream_of(send.content, self._kind.httpx)
        request = self._kind.httpx.Request(send.method, url, headers=headers, stream=body, extensions=extensions)
        if length or not is_whole or send.method in _WITH_BODY:
            # Without it an upload would be chunked, and the other side could take a part for all of it.
            request.headers["Content-Length"] = str(length)
        if is_whole:
            request.read()
        return request

    def _url(self, target: str, *, with_token: bool) -> tuple[Any, Content]:
        whole = self._token.added_to(target) if with_token else target
        if self._kind.is_ours or self._kind.is_known:
            return self._kind.httpx.URL(self._origin + target), Content(whole.encode("ascii"))
        # Other transports take the token only in the URL.
        url = self._kind.httpx.URL(self._origin + whole)
        if url.raw_path.partition(b"?")[0] != target.partition("?")[0].encode("ascii"):
            raise ValueError(
                "the path has characters that this transport would encode; use httpx's transport, or the default"
            )
        return url, Content()

    def __repr__(self) -> str:
        return "<Requests>"
