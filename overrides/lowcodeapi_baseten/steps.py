"""What a call asks of its driver, and what it is handed back."""

from __future__ import annotations

from collections.abc import Generator, Mapping
from typing import Any, Literal, NamedTuple, TypeVar

from .envelope import Answer


class Send(NamedTuple):
    """Send this request; hand back an `Answer` or a `Failure`. `timeout` is in seconds, for the whole exchange.

    `with_token` says whether the token is added to the target. `format` is how it is spelled, "new" or "old"; `purpose`
    is that of its `Attempt`.
    """

    method: str
    target: str
    headers: Mapping[str, str]
    content: bytes | None
    timeout: float
    with_token: bool = True
    format: str = "new"
    purpose: str = "call"


class Sleep(NamedTuple):
    """Wait so many seconds."""

    seconds: float


class Turn(NamedTuple):
    """Take or give back the lock that lets one call at a time ask the gateway which format it serves.

    Hand back whether it was had before `timeout` seconds were over.
    """

    take: bool
    timeout: float = 0.0


class Failure(NamedTuple):
    """No answer, or none that is read; `status` is known where one began.

    "unsent": nothing reached the gateway; "timeout": it is silent; "lost": the connection broke; "refused": an answer
    that must not be read, too large or in a coding that can't be undone; "late": no time was left to send anything.
    `is_final` says that it will be the same however often it is tried. `body` is what came, where it can't be decoded.
    """

    kind: Literal["unsent", "timeout", "lost", "refused", "late"]
    text: str
    status: int | None = None
    is_final: bool = False
    body: bytes = b""

    # The text may repeat what was received, and the frames that hold a failure are not the place for it.
    def __repr__(self) -> str:
        return f"<Failure {self.kind}>"


T = TypeVar("T")
Outcome = Answer | Failure | bool | None
Steps = Generator[Send | Sleep | Turn, Any, T]
