"""One request under way: its deadline, its secret target, which only our connection sees, and its progress."""

from __future__ import annotations

from typing import Any

from ..secrets import Content


class Errand:
    """The facts about a request that are not part of it.

    Attributes:
        until: Its deadline, on the monotonic clock.
        target: Path and query with the token, as they are to be written; None to write the request's own.
        has_body: True if a body follows the head.
        is_reached: True once a connection took the request.
        is_begun: True once a connection began to write the request itself, not only the opening of a tunnel.
        has_left: True once any byte of it may have left. Only our own connections set it.
    """

    __slots__ = ("has_body", "has_left", "is_begun", "is_reached", "target", "until")

    def __init__(self, until: float) -> None:
        self.until = until
        self.target: Content | None = None
        self.has_body = False
        self.is_reached = self.is_begun = self.has_left = False

    def watch(self, event: str, info: dict[str, Any]) -> None:
        """Record progress that httpcore reports through its public extension `trace`."""
        self.is_reached = True
        if event.endswith("send_request_headers.started") and info["request"].method != b"CONNECT":
            self.is_begun = True

    async def awatch(self, event: str, info: dict[str, Any]) -> None:
        """`watch` for asynchronous connections."""
        self.watch(event, info)

    def __repr__(self) -> str:
        return "<Errand>"


NONE = Errand(0.0)
"""The errand of an idle transport. Its deadline has passed."""
