"""Engines over a transport that the user gave: `httpx.MockTransport`, a recorder, a proxy of one's own.

Such a transport sees the token, since it is what sends it. A sync one is given a timeout for each phase, as httpx does:
that it ends by the deadline is its own business. An async one is cut off at the deadline.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

import anyio
import httpcore
import httpx

from ..auth import Token
from ..envelope import Answer
from ..steps import Failure, Send
from .answers import answer_of
from .body import Body, Refused, header_map
from .failed import CLOSED
from .pooled import failure_of
from .uploads import async_body, length_of, sync_body

_UNSENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.ProxyError, httpx.UnsupportedProtocol)


def translated(error: Exception) -> Exception:
    """httpx's exceptions by the names that `failure_of` knows."""
    if isinstance(error, httpx.PoolTimeout):
        return httpcore.PoolTimeout()
    if isinstance(error, _UNSENT):
        return httpcore.ConnectError(str(error))
    return httpcore.TimeoutException(str(error)) if isinstance(error, httpx.TimeoutException) else error


class _Given:
    _content: Callable[[Any], Any] = staticmethod(sync_body)

    def __init__(self, origin: str, token: Token, max_bytes: int) -> None:
        self._origin, self._token, self._max_bytes, self.is_closed = origin, token, max_bytes, False

    def _request(self, send: Send) -> httpx.Request:
        timeout = dict.fromkeys(("connect", "pool", "read", "write"), send.timeout)
        headers = {**send.headers, "accept-encoding": "gzip"}
        if send.content is not None:
            # Else an upload goes out in chunks, of which the other side can't tell whether they are all.
            headers["content-length"] = str(length_of(send.content))
        return httpx.Request(
            send.method,
            self._origin + (self._token.added_to(send.target) if send.with_token else send.target),
            headers=headers,
            content=self._content(send.content),
            extensions={"timeout": timeout},
        )

    def _body(self, response: httpx.Response) -> Body:
        return Body(self._max_bytes, response.headers.get("content-encoding"))

    def _answer(self, response: httpx.Response, body: Body) -> Answer:
        return answer_of(self._token, response.status_code, header_map(response.headers.raw), body.whole())


class SyncGiven(_Given):
    """The engine of a sync client that was given a transport."""

    def __init__(self, origin: str, token: Token, max_bytes: int, transport: httpx.BaseTransport) -> None:
        super().__init__(origin, token, max_bytes)
        self._transport = transport

    def exchange(self, send: Send) -> Answer | Failure:
        """Send one request and read its answer."""
        if self.is_closed:
            return CLOSED
        try:
            return self._exchange(send)
        except Exception as error:
            return failure_of(translated(error), self._token)

    def _exchange(self, send: Send) -> Answer | Failure:
        response = self._transport.handle_request(self._request(send))
        try:
            body = self._body(response)
            # Not iter_raw(): a response that was made of bytes counts as read already.
            for chunk in cast("httpx.SyncByteStream", response.stream):
                body.add(chunk)
            return self._answer(response, body)
        except Refused as error:
            return Failure("refused", self._token.hidden_in(str(error)), response.status_code)
        finally:
            response.close()

    def close(self) -> None:
        """Close the transport."""
        self.is_closed = True
        self._transport.close()


class AsyncGiven(_Given):
    """The engine of an async client that was given a transport."""

    _content = staticmethod(async_body)

    def __init__(self, origin: str, token: Token, max_bytes: int, transport: httpx.AsyncBaseTransport) -> None:
        super().__init__(origin, token, max_bytes)
        self._transport = transport

    async def exchange(self, send: Send) -> Answer | Failure:
        """Send one request and read its answer."""
        if self.is_closed:
            return CLOSED
        try:
            with anyio.fail_after(send.timeout):
                return await self._exchange(send)
        except Exception as error:
            return failure_of(translated(error), self._token)

    async def _exchange(self, send: Send) -> Answer | Failure:
        response = await self._transport.handle_async_request(self._request(send))
        try:
            body = self._body(response)
            # Not aiter_raw(): a response that was made of bytes counts as read already.
            async for chunk in cast("httpx.AsyncByteStream", response.stream):
                body.add(chunk)
            return self._answer(response, body)
        except Refused as error:
            return Failure("refused", self._token.hidden_in(str(error)), response.status_code)
        finally:
            await response.aclose()

    async def aclose(self) -> None:
        """Close the transport."""
        self.is_closed = True
        await self._transport.aclose()
