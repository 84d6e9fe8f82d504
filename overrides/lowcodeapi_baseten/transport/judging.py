"""What went wrong in an exchange → a failure. "Unsent" takes evidence; without, a request may have been carried out."""

from __future__ import annotations

from ..auth import Token
from ..steps import Failure
from .errand import Errand
from .failed import FULL, Unusable, failed, names_of, unmade, unsent
from .heads import Unreadable
from .requests import Kind

_UNSENT = frozenset({"ConnectError", "ConnectTimeout", "ProxyError", "UnsupportedProtocol", "PoolTimeout"})
_FAULTS = (TypeError, ImportError)


class Stop(Exception):
    """The exchange ends here, in this failure."""

    def __init__(self, failure: Failure) -> None:
        super().__init__(failure.text)
        self.failure = failure


def failure_of(
    error: Exception, token: Token, errand: Errand, kind: Kind, *, is_handed_over: bool, status: int | None = None
) -> Failure:
    """What an exception says of a request. `is_handed_over`: a transport was asked to send it."""
    if isinstance(error, Stop):
        return error.failure
    if isinstance(error, Unreadable):
        # The other side can't have got it whole.
        return unmade(error, token)
    if not is_handed_over:
        return unsent(error, token) if isinstance(error, Unusable) else unmade(error, token)
    if _is_unsent(error, errand, kind):
        return FULL if "PoolTimeout" in names_of(error) else unsent(error, token)
    return failed(error, token, status)


def _is_unsent(error: Exception, errand: Errand, kind: Kind) -> bool:
    if errand.is_reached:
        # What only begins a tunnel, or the words with a proxy, is none of the request.
        return not (errand.has_left if kind.is_ours else errand.is_begun)
    # Something stood in between, or it never came so far; of our own, that is a mock.
    return kind.is_known and (bool(names_of(error) & _UNSENT) or isinstance(error, _FAULTS))
