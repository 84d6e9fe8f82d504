"""Our own httpx transport: a connection, one call at a time, over httpcore's own pool.

It is an `httpx.AsyncHTTPTransport`, so what mocks, records or traces those works with it, and sees no token: that is
added in the connection, below all of them.
"""

from __future__ import annotations

import ssl
from typing import Any

import httpx

from .. import sockets
from ..core import httpcore
from ..inner import async_with_lock, async_without_locks
from ..leftovers import has_leftovers
from .backend import AsyncBackend

_VERSIONS = {b"HTTP/1.1", b"HTTP/1.0"}


class AsyncTransport(httpx.AsyncHTTPTransport):
    """One connection, opened when it is needed. `verify`, `cert` and `proxy` are httpx's own."""

    def __init__(
        self,
        backend: AsyncBackend,
        *,
        verify: ssl.SSLContext | bool = True,
        cert: Any = None,
        proxy: httpx.Proxy | None = None,
    ) -> None:
        super().__init__(verify=verify, cert=cert, proxy=proxy)
        self.backend = backend
        self._pool = _pool(verify if isinstance(verify, ssl.SSLContext) else None, proxy, backend)

    def is_open(self) -> bool:
        """Whether it has a connection."""
        return bool(self._pool.connections)

    def is_fresh(self) -> bool:
        """Whether it has a connection that may be used again."""
        return any(not connection.has_expired() for connection in self._pool.connections)

    def abandon(self) -> None:
        """Let go of a parent's connection, in a forked child."""
        if self.backend.stream is not None:
            self.backend.stream.abandon()

    async def aclose(self) -> None:
        """Close the connection. What is under way ends, and nothing more is sent."""
        self.backend.is_closed = True
        for cancel in list(self.backend.cancels):
            cancel()
        # Not by way of the pool: whoever was interrupted there may have left it in any state.
        if self.backend.stream is not None:
            await self.backend.stream.aclose()


def _pool(tls: ssl.SSLContext | None, proxy: httpx.Proxy | None, backend: AsyncBackend) -> httpcore.AsyncConnectionPool:
    options: dict[str, Any] = {"ssl_context": tls, "max_connections": 1, "keepalive_expiry": sockets.EXPIRY}
    pool: _Pool | _Proxied | _Socks
    if proxy is None:
        pool = _Pool(**options, network_backend=backend)
    else:
        url = proxy.url
        where = httpcore.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path)
        options |= {"proxy_url": where, "proxy_auth": proxy.raw_auth, "network_backend": backend}
        if url.scheme in {"socks5", "socks5h"}:
            pool = _Socks(**options)
        else:
            pool = _Proxied(**options, proxy_headers=proxy.headers.raw, proxy_ssl_context=proxy.ssl_context)
    pool.backend = backend
    async_with_lock(pool)
    return pool


def _own(origin: Any) -> httpcore.Origin:
    """The same in our httpcore's class: httpx makes it in that of its own, which may be another."""
    return httpcore.Origin(origin.scheme, origin.host, origin.port)


class _Own(httpcore.AsyncConnectionPool):
    """A pool whose connections are ours."""

    backend: AsyncBackend
    is_direct = False

    def create_connection(self, origin: httpcore.Origin) -> httpcore.AsyncConnectionInterface:
        return AsyncConnection(super().create_connection(_own(origin)), self.backend, is_direct=self.is_direct)

    async def _close_connections(self, closing: list[httpcore.AsyncConnectionInterface]) -> None:
        # Nearly always there are none, and shielding that from being cancelled takes a while.
        if closing:
            await super()._close_connections(closing)


class _Pool(_Own):
    is_direct = True


class _Proxied(_Own, httpcore.AsyncHTTPProxy):
    pass


class _Socks(_Own, httpcore.AsyncSOCKSProxy):
    pass


class AsyncConnection(httpcore.AsyncConnectionInterface):
    """A connection that adds the token, and that is given up where anything is left on it behind an answer."""

    def __init__(self, inner: httpcore.AsyncConnectionInterface, backend: AsyncBackend, *, is_direct: bool) -> None:
        self._inner, self._backend, self._is_direct = inner, backend, is_direct
        self._is_spoilt = False
        async_without_locks(inner)

    async def handle_async_request(self, request: httpcore.Request) -> httpcore.Response:
        errand, url = self._backend.errand, request.url
        errand.is_reached = True
        target = url.target if errand.target is None else errand.target
        below_url = httpcore.URL(scheme=url.scheme, host=url.host, port=url.port, target=target)
        below = httpcore.Request(request.method, below_url, content=request.stream, extensions=request.extensions)
        below.headers = request.headers  # checked already
        if self._is_direct:
            errand.is_begun = True  # nothing else is ever written on it
        else:
            below.extensions = {**request.extensions, "trace": errand.awatch}
        try:
            response = await self._inner.handle_async_request(below)
        finally:
            async_without_locks(self._inner)
        if response.status == 101 or response.extensions["http_version"] not in _VERSIONS:
            await self._inner.aclose()
            raise httpcore.RemoteProtocolError("the answer is in another protocol than HTTP/1.1")
        names = {name.lower() for name, _ in response.headers}
        # Behind a 204, against the rules, something may still be on its way; and of two lengths h11 goes by the chunks,
        # while who stands between may not.
        self._is_spoilt = response.status == 204 or {b"content-length", b"transfer-encoding"} <= names
        return response

    def has_expired(self) -> bool:
        inner = self._inner
        if inner.has_expired():
            return True
        return inner.is_idle() and (self._is_spoilt or has_leftovers(inner, self._backend.stream))

    async def aclose(self) -> None:
        await self._inner.aclose()

    def info(self) -> str:
        return self._inner.info()

    def can_handle_request(self, origin: httpcore.Origin) -> bool:
        return self._inner.can_handle_request(_own(origin))

    def is_available(self) -> bool:
        return self._inner.is_available()

    def is_idle(self) -> bool:
        return self._inner.is_idle()

    def is_closed(self) -> bool:
        return self._inner.is_closed()

    def __repr__(self) -> str:
        return f"<{type(self).__name__} [{self.info()}]>"
