"""One request under way: when it must be over, what of it only our connection may see, and how far it has come."""

from __future__ import annotations

from typing import Any

from ..auth import Content


class Errand:
    """What a request is, apart from the request.

    Attributes:
        until: When it must be over, on the monotonic clock.
        target: Path and query with the token, as they are to be written; None where the request's own are.
        has_body: Whether a body follows the head.
        is_reached: Whether a connection took it.
        is_begun: Whether a connection began to write it: the request itself, not what opens a tunnel.
        has_left: Whether any byte of it may have left. Only our own connections say so.
    """

    __slots__ = ("has_body", "has_left", "is_begun", "is_reached", "target", "until")

    def __init__(self, until: float) -> None:
        self.until = until
        self.target: Content | None = None
        self.has_body = False
        self.is_reached = self.is_begun = self.has_left = False

    def watch(self, event: str, info: dict[str, Any]) -> None:
        """Note what httpcore says of a request: the public extension `trace`."""
        self.is_reached = True
        if event.endswith("send_request_headers.started") and info["request"].method != b"CONNECT":
            self.is_begun = True

    async def awatch(self, event: str, info: dict[str, Any]) -> None:
        """`watch`, as asynchronous connections want it."""
        self.watch(event, info)

    def __repr__(self) -> str:
        return "<Errand>"
