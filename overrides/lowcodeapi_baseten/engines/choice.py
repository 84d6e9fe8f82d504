"""What sends the requests of a run."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..auth import Token
from ..decoding import look_up
from ..transport.choice import Name as Name
from ..transport.choice import is_fast
from ..transport.proxies import is_direct

if TYPE_CHECKING:
    from ..transport._async.sender import AsyncSender
    from .direct_async import AsyncDirectEngine


def async_engine(
    origin: str, token: Token, max_bytes: int, asked: Name | None, most: int | None = None
) -> AsyncDirectEngine | AsyncSender:
    """The fast wire where it is asked for and nothing stands between, else what sends by default."""
    look_up()
    from .direct_async import MOST, AsyncDirectEngine

    if is_fast(asked) and is_direct(origin):
        from .incoming_httptools import HttptoolsIncoming

        return AsyncDirectEngine(origin, token, max_bytes, HttptoolsIncoming, most or MOST)
    from ..transport._async.sender import AsyncSender

    return AsyncSender(origin, token, max_bytes, most or MOST)
