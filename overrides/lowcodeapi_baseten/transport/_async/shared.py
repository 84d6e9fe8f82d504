"""State shared by a client and its `with_options` forms. Nothing is imported or opened before the first request."""

from __future__ import annotations

import weakref
from typing import TYPE_CHECKING, Any, Protocol

from ...forks import Lock
from ...secrets import Token
from .. import choice

if TYPE_CHECKING:
    import httpx

    from ..environment import Means
    from ..waits import AsyncHere
    from .gate import AsyncGate


class AsyncOpen(Protocol):
    """A stream or a run. It outlives the call that began it, and ends with the client."""

    async def cut_off(self) -> None:
        """End it because its client is closed. Without an event loop, any thread may call this."""
        ...


class AsyncShared:
    """State shared by a client and its `with_options` forms: the sender, made on first use, and the turn to ask.

    `asked` is the user's `transport` argument; `transport` is None unless that is a transport object. Once `is_closed`,
    nothing more is sent. Closing takes no lock, since it may interrupt the holder of one. So to open something, first
    register it with `opened`, then check `is_closed`.
    """

    def __init__(
        self, origin: str, token: Token, max_bytes: int, transport: httpx.AsyncBaseTransport | choice.Name | None
    ) -> None:
        choice.async_checked(transport, max_bytes)
        self.origin, self.token, self.max_bytes = origin, token, max_bytes
        self.asked: httpx.AsyncBaseTransport | choice.Name | None = transport
        self.transport = None if isinstance(transport, str) else transport
        self._lock = Lock()
        self._engine: Any = None
        self._turns: AsyncHere[AsyncGate] | None = None
        self._opened: weakref.WeakValueDictionary[int, AsyncOpen] = weakref.WeakValueDictionary()
        self.is_closed = False

    @property
    def engine(self) -> Any:
        """The sender."""
        if self._engine is None:
            with self._lock:
                if self._engine is None:
                    made = choice.async_sender(self.origin, self.token, self.max_bytes, choice.ASYNC_MOST, self.asked)
                    self._engine = made
                    made.is_closed = self.is_closed
        return self._engine

    @property
    def turn(self) -> AsyncGate:
        """Lets one call at a time, in each event loop, ask the gateway which format it serves."""
        if self._turns is None:
            from ..waits import AsyncHere
            from .gate import AsyncGate

            with self._lock:
                if self._turns is None:
                    self._turns = AsyncHere(lambda: AsyncGate(1))
        return self._turns.here()

    @property
    def means(self) -> Means:
        """The proxy and certificates for the gateway."""
        means: Means = self.engine.means
        return means

    def opened(self, thing: AsyncOpen) -> None:
        """Register something to cut off when the client is closed. It may be closed already: check `is_closed` next."""
        self._opened[id(thing)] = thing

    async def aclose(self) -> None:
        """Close the connections, and cut off streams and runs. This doesn't create an engine if no call did."""
        self.is_closed = True
        if self._engine is not None:
            await self._engine.aclose()
        for ref in self._opened.valuerefs():  # a list: other threads may add some
            if (thing := ref()) is not None:
                await thing.cut_off()
