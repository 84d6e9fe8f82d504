"""The engines over pyreqwest (extra `fast`): one HTTP client in Rust, below everything that decides.

Its exceptions hold the URL, so none leaves this module. Nor are their classes believed: a request that was sent and
not answered is called a `ConnectError` too. What is believed is reqwest's own word in the list of causes.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Iterable, Mapping
from datetime import timedelta
from functools import partial
from math import floor, log2
from typing import Any, TypeVar

from pyreqwest.client import Client, ClientBuilder, SyncClient, SyncClientBuilder
from pyreqwest.exceptions import PyreqwestError
from pyreqwest.exceptions import RequestTimeoutError as _TimedOut
from pyreqwest.proxy import ProxyBuilder

from ..auth import Token
from ..envelope import Answer
from ..locks import Lock
from ..steps import Failure, Send
from .aside import Aside
from .body import Body, Refused
from .roots import extra_roots
from .stock import AsyncEngine, SyncEngine, answer_of

_NOT_CONNECTED = "client error (Connect)"
_IDLE = timedelta(seconds=3)
_CONNECT = 4.0
_CLOSED = Failure("unsent", "the client is closed")

Builder = TypeVar("Builder", ClientBuilder, SyncClientBuilder)


def failure_of(error: Exception, token: Token) -> Failure:
    """What an exception says, without the exception."""
    details = getattr(error, "details", None) or {}
    causes = [str(cause.get("message", "")) for cause in details.get("causes") or ()]
    # The first cause is the URL.
    text = token.hidden_in(causes[-1] if len(causes) > 1 else type(error).__name__)
    if _NOT_CONNECTED in causes:
        return Failure("unsent", f"the gateway could not be reached ({text})")
    if isinstance(error, _TimedOut):
        return Failure("timeout", "no answer in time")
    return Failure("lost", f"the connection was lost ({text})")


def connect_timeout(seconds: float) -> float:
    """Seconds for making a connection: less than the whole exchange, so that a failure is known as one of connecting.

    pyreqwest takes it once a client, and each client has connections of its own. So there is one value for nearly all,
    and powers of two below it.
    """
    return min(_CONNECT, 2.0 ** floor(log2(seconds * 0.95)))


class _Exchange:
    """What both engines do with a request and an answer."""

    def __init__(self, origin: str, token: Token, max_bytes: int) -> None:
        self._of = origin, token, max_bytes
        self._origin, self._token, self._max_bytes = self._of
        self._pid = os.getpid()
        self._is_closed = False
        self._lock = Lock()

    def _configured(self, builder: Builder, seconds: float) -> Builder:
        builder = builder.gzip(False).brotli(False).zstd(False).deflate(False).follow_redirects(False).referer(False)
        builder = builder.pool_idle_timeout(_IDLE).connect_timeout(timedelta(seconds=seconds)).http1_only()
        builder = builder.default_headers({"accept-encoding": "gzip"}).error_for_status(False).no_proxy()
        if self._origin.startswith("https:"):
            for certificate in extra_roots():
                builder = builder.add_root_certificate_pem(certificate)
            if (proxy := _proxy(self._origin)) is not None:
                builder = builder.proxy(proxy)
        return builder

    def _request(self, client: Any, send: Send) -> Any:
        builder = client.request(send.method, self._origin + self._token.added_to(send.target)).headers(send.headers)
        if send.content is not None or send.method not in {"GET", "HEAD", "DELETE"}:
            builder = builder.body_bytes(send.content or b"")
        return builder.timeout(timedelta(seconds=send.timeout)).build_streamed()

    def _refused(self, error: Refused, status: int) -> Failure:
        return Failure("refused", self._token.hidden_in(str(error)), status)


def is_small(headers: Mapping[str, str], most: int) -> bool:
    """Whether the body can be read in one step: its length is known, and the connection can't bring more of it."""
    length = headers.get("content-length", "")
    return length.isdecimal() and int(length[:20]) <= most and "transfer-encoding" not in headers


def header_map(headers: Any) -> dict[str, str]:
    """Headers by their names in lower case; several of one name are joined. A value that is no text is U+FFFD."""
    result: dict[str, str] = {}
    for name, value in _pairs(headers):
        result[name] = f"{result[name]}, {value}" if name in result else value
    return result


def _pairs(headers: Any) -> Iterable[tuple[str, str]]:
    try:
        return list(headers.items())
    except ValueError:
        # One value that is no ASCII spoils them all.
        return [(name, value) for name in set(headers.keys()) for value in _texts(headers, name)]


def _texts(headers: Any, name: str) -> list[str]:
    try:
        return list(headers.getall(name))
    except ValueError:
        return ["\ufffd"]


def _proxy(origin: str) -> ProxyBuilder | None:
    from .proxies import proxy_of

    found = proxy_of(origin)
    if found is None:
        return None
    port = f":{found.url.port}" if found.url.port else ""
    proxy = ProxyBuilder.all(f"{found.url.scheme.decode()}://{found.url.host.decode()}{port}")
    if found.auth is not None:
        proxy = proxy.basic_auth(*(part.decode() for part in found.auth))
    return proxy


class FastSyncEngine(_Exchange):
    """`stock.SyncEngine` over pyreqwest. A forked child, in which pyreqwest can't work, gets the stock one."""

    def __init__(self, origin: str, token: Token, max_bytes: int) -> None:
        super().__init__(origin, token, max_bytes)
        self._clients: dict[float, SyncClient] = {}
        self._aside = Aside()
        self._stock: SyncEngine | None = None

    def exchange(self, send: Send) -> Answer | Failure:
        """Send one request and read its answer, all before `send.timeout` is over."""
        if self._is_closed:
            return _CLOSED
        if self._stock is None and self._pid != os.getpid():
            self._stock = SyncEngine(*self._of)
        if self._stock is not None:
            return self._stock.exchange(send)
        try:
            return self._aside.run(partial(self._exchange, send))
        except Exception as error:
            return failure_of(error, self._token)

    def _exchange(self, send: Send) -> Answer | Failure:
        with self._request(self._client(send), send) as response:
            try:
                headers = header_map(response.headers)
                body = Body(self._max_bytes, headers.get("content-encoding"))
                if is_small(headers, self._max_bytes):
                    body.add(response.bytes().to_bytes())
                else:
                    reader = response.body_reader
                    while (chunk := reader.read_chunk()) is not None:
                        body.add(chunk.to_bytes())
                return answer_of(self._token, response.status, headers, body.whole())
            except Refused as error:
                return self._refused(error, response.status)

    def _client(self, send: Send) -> SyncClient:
        seconds = connect_timeout(send.timeout)
        if seconds not in self._clients:
            with self._lock:
                if seconds not in self._clients:
                    self._clients[seconds] = self._configured(SyncClientBuilder(), seconds).build()
        return self._clients[seconds]

    def close(self) -> None:
        """Close the connections; a forked child leaves its parent's alone."""
        self._is_closed = True
        if self._stock is not None:
            self._stock.close()
        elif self._pid == os.getpid():
            self._aside.close()
            for client in self._clients.values():
                client.close()


class FastAsyncEngine(_Exchange):
    """`stock.AsyncEngine` over pyreqwest. A forked child, and an event loop that isn't asyncio's, get the stock one."""

    def __init__(self, origin: str, token: Token, max_bytes: int) -> None:
        super().__init__(origin, token, max_bytes)
        self._clients: dict[float, Client] = {}
        self._stock: AsyncEngine | None = None

    async def exchange(self, send: Send) -> Answer | Failure:
        """Send one request and read its answer, all before `send.timeout` is over."""
        if self._is_closed:
            return _CLOSED
        if self._pid != os.getpid() or not _is_asyncio():
            if self._stock is None:
                self._stock = AsyncEngine(*self._of)
            return await self._stock.exchange(send)
        try:
            return await self._exchange(send)
        except Exception as error:
            return failure_of(error, self._token)

    async def _exchange(self, send: Send) -> Answer | Failure:
        async with self._request(self._client(send), send) as response:
            try:
                headers = header_map(response.headers)
                body = Body(self._max_bytes, headers.get("content-encoding"))
                if is_small(headers, self._max_bytes):
                    body.add((await response.bytes()).to_bytes())
                else:
                    reader = response.body_reader
                    while (chunk := await reader.read_chunk()) is not None:
                        body.add(chunk.to_bytes())
                return answer_of(self._token, response.status, headers, body.whole())
            except Refused as error:
                return self._refused(error, response.status)

    def _client(self, send: Send) -> Client:
        seconds = connect_timeout(send.timeout)
        if seconds not in self._clients:
            self._clients[seconds] = self._configured(ClientBuilder(), seconds).build()
        return self._clients[seconds]

    async def aclose(self) -> None:
        """Close the connections; those of another process are left alone."""
        self._is_closed = True
        if self._stock is not None:
            await self._stock.aclose()
        if self._pid == os.getpid() and _is_asyncio():
            for client in self._clients.values():
                await client.close()


def _is_asyncio() -> bool:
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return False
    return True


def works_here() -> bool:
    """Whether pyreqwest can work in this process: not in one that was forked off a process that used it."""
    try:
        SyncClientBuilder().build().close()
    except (PyreqwestError, RuntimeError):
        return False
    return True
