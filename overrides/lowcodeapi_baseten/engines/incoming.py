"""What reads an answer, whichever library parses it. No socket is touched here."""

from __future__ import annotations

from typing import Protocol

from ..auth import Token
from ..envelope import Answer
from ..steps import Failure


class Incoming(Protocol):
    """What takes an answer as it comes in. None of it raises; only Ctrl-C goes through."""

    @property
    def is_over(self) -> bool:
        """Whether there is nothing more to wait for: the answer is whole, or it is none."""
        ...

    @property
    def is_kept(self) -> bool:
        """Whether the connection may carry another request."""
        ...

    def feed(self, data: bytes) -> None:
        """Take what was received. After `is_over` it is surplus."""
        ...

    def eof(self) -> None:
        """The other side sends no more."""
        ...

    def outcome(self, token: Token) -> Answer | Failure:
        """What came. To be asked once, when it is over."""
        ...


class Parser(Protocol):
    """What makes an `Incoming`."""

    def __call__(self, max_bytes: int, method: str) -> Incoming: ...
