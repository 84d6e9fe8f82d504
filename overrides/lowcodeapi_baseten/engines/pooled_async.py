"""Where there is no asyncio, the fast wire sends as the default does."""

from __future__ import annotations

from ..auth import Token
from ..transport._async.sender import AsyncSender


def AsyncPooled(origin: str, token: Token, max_bytes: int, most: int) -> AsyncSender:
    """The default sender."""
    return AsyncSender(origin, token, max_bytes, most)
