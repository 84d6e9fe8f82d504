# Generated from _async/transport.py by `python -m codegen unasync`: change that, and run it again.
"""Our own httpx transport: one httpcore connection, one call at a time.

It is an `httpx.HTTPTransport`, so tools that mock, record or trace those work with it. They see no token, because
that is added in the connection, below all of them.
"""

from __future__ import annotations

import ssl
from types import MethodType
from typing import Any

import httpx

from .. import sockets
from ..core import httpcore
from ..private_names import has_leftovers, without_locks
from .backend import Backend

_VERSIONS = {b"HTTP/1.1", b"HTTP/1.0"}


class Transport(httpx.HTTPTransport):
    """One connection, opened by the first call. `verify`, `cert` and `proxy` are as in httpx."""

    _pool: _Own

    def __init__(
        self,
        backend: Backend,
        *,
        verify: ssl.SSLContext | bool = True,
        cert: Any = None,
        proxy: httpx.Proxy | None = None,
    ) -> None:
        super().__init__(verify=verify, cert=cert, proxy=proxy)
        self.backend = backend
        self._pool = _pool(verify if isinstance(verify, ssl.SSLContext) else None, proxy, backend)

    def is_fresh(self) -> bool:
        """True if its connection may be used again."""
        return self._pool.connection is not None and self._pool.connection.is_fresh()

    def has_expired(self) -> bool:
        """True if it no longer has a usable connection. Safe to ask without having taken it."""
        return self._pool.connection is None or self._pool.connection.has_expired()

    def abandon(self) -> None:
        """Let go of the parent's connection in a forked child."""
        if self.backend.stream is not None:
            self.backend.stream.abandon()

    def close(self) -> None:
        """Close the connection. A call under way ends, and nothing more is sent."""
        self.backend.close()


def _pool(tls: ssl.SSLContext | None, proxy: httpx.Proxy | None, backend: Backend) -> _Own:
    options: dict[str, Any] = {"ssl_context": tls, "max_connections": 1, "keepalive_expiry": sockets.EXPIRY}
    pool: _Own
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
    return pool


def _own(origin: Any) -> httpcore.Origin:
    """The origin in our httpcore's class. httpx uses the class of its own httpcore, which may be another."""
    return httpcore.Origin(origin.scheme, origin.host, origin.port)


class _Own(httpcore.ConnectionPool):
    """A pool with a single connection of our own, so there is nothing to wait for and nothing to choose."""

    backend: Backend
    is_direct = False
    connection: Connection | None = None

    def create_connection(self, origin: httpcore.Origin) -> Any:
        return Connection(super().create_connection(_own(origin)), self.backend, is_direct=self.is_direct)

    def handle_request(self, request: httpcore.Request) -> httpcore.Response:
        theirs = super().handle_request
        if not _is_httpcores(theirs):
            # It was patched, as respx does, and the patch must see the call.
            return theirs(request)
        connection = self.connection
        if connection is not None and not connection.is_fresh():
            connection.close()
            connection = None
        if connection is None:
            connection = self.connection = self.create_connection(request.url.origin)
        return connection.handle_request(request)


def _is_httpcores(method: Any) -> bool:
    """True if a method is httpcore's own, not patched."""
    of: dict[str, Any] = getattr(method.__func__, "__globals__", {}) if type(method) is MethodType else {}
    return str(of.get("__name__")).startswith(f"{httpcore.__name__}.")


class _Pool(_Own):
    is_direct = True


class _Proxied(_Own, httpcore.HTTPProxy):
    pass


class _Socks(_Own, httpcore.SOCKSProxy):
    pass


class Connection:
    """A connection that adds the token. It is not used again if anything is left on it after an answer."""

    def __init__(self, inner: httpcore.ConnectionInterface, backend: Backend, *, is_direct: bool) -> None:
        self._inner, self._backend, self._is_direct = inner, backend, is_direct
        self._is_spoilt = False
        without_locks(inner)

    def handle_request(self, request: httpcore.Request) -> httpcore.Response:
        errand, url = self._backend.errand, request.url
        errand.is_reached = True
        target = url.target if errand.target is None else errand.target
        below_url = httpcore.URL(scheme=url.scheme, host=url.host, port=url.port, target=target)
        below = httpcore.Request(request.method, below_url, content=request.stream, extensions=request.extensions)
        below.headers = request.headers  # checked already
        if self._is_direct:
            errand.is_begun = True  # nothing else is ever written on it
        else:
            below.extensions = {**request.extensions, "trace": errand.watch}
        response = self._inner.handle_request(below)
        without_locks(self._inner)  # the connection that it opened has locks, too
        if response.status == 101 or response.extensions["http_version"] not in _VERSIONS:
            self._inner.close()
            raise httpcore.RemoteProtocolError("the answer is in another protocol than HTTP/1.1")
        names = {name.lower() for name, _ in response.headers}
        # A body may still follow a 204, against the rules. If there are two lengths, h11 goes by the chunks, but an
        # intermediary may not.
        self._is_spoilt = response.status == 204 or {b"content-length", b"transfer-encoding"} <= names
        return response

    def is_fresh(self) -> bool:
        """True if it may be used again: idle, open, not expired, with nothing left over."""
        is_idle = self._inner.is_available() and not self._inner.has_expired()
        return is_idle and not self._is_spoilt and not has_leftovers(self._inner, self._backend.stream)

    def __getattr__(self, name: str) -> Any:
        """The other methods of a connection, for httpcore's own pool if its method was patched."""
        return getattr(self._inner, name)

    def __repr__(self) -> str:
        return f"<{type(self).__name__} [{self._inner.info()}]>"
