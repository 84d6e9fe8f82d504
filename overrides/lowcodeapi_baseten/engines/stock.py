"""The engines that come with httpx: its connection pool, below the client that logs URLs and keeps requests.

The token is added here and nowhere above. What httpcore raises holds the request, so none of it leaves this module.
"""

from __future__ import annotations

import os
import threading
import time
import urllib.request
from typing import Any
from urllib.parse import unquote, urlsplit

import anyio
import httpcore
import httpx

from ..auth import Token
from ..envelope import Answer
from ..steps import Failure, Send
from .body import Body, Refused, header_map
from .deadline import Deadline, DeadlineBackend

_POOL: dict[str, Any] = {"max_connections": 100, "max_keepalive_connections": 100, "keepalive_expiry": 3.0}
_UNSENT = (
    httpcore.ConnectError,
    httpcore.ConnectTimeout,
    httpcore.PoolTimeout,
    httpcore.ProxyError,
    httpcore.UnsupportedProtocol,
)


def proxy_of(origin: str) -> str | None:
    """The proxy that the environment names. Plain HTTP goes only to loopback, and never through a proxy."""
    parts = urlsplit(origin)
    if parts.scheme != "https" or urllib.request.proxy_bypass(parts.hostname or ""):
        return None
    proxies = urllib.request.getproxies()
    return proxies.get("https") or proxies.get("all")


def failure_of(error: Exception, token: Token) -> Failure:
    """What an exception says, without the exception."""
    text = f"{type(error).__name__}: {token.hidden_in(str(error))}" if str(error) else type(error).__name__
    if isinstance(error, Refused):
        return Failure("refused", token.hidden_in(str(error)))
    if isinstance(error, _UNSENT):
        return Failure("unsent", f"the gateway could not be reached ({text})")
    if isinstance(error, (httpcore.TimeoutException, TimeoutError)):
        return Failure("timeout", "no answer in time")
    return Failure("lost", f"the connection was lost ({text})")


class _Exchange:
    """What both engines do with a request and an answer."""

    def __init__(self, origin: str, token: Token, max_bytes: int) -> None:
        parts = urlsplit(origin)
        self._origin, self._token, self._max_bytes = origin, token, max_bytes
        self._url = (parts.scheme.encode(), (parts.hostname or "").encode(), parts.port)
        self._fixed = [(b"Host", parts.netloc.encode()), (b"Accept-Encoding", b"gzip")]
        self._pid = 0
        self._lock = threading.Lock()

    def _request(self, send: Send) -> httpcore.Request:
        headers = [*self._fixed, *((name.encode(), value.encode()) for name, value in send.headers.items())]
        if send.content is not None or send.method not in {"GET", "HEAD", "DELETE"}:
            headers.append((b"Content-Length", str(len(send.content or b"")).encode()))
        scheme, host, port = self._url
        target = self._token.added_to(send.target).encode()
        # A connection that can't be made in time is to be known as such, before the whole exchange is cut off.
        connect = send.timeout * 0.95
        timeout = {"connect": connect, "pool": connect, "read": send.timeout, "write": send.timeout}
        return httpcore.Request(
            send.method.encode(),
            httpcore.URL(scheme=scheme, host=host, port=port, target=target),
            headers=headers,
            content=send.content,
            extensions={"timeout": timeout},
        )

    def _answer(self, response: httpcore.Response, headers: dict[str, str], body: bytes) -> Answer:
        token, is_error = self._token, response.status >= 400
        shown = {name: token.hidden_in(value) for name, value in headers.items()}
        return Answer(response.status, shown, token.hidden_in_bytes(body, is_error=is_error))

    def _pool_options(self) -> dict[str, Any]:
        # TLS takes milliseconds to set up, and loopback does without.
        tls = {"ssl_context": httpx.create_ssl_context()} if self._origin.startswith("https:") else {}
        return {**_POOL, **tls, "proxy": _proxy(proxy_of(self._origin))}


def _proxy(url: str | None) -> httpcore.Proxy | None:
    if url is None:
        return None
    parts = urlsplit(url if "://" in url else f"http://{url}")
    auth = (unquote(parts.username), unquote(parts.password or "")) if parts.username else None
    port = f":{parts.port}" if parts.port else ""
    return httpcore.Proxy(f"{parts.scheme}://{parts.hostname}{port}", auth=auth)


class SyncEngine(_Exchange):
    """One request at a time per thread; the pool is opened on first use, and anew in a forked child."""

    _pool: httpcore.ConnectionPool

    def exchange(self, send: Send) -> Answer | Failure:
        """Send one request and read its answer, all before `send.timeout` is over."""
        try:
            return self._exchange(send)
        except Exception as error:
            return failure_of(error, self._token)
        except BaseException as error:
            # Ctrl-C: the frames below hold the request.
            error.__context__ = None
            raise error.with_traceback(None) from None

    def _exchange(self, send: Send) -> Answer:
        if self._pid != os.getpid():
            with self._lock:
                self._open()
        self._deadline.at = time.monotonic() + send.timeout
        response = self._pool.handle_request(self._request(send))
        try:
            headers = header_map(response.headers)
            body = Body(self._max_bytes, headers.get("content-encoding"))
            for chunk in response.iter_stream():
                body.add(chunk)
        finally:
            response.close()
        return self._answer(response, headers, body.whole())

    def _open(self) -> None:
        if self._pid != os.getpid():
            self._deadline = Deadline()
            options = {**self._pool_options(), "network_backend": DeadlineBackend(self._deadline)}
            self._pool, self._pid = httpcore.ConnectionPool(**options), os.getpid()

    def close(self) -> None:
        """Close the connections; a forked child leaves its parent's alone."""
        if self._pid == os.getpid():
            self._pool.close()
            self._pid = 0


class AsyncEngine(_Exchange):
    """Any number of tasks over one pool, on asyncio or trio."""

    _pool: httpcore.AsyncConnectionPool

    async def exchange(self, send: Send) -> Answer | Failure:
        """Send one request and read its answer, all before `send.timeout` is over."""
        try:
            with anyio.fail_after(send.timeout):
                return await self._exchange(send)
        except Exception as error:
            return failure_of(error, self._token)
        except BaseException as error:
            # A cancelled task: the frames below hold the request.
            error.__context__ = None
            raise error.with_traceback(None) from None

    async def _exchange(self, send: Send) -> Answer:
        if self._pid != os.getpid():
            self._pool, self._pid = httpcore.AsyncConnectionPool(**self._pool_options()), os.getpid()
        response = await self._pool.handle_async_request(self._request(send))
        try:
            headers = header_map(response.headers)
            body = Body(self._max_bytes, headers.get("content-encoding"))
            async for chunk in response.aiter_stream():
                body.add(chunk)
        finally:
            await response.aclose()
        return self._answer(response, headers, body.whole())

    async def aclose(self) -> None:
        """Close the connections."""
        if self._pid == os.getpid():
            await self._pool.aclose()
            self._pid = 0
