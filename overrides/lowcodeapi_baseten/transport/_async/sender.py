"""Sends the requests of one client, through transports of our own or through a given one."""

from __future__ import annotations

import contextlib
import time
from collections.abc import AsyncIterator, Callable
from typing import Any

import httpx

from ...envelope import Answer
from ...secrets import Token
from ...steps import Failure, Send
from ..answers import Body, answer_of, header_map
from ..backends import async_inner
from ..environment import Means
from ..errand import Errand
from ..failed import CLOSED, CUT_OFF, FULL, Stop, failure_of, is_of_sending
from ..quiet import quietly
from ..requests import Kind, Requests, kind_of
from ..sockets import left
from ..waits import AsyncHere, async_within
from .backend import AsyncBackend
from .lane import AsyncLane
from .transport import AsyncTransport


class AsyncSender:
    """Sends up to `most` requests at a time, or any number if `given`. An event loop has its own connections."""

    def __init__(
        self,
        origin: str,
        token: Token,
        max_bytes: int,
        most: int,
        given: httpx.AsyncBaseTransport | None = None,
        *,
        means: Means | None = None,
        accepts: str = "gzip",
    ) -> None:
        self.token, self.max_bytes, self.given = token, max_bytes, given
        self.means = means or Means(origin)
        self.kind = Kind(httpx, is_ours=True) if given is None else kind_of(given)
        self.requests = Requests(origin, token, self.kind, accepts)
        self.is_closed = False
        self.lanes: AsyncHere[AsyncLane[AsyncTransport]] = AsyncHere(lambda: AsyncLane(self._made, most))

    def _made(self) -> AsyncTransport:
        return AsyncTransport(AsyncBackend(async_inner()), **self.means.known())

    async def exchange(self, send: Send) -> Answer | Failure:
        """Send one request and read its answer, all within `send.timeout` seconds."""
        exchange = AsyncExchange(self, send)
        try:
            try:
                return await exchange.answer()
            finally:
                await exchange.aclose()
        finally:
            # Again, in case Ctrl-C came just as `aclose` began.
            exchange.inside.discard(exchange)

    async def aclose(self) -> None:
        """Close the connections, and the given transport. Calls under way end."""
        self.is_closed = True
        for lane in self.lanes.all():
            lane.refuse()
        if self.given is not None:
            await self.given.aclose()
        else:
            await self.lanes.here().aclose()

    def __repr__(self) -> str:
        return f"<{type(self).__name__}>"


class AsyncExchange:
    """One request and its answer. Always close it."""

    def __init__(self, sender: AsyncSender, send: Send, keeps: Callable[[Any], bool] = lambda response: False) -> None:
        self._sender, self._send, self._keeps = sender, send, keeps
        self._pieces: AsyncIterator[bytes] | None = None
        self.errand = Errand(time.monotonic() + send.timeout)
        self._lane: AsyncLane[AsyncTransport] | None = None
        self._transport: AsyncTransport | None = None
        self.inside: set[object] = set()
        self._is_handed_over = self._is_clean = False
        self.response: Any = None

    async def answer(self) -> Answer | Failure:
        """Send the request and read the answer: all of it, or only the head if it is kept open."""
        # Our own transports keep to the deadline by themselves.
        is_given = self._sender.given is not None
        try:
            with async_within(self._send.timeout) if is_given else contextlib.nullcontext():
                response = await self.open()
                return self._answer() if self._keeps(response) else await self.read()
        except Exception as error:
            return self.failure(error)

    async def open(self) -> Any:
        """Send the request and read the head of the answer. `failure` explains its exceptions."""
        sender, errand = self._sender, self.errand
        if sender.is_closed:
            raise Stop(CLOSED)
        request = sender.requests.made(self._send, errand)
        transport: Any = sender.given
        if transport is None:
            self._lane = lane = sender.lanes.here()
            self.inside = lane.gate.inside
            if not await lane.gate.enter(self, errand.until):
                raise Stop(FULL)
            self._transport = transport = lane.take()
            transport.backend.errand = errand
            if sender.is_closed:  # closed while waiting
                raise Stop(CLOSED)
        elif sender.kind.is_known:
            request.extensions["trace"] = errand.awatch
        self._is_handed_over = True
        with quietly():
            self.response = response = await transport.handle_async_request(request)
        return response

    async def read(self) -> Answer:
        """Read the whole answer."""
        body = Body(self._sender.max_bytes, self.response.headers.get("content-encoding"))
        # Not httpx's raw iterator, which refuses a response that was created from bytes.
        async for chunk in self.response.stream:
            body.add(chunk)
            left(self.errand.until)
        self._is_clean = True
        return self._answer(body.whole())

    def _answer(self, body: bytes = b"") -> Answer:
        response = self.response
        return answer_of(self._sender.token, response.status_code, header_map(response.headers.raw), body)

    async def piece(self) -> bytes | Failure | None:
        """The next piece of an answer that is kept open; None at its end."""
        try:
            if self._pieces is None:
                self._pieces = aiter(self.response.stream)
            with async_within(left(self.errand.until)):
                piece = await anext(self._pieces, None)
        except Exception as error:
            return CUT_OFF if self._sender.is_closed else self.failure(error)
        # An answer that was cut off must not look complete.
        return CUT_OFF if self._sender.is_closed else piece

    def failure(self, error: Exception) -> Failure:
        """Turn an exception of sending into a failure, without keeping it. Any other exception is raised again."""
        if not is_of_sending(error):
            raise error
        sender = self._sender
        if sender.is_closed and not self.errand.has_left and self._transport is not None:
            return CLOSED
        status = None if self.response is None else self.response.status_code
        return failure_of(
            error, sender.token, self.errand, sender.kind, is_handed_over=self._is_handed_over, status=status
        )

    async def aclose(self) -> None:
        """Give the connection back after a clean answer, else close it."""
        lane, transport, response = self._lane, self._transport, self.response
        try:
            self._transport = self.response = None
            try:
                # After a cut-off, only the connection is closed: see `AsyncTransport.aclose`.
                if response is not None and (self._is_clean or transport is None):
                    await response.aclose()
            except BaseException as error:
                self._is_clean = False
                if not is_of_sending(error):
                    raise
            finally:
                if lane is not None and transport is not None:
                    await lane.give(transport, is_clean=self._is_clean and not self._sender.is_closed)
        finally:
            if lane is not None:
                lane.gate.inside.discard(self)
                lane.gate.admit()

    def __repr__(self) -> str:
        return f"<{type(self).__name__}>"
