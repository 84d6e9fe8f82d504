"""The result of a call → its `RawResponse`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from lowcodeapi_baseten_api.types import Attempt, RawResponse

from .envelope import Reading


def of_reading(
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


def of_silence(name: str, attempts: Sequence[Attempt]) -> RawResponse[Any]:
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
