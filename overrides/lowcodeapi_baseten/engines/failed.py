"""What went wrong in an exchange, without the exception: that may hold the request."""

from __future__ import annotations

from ..auth import Token
from ..steps import Failure
from .body import Refused

CLOSED = Failure("unsent", "the client is closed")
FULL = Failure("unsent", "the gateway could not be reached (every connection is in use)")
SILENT = Failure("timeout", "no answer in time")


def unsent(error: Exception, token: Token) -> Failure:
    """No connection was made."""
    return Failure("unsent", f"the gateway could not be reached ({_told(error, token)})")


def failed(error: Exception, token: Token, status: int | None = None) -> Failure:
    """Something went wrong once bytes of the request may have left; `status` is known where an answer began."""
    if isinstance(error, Refused):
        return Failure("refused", token.hidden_in(str(error)), status)
    if isinstance(error, TimeoutError):
        return SILENT
    return Failure("lost", f"the connection was lost ({_told(error, token)})")


def _told(error: Exception, token: Token) -> str:
    return f"{type(error).__name__}: {token.hidden_in(str(error))}" if str(error) else type(error).__name__
