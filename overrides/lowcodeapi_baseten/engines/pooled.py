"""Through a proxy: httpcore's own pool, below httpx's client, which logs URLs and keeps requests."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import httpcore

from ..auth import Content, Token
from ..envelope import Answer
from ..locks import Lock
from ..steps import Failure, Send
from .answers import answer_of
from .body import Body, Refused, header_map
from .deadline import Deadline, DeadlineBackend
from .failed import CLOSED, FULL, Unusable, failed, trusting, unsent
from .heads import Unreadable
from .proxies import proxy_of
from .quiet import quietly
from .tls import tls_of
from .uploads import length_of, sync_body

_UNSENT = (
    httpcore.ConnectError,
    httpcore.ConnectTimeout,
    httpcore.ProxyError,
    httpcore.UnsupportedProtocol,
    Unreadable,
    Unusable,
)


def failure_of(error: Exception, token: Token) -> Failure:
    """What an exception of httpcore says, without the exception."""
    if isinstance(error, httpcore.PoolTimeout):
        return FULL
    if isinstance(error, _UNSENT):
        return unsent(error, token)
    return failed(TimeoutError() if isinstance(error, httpcore.TimeoutException) else error, token)


def pool_options(origin: str) -> dict[str, Any]:
    """What a pool needs to know to reach an origin. Raises `Unusable`."""
    try:
        proxy = proxy_of(origin)
    except httpcore.UnsupportedProtocol as error:
        raise Unusable(str(error)) from None
    except ValueError:
        # What it says of the address may be a piece of the password.
        raise Unusable("the proxy of the environment is no address that can be read") from None
    with trusting():
        return {"proxy": proxy, "ssl_context": tls_of(origin)}


class Exchange:
    """What the sync and the async engine through a proxy have in common."""

    _content: Callable[[Any], Any] = staticmethod(sync_body)

    def __init__(self, origin: str, token: Token, max_bytes: int) -> None:
        parts = urlsplit(origin)
        self._origin, self._token, self._max_bytes, self.is_closed = origin, token, max_bytes, False
        self._url = (parts.scheme.encode(), (parts.hostname or "").encode(), parts.port)
        self._fixed = [(b"Host", parts.netloc.encode()), (b"Accept-Encoding", b"gzip")]

    def _options(self) -> dict[str, Any]:
        return {"keepalive_expiry": 3.0, **pool_options(self._origin)}

    def _request(self, send: Send) -> httpcore.Request:
        headers = [*self._fixed, *((name.encode(), value.encode()) for name, value in send.headers.items())]
        if send.content is not None or send.method not in {"GET", "HEAD", "DELETE"}:
            headers.append((b"Content-Length", str(length_of(send.content)).encode()))
        scheme, host, port = self._url
        target = Content((self._token.added_to(send.target) if send.with_token else send.target).encode())
        # A connection that can't be made in time is to be known as such, before the whole exchange is cut off.
        connect = send.timeout * 0.95
        timeout = {"connect": connect, "pool": connect, "read": send.timeout, "write": send.timeout}
        return httpcore.Request(
            send.method.encode(),
            httpcore.URL(scheme=scheme, host=host, port=port, target=target),
            headers=headers,
            content=self._content(send.content),
            extensions={"timeout": timeout},
        )


class Pooled(Exchange):
    """One request at a time per thread; the pool is opened on first use, and anew in a forked child."""

    def __init__(self, origin: str, token: Token, max_bytes: int) -> None:
        super().__init__(origin, token, max_bytes)
        self._lock, self._deadline, self._pid = Lock(), Deadline(), 0
        self._pool: httpcore.ConnectionPool | None = None

    def exchange(self, send: Send) -> Answer | Failure:
        """Send one request and read its answer, all before `send.timeout` is over."""
        if self.is_closed:
            return CLOSED
        self._deadline.at = time.monotonic() + send.timeout
        try:
            with quietly():
                return self._exchange(send)
        except Exception as error:
            return failure_of(error, self._token)

    def _exchange(self, send: Send) -> Answer | Failure:
        response = self._opened().handle_request(self._request(send))
        try:
            headers = header_map(response.headers)
            body = Body(self._max_bytes, headers.get("content-encoding"))
            for chunk in response.iter_stream():
                body.add(chunk)
            whole = body.whole()
        except Refused as error:
            return failed(error, self._token, response.status)
        finally:
            response.close()
        if response.status == 204:
            # What stood behind it, against the rules, would be taken for the next answer.
            response.extensions["network_stream"].close()
        return answer_of(self._token, response.status, headers, whole)

    def _opened(self) -> httpcore.ConnectionPool:
        if self._pool is None or self._pid != os.getpid():
            with self._lock:
                if self._pool is None or self._pid != os.getpid():
                    most: dict[str, Any] = {"max_connections": 100, "max_keepalive_connections": 100}
                    backend = DeadlineBackend(self._deadline)
                    self._pool = httpcore.ConnectionPool(**self._options(), **most, network_backend=backend)
                    self._pid = os.getpid()
        return self._pool

    def close(self) -> None:
        """Close the connections, and end the exchanges under way; a forked child leaves its parent's alone."""
        self.is_closed = True
        if self._pool is not None and self._pid == os.getpid():
            self._pool.close()
