"""Which engine sends: pyreqwest where the extra `fast` is installed, else httpx's pool, unless `transport=` decides."""

from __future__ import annotations

import importlib.util
from typing import TYPE_CHECKING, Literal

from ..errors import ConfigurationError

if TYPE_CHECKING:
    import httpx

    from ..auth import Token
    from .fast import FastAsyncEngine, FastSyncEngine
    from .given import AsyncGiven, SyncGiven
    from .stock import AsyncEngine, SyncEngine

Name = Literal["stock", "fast"]


def checked(transport: object) -> None:
    """Refuse a name that is no engine's, or that of one that is not installed. Raises `ConfigurationError`."""
    if isinstance(transport, str) and transport not in {"stock", "fast"}:
        raise ConfigurationError(f"transport is 'stock', 'fast' or an httpx transport; got {transport[:60]!r}")
    if transport == "fast" and not is_installed():
        raise ConfigurationError("transport='fast' needs the extra: pip install 'lowcodeapi-baseten[fast]'")


def is_installed() -> bool:
    """Whether the extra `fast` is."""
    return importlib.util.find_spec("pyreqwest") is not None


def default() -> Name:
    """What sends where nothing is said."""
    return "fast" if is_installed() else "stock"


def is_fast(transport: str | None) -> bool:
    """Whether the fast engine is wanted and can work: not in a process forked off one in which it was used."""
    if (transport or default()) != "fast":
        return False
    from .fast import works_here

    return works_here()


def engine(
    origin: str, token: Token, max_bytes: int, transport: httpx.BaseTransport | str | None
) -> SyncEngine | FastSyncEngine | SyncGiven:
    """The engine of a sync client."""
    if transport is not None and not isinstance(transport, str):
        from .given import SyncGiven

        return SyncGiven(origin, token, max_bytes, transport)
    if is_fast(transport):
        from .fast import FastSyncEngine

        return FastSyncEngine(origin, token, max_bytes)
    from .stock import SyncEngine

    return SyncEngine(origin, token, max_bytes)


def async_engine(
    origin: str, token: Token, max_bytes: int, transport: httpx.AsyncBaseTransport | str | None
) -> AsyncEngine | FastAsyncEngine | AsyncGiven:
    """The engine of an async client."""
    if transport is not None and not isinstance(transport, str):
        from .given import AsyncGiven

        return AsyncGiven(origin, token, max_bytes, transport)
    if is_fast(transport):
        from .fast import FastAsyncEngine

        return FastAsyncEngine(origin, token, max_bytes)
    from .stock import AsyncEngine

    return AsyncEngine(origin, token, max_bytes)
