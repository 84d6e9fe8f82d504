"""Through a proxy, and on trio: httpcore's own pools, asynchronous."""

from __future__ import annotations

import os

import anyio
import httpcore
from anyio.lowlevel import current_token

from ..auth import Token
from ..envelope import Answer
from ..steps import Failure, Send
from .answers import answer_of
from .body import Body, Refused, header_map
from .failed import CLOSED, failed
from .pooled import Exchange, failure_of
from .pools import Pools
from .quiet import quietly
from .uploads import async_body


class AsyncPooled(Exchange):
    """Up to `most` requests at a time, on asyncio or trio; in a forked child or another event loop, new connections."""

    _content = staticmethod(async_body)

    def __init__(self, origin: str, token: Token, max_bytes: int, most: int) -> None:
        super().__init__(origin, token, max_bytes)
        self._most = most
        self._at: tuple[int, object] | None = None
        self._pools: Pools | None = None

    async def exchange(self, send: Send) -> Answer | Failure:
        """Send one request and read its answer, all before `send.timeout` is over."""
        if self.is_closed:
            return CLOSED
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
            return failed(error, self._token, response.status)
        finally:
            await response.aclose()
        if response.status == 204:
            # What stood behind it, against the rules, would be taken for the next answer.
            await response.extensions["network_stream"].aclose()
        return answer_of(self._token, response.status, headers, whole)

    def _opened(self) -> Pools:
        here = os.getpid(), current_token()
        if self._pools is None or self._at != here:
            self._pools, self._at = Pools(self._most, **self._options()), here
        return self._pools

    async def aclose(self) -> None:
        """Close the connections; those of another process or event loop are left alone."""
        self.is_closed = True
        if self._pools is not None and self._at == (os.getpid(), current_token()):
            await self._pools.aclose()
