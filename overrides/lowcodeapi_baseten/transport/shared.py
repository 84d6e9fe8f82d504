"""What a client and its `with_options` forms share. Nothing is imported or opened before the first request."""

from __future__ import annotations

import weakref
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from ..auth import Token
from ..decoding import look_up
from ..locks import Lock
from . import choice

if TYPE_CHECKING:
    import httpx

    from ._async.gate import AsyncGate
    from ._sync.gate import Gate
    from ._sync.sender import Sender
    from .means import Means

MOST, ASYNC_MOST = 100, 256  # requests at a time

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
    """What a client and its `with_options` forms share: what sends, made on first use, and the turn to ask.

    `asked` is what the user said of it; `transport` is the user's own one, where that is it. Once `is_closed`, nothing
    is sent any more. Closing takes no lock, as it may interrupt whoever holds one: who opens something first says so,
    and then looks whether it is closed.
    """

    def __init__(
        self, origin: str, token: Token, max_bytes: int, transport: httpx.BaseTransport | choice.Name | None
    ) -> None:
        choice.checked(transport, max_bytes, is_async=False)
        self.origin, self.token, self.max_bytes = origin, token, max_bytes
        self.asked: httpx.BaseTransport | choice.Name | None = transport
        self.transport = None if isinstance(transport, str) else transport
        self._lock = Lock()
        self._engine: Sender | None = None
        self._turn: Gate | None = None
        self._opened: weakref.WeakValueDictionary[int, Open] = weakref.WeakValueDictionary()
        self.is_closed = False

    @property
    def engine(self) -> Sender:
        """What sends."""
        if self._engine is None:
            look_up()
            from ._sync.sender import Sender

            with self._lock:
                if self._engine is None:
                    made = Sender(self.origin, self.token, self.max_bytes, MOST, self.transport)
                    self._engine = made
                    made.is_closed = self.is_closed
        return self._engine

    @property
    def turn(self) -> Gate:
        """One at a time asks the gateway which format it serves."""
        if self._turn is None:
            from ._sync.gate import Gate

            with self._lock:
                if self._turn is None:
                    self._turn = Gate(1)
        return self._turn

    @property
    def means(self) -> Means:
        """What takes to the gateway."""
        return self.engine.means

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
        choice.checked(transport, max_bytes, is_async=True)
        self.origin, self.token, self.max_bytes = origin, token, max_bytes
        self.asked: httpx.AsyncBaseTransport | choice.Name | None = transport
        self.transport = None if isinstance(transport, str) else transport
        self._lock = Lock()
        self._engine: Any = None
        self._turns: Any = None
        self._means: Means | None = None
        self._opened: weakref.WeakValueDictionary[int, AsyncOpen] = weakref.WeakValueDictionary()
        self.is_closed = False

    @property
    def engine(self) -> Any:
        """What sends: an `AsyncSender`, or the fast wire."""
        if self._engine is None:
            # Before anything is sent, after which an import may fail: an event loop's connections, too.
            from . import asyncio_backend  # noqa: F401
            from ._async.gate import AsyncGate
            from .waits import AsyncHere

            with self._lock:
                if self._engine is None:
                    self._turns = AsyncHere(lambda: AsyncGate(1))
                    made = choice.async_sender(self.origin, self.token, self.max_bytes, ASYNC_MOST, self.asked)
                    self._means = getattr(made, "means", None)  # the fast wire has none
                    self._engine = made
                    made.is_closed = self.is_closed
        return self._engine

    @property
    def turn(self) -> AsyncGate:
        """One at a time asks the gateway which format it serves, in each event loop."""
        assert self.engine is not None
        turn: AsyncGate = self._turns.here()
        return turn

    @property
    def means(self) -> Means:
        """What takes to the gateway."""
        if self._means is None:
            from .means import Means

            self._means = Means(self.origin)
        return self._means

    def opened(self, thing: AsyncOpen) -> None:
        """It is cut off with the client. To be called in the same step of the event loop that it was opened in."""
        self._opened[id(thing)] = thing

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
