"""Engines that leave a streamed answer open: the call gets its head, and whoever asked for the stream the rest.

They are the engines over a given transport, with one that keeps a streamed answer back and hands on an empty one in its
place. So everything that holds for a call holds for a stream: what is checked, what is sent again, where the token is.
"""

from __future__ import annotations

import os
import time
from collections.abc import AsyncIterable, AsyncIterator, Callable, Iterable, Iterator, Mapping
from typing import Any, NamedTuple, cast

import httpcore
import httpx
from anyio.lowlevel import current_token

from ..steps import Failure
from .body import header_map
from .deadline import Deadline, DeadlineBackend
from .given import translated
from .pooled import failure_of, pool_options
from .quiet import quietly
from .shared import AsyncShared, Shared


class Open(NamedTuple):
    """A streamed answer of which the head was read. `until` is on the monotonic clock."""

    response: httpx.Response
    until: float


def is_streamed(response: httpx.Response) -> bool:
    """Whether an answer is handed on as it comes: not an envelope, an error, a page, or what must be inflated first."""
    headers = header_map(response.headers.raw)
    kind = headers.get("content-type", "").partition(";")[0].strip().lower()
    is_whole = kind in {"", "application/json", "text/html"} or kind.endswith("+json")
    is_plain = headers.get("content-encoding", "identity").strip().lower() == "identity"
    return 200 <= response.status_code < 300 and not is_whole and is_plain


class _Tap:
    """What was kept back, and how long it may be read."""

    kept: Open | None = None
    is_closed = False

    def check(self) -> None:
        """Raise where it was closed: what was cut off must not look like the end."""
        if self.is_closed:
            raise ConnectionAbortedError

    def _sent(self, request: httpx.Request) -> float:
        request.headers["accept-encoding"] = "identity"
        return time.monotonic() + float(request.extensions["timeout"]["read"])

    def _head_of(self, request: httpx.Request, response: httpx.Response, until: float) -> httpx.Response:
        # A GET is a probe, which only asks which format is served.
        if request.method != "POST" or not is_streamed(response):
            return response
        self.kept = Open(self._checked(response), until)
        return httpx.Response(response.status_code, headers=_without_length(response.headers))

    def _checked(self, response: httpx.Response) -> httpx.Response:
        raise NotImplementedError


class SyncTap(_Tap, httpx.BaseTransport):
    """A transport that keeps back what is streamed."""

    def __init__(self, transport: httpx.BaseTransport) -> None:
        self._transport = transport

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        until = self._sent(request)
        return self._head_of(request, self._transport.handle_request(request), until)

    def _checked(self, response: httpx.Response) -> httpx.Response:
        return httpx.Response(response.status_code, stream=_CheckedPieces(self, response))


class AsyncTap(_Tap, httpx.AsyncBaseTransport):
    """`SyncTap`, asynchronous."""

    def __init__(self, transport: httpx.AsyncBaseTransport) -> None:
        self._transport = transport

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        until = self._sent(request)
        return self._head_of(request, await self._transport.handle_async_request(request), until)

    def _checked(self, response: httpx.Response) -> httpx.Response:
        return httpx.Response(response.status_code, stream=_CheckedAsyncPieces(self, response))


class _CheckedPieces(httpx.SyncByteStream):
    def __init__(self, tap: SyncTap, response: httpx.Response) -> None:
        self._tap, self._response = tap, response

    def __iter__(self) -> Iterator[bytes]:
        self._tap.check()
        for piece in cast("Iterable[bytes]", self._response.stream):
            self._tap.check()
            yield piece
        self._tap.check()

    def close(self) -> None:
        self._response.close()


class _CheckedAsyncPieces(httpx.AsyncByteStream):
    # No generator: of one that is left early the event loop would have to take care.
    def __init__(self, tap: AsyncTap, response: httpx.Response) -> None:
        self._tap, self._response = tap, response
        self._pieces: AsyncIterator[bytes] | None = None

    def __aiter__(self) -> AsyncIterator[bytes]:
        self._pieces = aiter(cast("AsyncIterable[bytes]", self._response.stream))
        return self

    async def __anext__(self) -> bytes:
        assert self._pieces is not None
        self._tap.check()
        try:
            piece = await anext(self._pieces)
        except StopAsyncIteration:
            self._tap.check()
            raise
        self._tap.check()
        return piece

    async def aclose(self) -> None:
        await self._response.aclose()


class OwnTransport(httpx.BaseTransport):
    """A connection of its own for one stream. What it raises is not httpx's, but what the engine knows as well."""

    def __init__(self, origin: str) -> None:
        self._origin, self._is_closed = origin, False
        self._pool: httpcore.ConnectionPool | None = None

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        with quietly():
            if self._pool is None:
                # Not before: what is wrong with the environment is an error of the call.
                # With its backend a connection can be closed while another thread waits on it.
                options = {**pool_options(self._origin), "network_backend": DeadlineBackend(Deadline())}
                self._pool = httpcore.ConnectionPool(max_connections=1, **options)
            response = self._pool.handle_request(_below(request, self._watch))
        return httpx.Response(response.status, headers=response.headers, stream=_Pieces(response))

    def _watch(self, event: str, _: object) -> None:
        _refuse(event, is_closed=self._is_closed)

    def close(self) -> None:
        self._is_closed = True
        if self._pool is not None:
            self._pool.close()


class OwnAsyncTransport(httpx.AsyncBaseTransport):
    """`OwnTransport`, asynchronous."""

    def __init__(self, origin: str) -> None:
        self._origin, self._is_closed = origin, False
        self._pool: httpcore.AsyncConnectionPool | None = None

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        with quietly():
            if self._pool is None:
                self._pool = httpcore.AsyncConnectionPool(max_connections=1, **pool_options(self._origin))
            response = await self._pool.handle_async_request(_below(request, self._watch))
        return httpx.Response(response.status, headers=response.headers, stream=_AsyncPieces(response))

    async def _watch(self, event: str, _: object) -> None:
        _refuse(event, is_closed=self._is_closed)

    async def aclose(self) -> None:
        self._is_closed = True
        if self._pool is not None:
            await self._pool.aclose()


class _Pieces(httpx.SyncByteStream):
    def __init__(self, response: httpcore.Response) -> None:
        self._response = response

    def __iter__(self) -> Any:
        return self._response.iter_stream()

    def close(self) -> None:
        self._response.close()


class _AsyncPieces(httpx.AsyncByteStream):
    def __init__(self, response: httpcore.Response) -> None:
        self._response = response

    def __aiter__(self) -> Any:
        return self._response.aiter_stream()

    async def aclose(self) -> None:
        await self._response.aclose()


_CLOSED = Failure("lost", "it, or its client, was closed")


class StreamingShared(Shared):
    """What a client shares, with an engine of its own for one stream."""

    def __init__(self, shared: Shared) -> None:
        given, self._pid = shared.transport, os.getpid()
        # Of the client's own engines none is used: a stream has a connection of its own.
        self.own = OwnTransport(shared.origin) if given is None else None
        self.tap = SyncTap(self.own or given)  # type: ignore[arg-type]
        super().__init__(shared.origin, shared.token, shared.max_bytes, self.tap)
        self.turn = shared.turn
        shared.opened(self)

    def failure_of(self, error: Exception) -> Failure:
        """What an exception says that reading the stream has met."""
        return _CLOSED if self.is_closed else failure_of(translated(error), self.token)

    def cut_off(self) -> None:
        """End it, as its client is closed."""
        self.close()

    def close(self) -> None:
        """Close the stream, and its connection; a transport of the user stays open, and a parent's connection."""
        self.tap.is_closed = True
        super().close()
        if self._pid != os.getpid():
            return
        if self.tap.kept is not None:
            self.tap.kept.response.close()
        if self.own is not None:
            self.own.close()


class AsyncStreamingShared(AsyncShared):
    """`StreamingShared`, asynchronous."""

    def __init__(self, shared: AsyncShared) -> None:
        origin, self.token, max_bytes, given = shared.origin, shared.token, shared.max_bytes, shared.transport
        self.own = OwnAsyncTransport(origin) if given is None else None
        self.tap = AsyncTap(self.own or given)  # type: ignore[arg-type]
        super().__init__(origin, self.token, max_bytes, self.tap)
        self._turn, self.is_closed = shared.turn, shared.is_closed
        self._here = os.getpid(), current_token()
        shared.opened(self)

    def failure_of(self, error: Exception) -> Failure:
        """What an exception says that reading the stream has met."""
        return _CLOSED if self.is_closed else failure_of(translated(error), self.token)

    async def cut_off(self) -> None:
        """End it, as its client is closed."""
        await self.aclose()

    async def aclose(self) -> None:
        """`StreamingShared.close`, asynchronous. The connection of another event loop is left alone."""
        self.tap.is_closed = True
        await super().aclose()
        if self._here != (os.getpid(), current_token()):
            return
        if self.tap.kept is not None:
            await self.tap.kept.response.aclose()
        if self.own is not None:
            await self.own.aclose()


def _refuse(event: str, *, is_closed: bool) -> None:
    """Send nothing on a connection that was still being made when the client was closed."""
    if is_closed and event == "http11.send_request_headers.started":
        raise httpcore.ConnectError("the client was closed")


def _below(request: httpx.Request, watch: Callable[[str, Any], Any]) -> httpcore.Request:
    url = request.url
    target = httpcore.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path)
    return httpcore.Request(
        request.method.encode(),
        target,
        headers=request.headers.raw,
        content=request.stream,
        extensions={**request.extensions, "trace": watch},
    )


def _without_length(headers: httpx.Headers) -> Mapping[str, str]:
    return {name: value for name, value in headers.items() if name not in {"content-length", "transfer-encoding"}}
