"""What a client and its `with_options` forms share. Nothing is imported or opened before the first request."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..auth import Token
from ..locks import Lock
from . import choice

if TYPE_CHECKING:
    import anyio
    import httpx

    from .direct import DirectEngine
    from .direct_async import AsyncDirectEngine
    from .given import AsyncGiven, SyncGiven
    from .pooled import Pooled
    from .pooled_async import AsyncPooled


class Shared:
    """What a client and its `with_options` forms share: the engine, made on first use, and the turn to ask.

    `asked` is what the user said of it; `transport` is the user's own one, where that is it.
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
        self.turn = Lock()

    @property
    def engine(self) -> DirectEngine | Pooled | SyncGiven:
        if self._engine is None:
            with self._lock:
                if self._engine is None:
                    self._engine = choice.engine(self.origin, self.token, self.max_bytes, self.asked)
        return self._engine

    def close(self) -> None:
        if self._engine is not None:
            self._engine.close()


class AsyncShared:
    """`Shared`, asynchronous."""

    def __init__(
        self, origin: str, token: Token, max_bytes: int, transport: httpx.AsyncBaseTransport | choice.Name | None
    ) -> None:
        choice.checked(transport, max_bytes, "handle_async_request")
        self.origin, self.token, self.max_bytes = origin, token, max_bytes
        self.asked: httpx.AsyncBaseTransport | choice.Name | None = transport
        self.transport = None if isinstance(transport, str) else transport
        self._engine: AsyncDirectEngine | AsyncPooled | AsyncGiven | None = None
        self._turn: anyio.Lock | None = None

    @property
    def engine(self) -> AsyncDirectEngine | AsyncPooled | AsyncGiven:
        if self._engine is None:
            self._engine = choice.async_engine(self.origin, self.token, self.max_bytes, self.asked)
        return self._engine

    @property
    def turn(self) -> anyio.Lock:
        if self._turn is None:
            import anyio

            self._turn = anyio.Lock()
        return self._turn

    async def aclose(self) -> None:
        if self._engine is not None:
            await self._engine.aclose()
