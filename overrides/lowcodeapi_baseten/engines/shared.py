"""What a client and its `with_options` forms share. Nothing is imported or opened before the first request."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..auth import Token
from ..locks import Lock

if TYPE_CHECKING:
    import anyio
    import httpx

    from .given import AsyncGiven, SyncGiven
    from .stock import AsyncEngine, SyncEngine


class Shared:
    """What a client and its `with_options` forms share: the engine, made on first use, and the turn to ask."""

    def __init__(self, origin: str, token: Token, max_bytes: int, transport: httpx.BaseTransport | None) -> None:
        self.origin, self.token, self.max_bytes, self.transport = origin, token, max_bytes, transport
        self._lock = Lock()
        self._engine: SyncEngine | SyncGiven | None = None
        self.turn = Lock()

    @property
    def engine(self) -> SyncEngine | SyncGiven:
        if self._engine is None:
            with self._lock:
                if self._engine is None:
                    self._engine = self._made()
        return self._engine

    def _made(self) -> SyncEngine | SyncGiven:
        if self.transport is not None:
            from .given import SyncGiven

            return SyncGiven(self.origin, self.token, self.max_bytes, self.transport)
        from .stock import SyncEngine

        return SyncEngine(self.origin, self.token, self.max_bytes)

    def close(self) -> None:
        if self._engine is not None:
            self._engine.close()


class AsyncShared:
    """`Shared`, asynchronous."""

    def __init__(self, origin: str, token: Token, max_bytes: int, transport: httpx.AsyncBaseTransport | None) -> None:
        self.origin, self.token, self.max_bytes, self.transport = origin, token, max_bytes, transport
        self._engine: AsyncEngine | AsyncGiven | None = None
        self._turn: anyio.Lock | None = None

    @property
    def engine(self) -> AsyncEngine | AsyncGiven:
        if self._engine is None:
            self._engine = self._made()
        return self._engine

    def _made(self) -> AsyncEngine | AsyncGiven:
        if self.transport is not None:
            from .given import AsyncGiven

            return AsyncGiven(self.origin, self.token, self.max_bytes, self.transport)
        from .stock import AsyncEngine

        return AsyncEngine(self.origin, self.token, self.max_bytes)

    @property
    def turn(self) -> anyio.Lock:
        if self._turn is None:
            import anyio

            self._turn = anyio.Lock()
        return self._turn

    async def aclose(self) -> None:
        if self._engine is not None:
            await self._engine.aclose()
