# Generated from _async/streaming.py by `python -m codegen unasync`: change that, and run it again.
"""A call whose answer is left open: the call gets the head of the answer, and the stream's reader gets the rest.

It is sent like any other call, over its own connection. So checks, retries and the handling of the token are the same.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ...envelope import Answer
from ...steps import Failure, Send
from ..answers import header_map
from .sender import Exchange, Sender

if TYPE_CHECKING:
    from .shared import Shared


class Streaming:
    """Stands in for `Shared` in the call of one stream.

    Attributes:
        kept: The exchange that is left open; None if the answer was read whole.
    """

    def __init__(self, shared: Shared) -> None:
        self.token, self.turn, self.engine = shared.token, shared.turn, self
        known = shared.means
        self._sender = Sender(
            shared.origin, shared.token, shared.max_bytes, 1, shared.transport, means=known, accepts="identity"
        )
        self._lane = self._sender.lanes.here()
        self.kept: Exchange | None = None
        shared.opened(self)
        if shared.is_closed:
            self._sender.is_closed = True

    def exchange(self, send: Send) -> Answer | Failure:
        """Send one request. If its answer is streamed, read only the head."""

        def keeps(response: Any) -> bool:
            # A GET is only a probe for the URL format.
            if send.method != "POST" or not _is_streamed(response):
                return False
            self.kept = exchange
            return True

        exchange = Exchange(self._sender, send, keeps)
        try:
            return exchange.answer()
        finally:
            if self.kept is not exchange:
                exchange.close()

    def cut_off(self) -> None:
        """End the stream because its client is closed."""
        self.close()

    def close(self) -> None:
        """Close the stream and its connection, but not a user's transport, nor anything of another event loop."""
        self._sender.is_closed = True
        if self._sender.lanes.here() is not self._lane:
            return
        self._lane.refuse()
        if self.kept is not None:
            self.kept.close()
        self._lane.close()


def _is_streamed(response: Any) -> bool:
    """True if an answer is handed on as it comes: a success, not compressed, in a media type but JSON and HTML."""
    headers = header_map(response.headers.raw)
    kind = headers.get("content-type", "").partition(";")[0].strip().lower()
    is_whole = kind in {"", "application/json", "text/html"} or kind.endswith("+json")
    is_plain = headers.get("content-encoding", "identity").strip().lower() == "identity"
    return 200 <= response.status_code < 300 and not is_whole and is_plain
