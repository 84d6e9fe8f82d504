"""The engines that come with httpx: its connection pool, below the client that logs URLs and keeps requests.

The token is added here and nowhere above. What httpcore raises holds the request, so no exception of it leaves this
module; of Ctrl-C and of a cancelled task the drivers in `client` cut the frames off.
"""

from __future__ import annotations

import os
import time
from typing import Any
from urllib.parse import urlsplit

import anyio
import httpcore
import httpx
from anyio.lowlevel import current_token

from ..auth import Token
from ..envelope import Answer
from ..locks import Lock
from ..steps import Failure, Send
from .body import Body, Refused, header_map
from .deadline import Deadline, DeadlineBackend
from .pools import Pools
from .proxies import proxy_of
from .quiet import quietly

_POOL: dict[str, Any] = {"max_connections": 100, "max_keepalive_connections": 100, "keepalive_expiry": 3.0}
_UNSENT = (
    httpcore.ConnectError,
    httpcore.ConnectTimeout,
    httpcore.PoolTimeout,
    httpcore.ProxyError,
    httpcore.UnsupportedProtocol,
)
_CLOSED = Failure("unsent", "the client is closed")


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


def answer_of(token: Token, status: int, headers: dict[str, str], body: bytes) -> Answer:
    """What came back, without the token."""
    # One look at all of them together: nearly every answer has nothing to hide.
    together = "\n".join((*headers, *headers.values()))
    if token.hidden_in(together) != together:
        headers = {token.hidden_in(name): token.hidden_in(value) for name, value in headers.items()}
    return Answer(status, headers, token.hidden_in_bytes(body, is_error=status >= 400))


class _Exchange:
    """What both engines do with a request and an answer."""

    def __init__(self, origin: str, token: Token, max_bytes: int) -> None:
        parts = urlsplit(origin)
        self._origin, self._token, self._max_bytes = origin, token, max_bytes
        self._url = (parts.scheme.encode(), (parts.hostname or "").encode(), parts.port)
        self._fixed = [(b"Host", parts.netloc.encode()), (b"Accept-Encoding", b"gzip")]
        self._is_closed = False

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

    def _pool_options(self) -> dict[str, Any]:
        # TLS takes milliseconds to set up, and loopback does without.
        tls = {"ssl_context": httpx.create_ssl_context()} if self._origin.startswith("https:") else {}
        return {**_POOL, **tls, "proxy": proxy_of(self._origin)}


class SyncEngine(_Exchange):
    """One request at a time per thread; the pool is opened on first use, and anew in a forked child."""

    def __init__(self, origin: str, token: Token, max_bytes: int) -> None:
        super().__init__(origin, token, max_bytes)
        self._lock, self._deadline, self._pid = Lock(), Deadline(), 0
        self._pool: httpcore.ConnectionPool | None = None

    def exchange(self, send: Send) -> Answer | Failure:
        """Send one request and read its answer, all before `send.timeout` is over."""
        if self._is_closed:
            return _CLOSED
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
            return Failure("refused", self._token.hidden_in(str(error)), response.status)
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
                    backend = DeadlineBackend(self._deadline)
                    self._pool = httpcore.ConnectionPool(**self._pool_options(), network_backend=backend)
                    self._pid = os.getpid()
        return self._pool

    def close(self) -> None:
        """Close the connections; a forked child leaves its parent's alone."""
        self._is_closed = True
        if self._pool is not None and self._pid == os.getpid():
            self._pool.close()


class AsyncEngine(_Exchange):
    """Any number of tasks over one pool, on asyncio or trio; in a forked child or another event loop, a new one."""

    def __init__(self, origin: str, token: Token, max_bytes: int) -> None:
        super().__init__(origin, token, max_bytes)
        self._at: tuple[int, object] | None = None
        self._pools: Pools | None = None

    async def exchange(self, send: Send) -> Answer | Failure:
        """Send one request and read its answer, all before `send.timeout` is over."""
        if self._is_closed:
            return _CLOSED
        try:
            with quietly(), anyio.fail_after(send.timeout):
                return await self._exchange(send)
        except Exception as error:
            return failure_of(error, self._token)

    async def _exchange(self, send: Send) -> Answer | Failure:
        pools = self._opened()
        number = await pools.take(send.timeout * 0.95)
        try:
            return await self._exchanged(pools[number], send)
        except BaseException:
            await pools.renew(number)
            raise
        finally:
            pools.give(number)

    async def _exchanged(self, pool: httpcore.AsyncConnectionPool, send: Send) -> Answer | Failure:
        response = await pool.handle_async_request(self._request(send))
        try:
            headers = header_map(response.headers)
            body = Body(self._max_bytes, headers.get("content-encoding"))
            async for chunk in response.aiter_stream():
                body.add(chunk)
            whole = body.whole()
        except Refused as error:
            return Failure("refused", self._token.hidden_in(str(error)), response.status)
        finally:
            await response.aclose()
        if response.status == 204:
            # What stood behind it, against the rules, would be taken for the next answer.
            await response.extensions["network_stream"].aclose()
        return answer_of(self._token, response.status, headers, whole)

    def _opened(self) -> Pools:
        here = os.getpid(), current_token()
        if self._pools is None or self._at != here:
            self._pools, self._at = Pools(**self._pool_options()), here
        return self._pools

    async def aclose(self) -> None:
        """Close the connections; those of another process or event loop are left alone."""
        self._is_closed = True
        if self._pools is not None and self._at == (os.getpid(), current_token()):
            await self._pools.aclose()
