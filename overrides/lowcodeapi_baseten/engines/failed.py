"""What went wrong in an exchange, without the exception: that may hold the request."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from ..auth import Token
from ..failures import UNREACHED
from ..steps import Failure
from .body import Refused
from .heads import Unreadable

CLOSED = Failure("unsent", "the client is closed")
FULL = Failure("unsent", "every connection was in use, and none became free in time")
SILENT = Failure("timeout", "no answer in time")


class Unusable(Exception):
    """What the environment says of certificates or of a proxy can't be used, so that no connection is made."""


@contextmanager
def trusting() -> Iterator[None]:
    """Read the certificates that are trusted. Raises `Unusable`."""
    try:
        yield
    except Exception as error:
        told = f"{type(error).__name__}: {error}"
        raise Unusable(f"no certificates can be read; see SSL_CERT_FILE and SSL_CERT_DIR ({told})") from None


def unsent(error: Exception, token: Token) -> Failure:
    """No whole request went out: no connection was made, or what was to be written could not be."""
    if isinstance(error, Unreadable):
        return unmade(error, token)
    if isinstance(error, Unusable):
        return Failure("unsent", token.hidden_in(str(error)))
    return Failure("unsent", f"{UNREACHED} ({_told(error, token)})")


def unmade(error: Exception, token: Token) -> Failure:
    """What was to be sent can't be, whoever is reached."""
    return Failure("unsent", f"the request can't be sent ({_told(error, token)})")


def failed(error: Exception, token: Token, status: int | None = None) -> Failure:
    """Something went wrong once bytes of the request may have left; `status` is known where an answer began."""
    if isinstance(error, Refused):
        return Failure("refused", token.hidden_in(str(error)), status)
    if isinstance(error, TimeoutError):
        return SILENT
    return Failure("lost", f"the connection was lost ({_told(error, token)})")


def _told(error: Exception, token: Token) -> str:
    return f"{type(error).__name__}: {token.hidden_in(str(error))}" if str(error) else type(error).__name__
