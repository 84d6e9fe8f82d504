"""Whether the input of an item that failed may have been carried out. A checkpoint keeps it."""

from __future__ import annotations

from lowcodeapi_baseten_api.types import Attempt

from ..errors import APIStatusError, LowCodeAPIError


def is_fate_unknown(error: LowCodeAPIError) -> bool:
    """Whether nobody can tell: what `verdicts.is_fate_unknown` said of any request of the call.

    The answers themselves are gone by now, so it is told from the attempts that the error keeps.
    """
    is_not_ready = isinstance(error, APIStatusError) and error.error_code == "model_not_ready"
    attempts: tuple[Attempt, ...] = getattr(error, "attempts", ())
    return any(_is_open(attempt, is_not_ready) for attempt in attempts if attempt.purpose == "call")


def _is_open(attempt: Attempt, is_not_ready: bool) -> bool:
    if attempt.outcome != "answered":
        return attempt.outcome in {"timeout", "lost", "refused"}
    status = attempt.status_code or 0
    if status == 503 and is_not_ready:
        # Nothing was done. Nor was it by a 503 before the last one: only the same is sent again, unless the client may
        # repeat predictions anyway.
        return False
    # An answer that is no error, and yet the call has ended in one: it could not be understood, or it redirects.
    return status < 400 or status == 408 or status >= 500
