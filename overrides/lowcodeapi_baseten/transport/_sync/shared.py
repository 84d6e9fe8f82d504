# Generated from _async/shared.py by `python -m codegen unasync`: change that, and run it again.
"""What a client and its `with_options` forms share. Nothing is imported or opened before the first request."""

from __future__ import annotations

import weakref
from typing import TYPE_CHECKING, Any, Protocol

from ...auth import Token
from ...locks import Lock
from .. import choice

if TYPE_CHECKING:
    import httpx

    from ..means import Means
    from ..waits import Here
    from .gate import Gate


class Open(Protocol):
    """A stream or a run: what goes on after the call that began it, and ends with the client."""

    def cut_off(self) -> None:
        """End it, as its client is closed: without an event loop, from any thread."""
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
        choice.checked(transport, max_bytes)
        self.origin, self.token, self.max_bytes = origin, token, max_bytes
        self.asked: httpx.BaseTransport | choice.Name | None = transport
        self.transport = None if isinstance(transport, str) else transport
        self._lock = Lock()
        self._engine: Any = None
        self._turns: Here[Gate] | None = None
        self._means: Means | None = None
        self._opened: weakref.WeakValueDictionary[int, Open] = weakref.WeakValueDictionary()
        self.is_closed = False

    @property
    def engine(self) -> Any:
        """What sends."""
        if self._engine is None:
            with self._lock:
                if self._engine is None:
                    made = choice.sender(self.origin, self.token, self.max_bytes, choice.MOST, self.asked)
                    self._engine = made
                    made.is_closed = self.is_closed
        return self._engine

    @property
    def turn(self) -> Gate:
        """One at a time asks the gateway which format it serves, in each event loop."""
        if self._turns is None:
            from ..waits import Here
            from .gate import Gate

            with self._lock:
                if self._turns is None:
                    self._turns = Here(lambda: Gate(1))
        return self._turns.here()

    @property
    def means(self) -> Means:
        """What takes to the gateway. The fast wire has none to share."""
        known = self._means
        if known is None:
            from ..means import Means

            known = self._means = getattr(self.engine, "means", None) or Means(self.origin)
        return known

    def opened(self, thing: Open) -> None:
        """It is cut off with the client, unless that is closed already: look at `is_closed` after this."""
        self._opened[id(thing)] = thing

    def close(self) -> None:
        """Close the connections, and what is open. Without a call there was no engine, and none is made for this."""
        self.is_closed = True
        if self._engine is not None:
            self._engine.close()
        for ref in self._opened.valuerefs():  # a list: other threads may add some
            if (thing := ref()) is not None:
                thing.cut_off()
