"""A call whose answer is left open: the call gets its head, and whoever asked for the stream the rest.

It is sent as any other, over a connection of its own. So everything that holds for a call holds for a stream: what is
checked, what is sent again, where the token is.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ...envelope import Answer
from ...steps import Failure, Send
from ..body import header_map
from .sender import AsyncExchange, AsyncSender

if TYPE_CHECKING:
    from .shared import AsyncShared


class AsyncStreaming:
    """What a client shares with its calls, for the call of one stream.

    Attributes:
        kept: The exchange that is left open; None where the answer is whole.
    """

    def __init__(self, shared: AsyncShared) -> None:
        self.token, self.turn, self.engine = shared.token, shared.turn, self
        known = shared.means
        self._sender = AsyncSender(
            shared.origin, shared.token, shared.max_bytes, 1, shared.transport, means=known, accepts="identity"
        )
        self._lane = self._sender.lanes.here()
        self.kept: AsyncExchange | None = None
        shared.opened(self)
        if shared.is_closed:
            self._sender.is_closed = True

    async def exchange(self, send: Send) -> Answer | Failure:
        """Send one request. Of an answer that is streamed, read the head."""

        def keeps(response: Any) -> bool:
            # A GET is a probe, which only asks which format is served.
            if send.method != "POST" or not _is_streamed(response):
                return False
            self.kept = exchange
            return True

        exchange = AsyncExchange(self._sender, send, keeps)
        try:
            return await exchange.answer()
        finally:
            if self.kept is not exchange:
                await exchange.aclose()

    async def cut_off(self) -> None:
        """End it, as its client is closed."""
        await self.aclose()

    async def aclose(self) -> None:
        """Close the stream, and its connection; a transport of the user stays open, and what another loop has."""
        self._sender.is_closed = True
        if self._sender.lanes.here() is not self._lane:
            return
        self._lane.refuse()
        if self.kept is not None:
            await self.kept.aclose()
        await self._lane.aclose()


def _is_streamed(response: Any) -> bool:
    """Whether an answer is handed on as it comes: no envelope, no error, no page, nothing to inflate first."""
    headers = header_map(response.headers.raw)
    kind = headers.get("content-type", "").partition(";")[0].strip().lower()
    is_whole = kind in {"", "application/json", "text/html"} or kind.endswith("+json")
    is_plain = headers.get("content-encoding", "identity").strip().lower() == "identity"
    return 200 <= response.status_code < 300 and not is_whole and is_plain
