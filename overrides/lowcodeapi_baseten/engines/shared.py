"""What a client and its `with_options` forms share. Nothing is imported or opened before the first request."""

from __future__ import annotations

import weakref
from typing import TYPE_CHECKING, Protocol, TypeVar

from ..auth import Token
from ..locks import Lock
from . import choice

if TYPE_CHECKING:
    import anyio
    import httpx

    from ..transport.fast.sender import FastSender
    from .direct import DirectEngine
    from .direct_async import AsyncDirectEngine
    from .given import AsyncGiven, SyncGiven
    from .pooled import Pooled
    from .pooled_async import AsyncPooled

T = TypeVar("T")


class Open(Protocol):
    """A stream or a run: what goes on after the call that began it, and ends with the client."""

    def cut_off(self) -> None:
        """End it, from any thread, as its client is closed."""
        ...


class AsyncOpen(Protocol):
    """`Open`, asynchronous."""

    async def cut_off(self) -> None:
        """End it, as its client is closed."""
        ...


class Shared:
    """What a client and its `with_options` forms share: the engine, made on first use, and the turn to ask.

    `asked` is what the user said of it; `transport` is the user's own one, where that is it. Once `is_closed`, nothing
    is sent any more. Closing takes no lock, as it may interrupt whoever holds one: who opens something first says so,
    and then looks whether it is closed.
    """

    def __init__(
        self, origin: str, token: Token, max_bytes: int, transport: httpx.BaseTransport | choice.Name | None
    ) -> None:
        choice.checked(transport, max_bytes, "handle_request")
        self.origin, self.token, self.max_bytes = origin, token, max_bytes
        self.asked: httpx.BaseTransport | choice.Name | None = transport
        self.transport = None if isinstance(transport, str) else transport
        self._lock = Lock()
        self._engine: DirectEngine | Pooled | SyncGiven | None = None
        self._opened: weakref.WeakValueDictionary[int, Open] = weakref.WeakValueDictionary()
        self.turn = Lock()
        self.is_closed = False

    @property
    def engine(self) -> DirectEngine | Pooled | SyncGiven:
        if self._engine is None:
            with self._lock:
                if self._engine is None:
                    self._engine = choice.engine(self.origin, self.token, self.max_bytes, self.asked)
                    if self.is_closed:
                        self._engine.close()
        return self._engine

    def opened(self, thing: Open) -> None:
        """It is cut off with the client: at once, where that was closed meanwhile."""
        self._opened[id(thing)] = thing
        if self.is_closed:
            thing.cut_off()

    def close(self) -> None:
        """Close the connections, and what is open. Without a call there was no engine, and none is made for this."""
        self.is_closed = True
        if self._engine is not None:
            self._engine.close()
        for thing in _alive(self._opened):
            thing.cut_off()


class AsyncShared:
    """`Shared`, asynchronous."""

    def __init__(
        self, origin: str, token: Token, max_bytes: int, transport: httpx.AsyncBaseTransport | choice.Name | None
    ) -> None:
        choice.checked(transport, max_bytes, "handle_async_request")
        self.origin, self.token, self.max_bytes = origin, token, max_bytes
        self.asked: httpx.AsyncBaseTransport | choice.Name | None = transport
        self.transport = None if isinstance(transport, str) else transport
        self._engine: AsyncDirectEngine | AsyncPooled | AsyncGiven | FastSender | None = None
        self._opened: weakref.WeakValueDictionary[int, AsyncOpen] = weakref.WeakValueDictionary()
        self._turn: anyio.Lock | None = None
        self.is_closed = False

    @property
    def engine(self) -> AsyncDirectEngine | AsyncPooled | AsyncGiven | FastSender:
        if self._engine is None:
            self._engine = choice.async_engine(self.origin, self.token, self.max_bytes, self.asked)
            self._engine.is_closed = self.is_closed
        return self._engine

    def opened(self, thing: AsyncOpen) -> None:
        """It is cut off with the client. To be called in the same step of the event loop that it was opened in."""
        self._opened[id(thing)] = thing

    @property
    def turn(self) -> anyio.Lock:
        if self._turn is None:
            import anyio

            self._turn = anyio.Lock()
        return self._turn

    async def aclose(self) -> None:
        """`Shared.close`, asynchronous."""
        self.is_closed = True
        if self._engine is not None:
            await self._engine.aclose()
        for thing in _alive(self._opened):
            await thing.cut_off()


def _alive(things: weakref.WeakValueDictionary[int, T]) -> list[T]:
    """Those that are left of them, while other threads may add some."""
    return [thing for ref in things.valuerefs() if (thing := ref()) is not None]
