"""Steps that a call asks of its driver, the outcomes it gets back, and its result."""

from __future__ import annotations

from collections.abc import Generator, Mapping, Sequence
from typing import Any, Literal, NamedTuple, TypeVar

from lowcodeapi_baseten_api.types import Attempt, RawResponse

from .envelope import Answer, Reading


class Send(NamedTuple):
    """Send this request; hand back an `Answer` or a `Failure`. `timeout` is in seconds, for the whole exchange.

    The driver adds the token to the target if `with_token`. `format` is "new" or "old"; `purpose` is that of the
    `Attempt`.
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
    """Wait this many seconds."""

    seconds: float


class Turn(NamedTuple):
    """Take or give back the lock that lets one call at a time ask the gateway which format it serves.

    Hand back True if the lock was taken within `timeout` seconds.
    """

    take: bool
    timeout: float = 0.0


Cause = Literal["network", "proxy", "certificates", "size"]
"""The thing to look at: the network or `base_url`, a setting of the environment, or `max_response_bytes`."""


class Failure(NamedTuple):
    """No answer, or none that is read; `status` is known if one began.

    "unsent": nothing reached the gateway; "timeout": it is silent; "lost": the connection broke; "refused": an answer
    that must not be read, too large or in a coding that can't be undone; "late": no time was left to send anything.
    `is_final`: retrying would fail the same way. `body` holds the bytes received if they can't be decoded. `cause` is
    known for some of "unsent" and "refused". `is_overdue`: "unsent" because the time was over before a connection was
    made.
    """

    kind: Literal["unsent", "timeout", "lost", "refused", "late"]
    text: str
    status: int | None = None
    is_final: bool = False
    body: bytes = b""
    cause: Cause | None = None
    is_overdue: bool = False

    # The text may repeat received data, which tracebacks with locals must not show.
    def __repr__(self) -> str:
        return f"<Failure {self.kind}>"


T = TypeVar("T")
Outcome = Answer | Failure | bool | None
Steps = Generator[Send | Sleep | Turn, Any, T]


def result_of(
    result: Any, reading: Reading, name: str, attempts: Sequence[Attempt], *, already_done: bool = False
) -> RawResponse[Any]:
    """Return the result with its metadata. The provider's headers are in the envelope, if there is one."""
    return RawResponse(
        result,
        payload={} if already_done else reading.envelope.payload,
        status_code=reading.status,
        headers=reading.envelope.headers if reading.envelope.is_open else reading.headers,
        request_id=reading.request_id,
        format=name,
        attempts=attempts,
        already_done=already_done,
    )


def unconfirmed(name: str, attempts: Sequence[Attempt]) -> RawResponse[Any]:
    """Return the result of a request that was sent, and whose answer has no body and may never come."""
    return RawResponse(
        None,
        payload=None,
        status_code=0,
        headers={},
        request_id=None,
        format=name,
        attempts=attempts,
        unconfirmed=True,
    )
