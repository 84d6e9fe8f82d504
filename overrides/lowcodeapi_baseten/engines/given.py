"""Engines over a transport that the user gave: `httpx.MockTransport`, a recorder, a proxy of one's own.

Such a transport sees the token, since it is what sends it. The deadline is httpx's, a timeout for each phase.
"""

from __future__ import annotations

import httpcore
import httpx

from ..auth import Token
from ..envelope import Answer
from ..steps import Failure, Send
from .body import Body, header_map
from .stock import failure_of

_UNSENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.ProxyError, httpx.UnsupportedProtocol)


def _translated(error: Exception) -> Exception:
    """httpx's exceptions by the names that `failure_of` knows."""
    if isinstance(error, _UNSENT):
        return httpcore.ConnectError(str(error))
    return httpcore.TimeoutException(str(error)) if isinstance(error, httpx.TimeoutException) else error


class _Given:
    def __init__(self, origin: str, token: Token, max_bytes: int) -> None:
        self._origin, self._token, self._max_bytes = origin, token, max_bytes

    def _request(self, send: Send) -> httpx.Request:
        timeout = dict.fromkeys(("connect", "pool", "read", "write"), send.timeout)
        return httpx.Request(
            send.method,
            self._origin + self._token.added_to(send.target),
            headers={**send.headers, "accept-encoding": "gzip"},
            content=send.content,
            extensions={"timeout": timeout},
        )

    def _answer(self, response: httpx.Response, body: bytes) -> Answer:
        token, is_error = self._token, response.status_code >= 400
        headers = {name: token.hidden_in(value) for name, value in header_map(response.headers.raw).items()}
        return Answer(response.status_code, headers, token.hidden_in_bytes(body, is_error=is_error))

    def _body(self, response: httpx.Response) -> Body:
        return Body(self._max_bytes, response.headers.get("content-encoding"))


class SyncGiven(_Given):
    """`stock.SyncEngine`, over the user's transport."""

    def __init__(self, origin: str, token: Token, max_bytes: int, transport: httpx.BaseTransport) -> None:
        super().__init__(origin, token, max_bytes)
        self._transport = transport

    def exchange(self, send: Send) -> Answer | Failure:
        """Send one request and read its answer."""
        try:
            return self._exchange(send)
        except Exception as error:
            return failure_of(_translated(error), self._token)
        except BaseException as error:
            error.__context__ = None
            raise error.with_traceback(None) from None

    def _exchange(self, send: Send) -> Answer:
        response = self._transport.handle_request(self._request(send))
        try:
            body = self._body(response)
            for chunk in response.iter_raw():
                body.add(chunk)
        finally:
            response.close()
        return self._answer(response, body.whole())

    def close(self) -> None:
        """Close the transport."""
        self._transport.close()


class AsyncGiven(_Given):
    """`stock.AsyncEngine`, over the user's transport."""

    def __init__(self, origin: str, token: Token, max_bytes: int, transport: httpx.AsyncBaseTransport) -> None:
        super().__init__(origin, token, max_bytes)
        self._transport = transport

    async def exchange(self, send: Send) -> Answer | Failure:
        """Send one request and read its answer."""
        try:
            return await self._exchange(send)
        except Exception as error:
            return failure_of(_translated(error), self._token)
        except BaseException as error:
            error.__context__ = None
            raise error.with_traceback(None) from None

    async def _exchange(self, send: Send) -> Answer:
        response = await self._transport.handle_async_request(self._request(send))
        try:
            body = self._body(response)
            async for chunk in response.aiter_raw():
                body.add(chunk)
        finally:
            await response.aclose()
        return self._answer(response, body.whole())

    async def aclose(self) -> None:
        """Close the transport."""
        await self._transport.aclose()
