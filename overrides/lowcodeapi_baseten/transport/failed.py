"""Turns the exceptions of an exchange into failures, without keeping them: an exception may hold the request.

A failure is "unsent" only on evidence. Without it, the request may have been carried out.
"""

from __future__ import annotations

import signal
from typing import TYPE_CHECKING

from ..secrets import Content, Token
from ..steps import Failure
from .answers import Refused
from .environment import PROXY, Unusable, proxy_named
from .outgoing import Unreadable

if TYPE_CHECKING:
    from .errand import Errand
    from .requests import Kind

CLOSED = Failure("unsent", "the client is closed", is_final=True)
CUT_OFF = Failure("lost", "the stream or its client was closed")
FULL = Failure("unsent", "every connection was in use, and none became free in time", is_overdue=True)
SILENT = Failure("timeout", "no answer in time")

_HTTPX = frozenset({"httpx", "httpcore", "httpx2", "httpcore2"})
_KNOWN = _HTTPX | {
    "builtins",
    "asyncio",
    "ssl",
    "socket",
    "h11",
    "anyio",
    "trio",
    "socksio",
    "zlib",
    "h2",
    "aiohttp",
    __name__.partition(".")[0],
}


# Names of exceptions that say that no connection was made.
_UNMADE = frozenset({"ConnectError", "ConnectTimeout", "ProxyError", "UnsupportedProtocol", "PoolTimeout"})


class Stop(Exception):
    """Ends the exchange with this failure."""

    def __init__(self, failure: Failure) -> None:
        super().__init__(failure.text)
        self.failure = failure


def failure_of(
    error: Exception, token: Token, errand: Errand, kind: Kind, *, is_handed_over: bool, status: int | None = None
) -> Failure:
    """The failure for an exception. `is_handed_over` is True once a transport was asked to send the request."""
    if isinstance(error, Stop):
        return error.failure
    if isinstance(error, Unreadable):
        # The other side can't have received the whole request.
        return unmade(error, token)
    if not is_handed_over:
        return unsent(error, token) if isinstance(error, Unusable) else unmade(error, token)
    if _is_unsent(error, errand, kind):
        return FULL if "PoolTimeout" in names_of(error) else unsent(error, token)
    return failed(error, token, status)


def _is_unsent(error: Exception, errand: Errand, kind: Kind) -> bool:
    if errand.is_reached:
        # Opening a tunnel, or talking to a proxy, sends nothing of the request.
        return not (errand.has_left if kind.is_ours else errand.is_begun)
    # No connection took it: it failed before that, or a mock (with our own transport) stood in between.
    return kind.is_known and (bool(names_of(error) & _UNMADE) or isinstance(error, (TypeError, ImportError)))


def unsent(error: Exception, token: Token) -> Failure:
    """The failure when no whole request went out: no connection was made, or the request couldn't be written."""
    if isinstance(error, Unreadable):
        return unmade(error, token)
    if isinstance(error, Unusable):
        return Failure("unsent", token.hidden_in(str(error)), is_final=True, cause=error.cause)
    is_overdue = is_timeout(error)
    if failure := _of_a_proxy(error, token):
        return failure._replace(is_overdue=is_overdue)
    text = f"the gateway could not be reached{' in time' if is_overdue else ''} ({_told(error, token)})"
    return Failure("unsent", text, cause="network", is_overdue=is_overdue)


def _of_a_proxy(error: Exception, token: Token) -> Failure | None:
    """The failure if a proxy refused, or if the proxy of the environment may be the cause."""
    names = names_of(error)
    if not names & {"ConnectError", "ConnectTimeout", "ProxyError"}:
        return None
    named = proxy_named()
    if "ProxyError" in names:
        text = f"{PROXY}, {named}, refused the connection" if named else "the proxy refused the connection"
    elif named:
        text = f"{PROXY}, {named}, or the gateway could not be reached"
    else:
        return None
    told = f"{text} ({_told(error, token)}); check HTTPS_PROXY, ALL_PROXY and NO_PROXY"
    return Failure("unsent", told, cause="proxy" if named else None)


def unmade(error: Exception, token: Token) -> Failure:
    """The failure when the request can't be sent over any connection."""
    return Failure("unsent", f"the request can't be sent ({_told(error, token)})", is_final=True)


def failed(error: Exception, token: Token, status: int | None = None) -> Failure:
    """The failure after bytes of the request may have left; `status` is known if an answer began."""
    if isinstance(error, Refused):
        body = token.hidden_in_bytes(error.body, is_error=True)
        return Failure("refused", token.hidden_in(str(error)), status, body=Content(body), cause=error.cause)
    if is_timeout(error):
        return SILENT
    return Failure("lost", f"the connection was lost ({_told(error, token)})")


def is_timeout(error: Exception) -> bool:
    """True if the time was over."""
    return isinstance(error, TimeoutError) or "TimeoutException" in names_of(error)


def names_of(error: BaseException) -> set[str]:
    """The names of an exception's class and its bases in httpx or httpcore; empty for any other exception.

    Names, not classes, because httpx2 uses the same ones.
    """
    return {cls.__name__ for cls in type(error).__mro__ if cls.__module__.partition(".")[0] in _HTTPX}


def is_of_sending(error: BaseException) -> bool:
    """True for exceptions of sockets, TLS, parsers, transports, or faults of code.

    Any other exception has nothing to do with sending, such as the soft time limits of Celery and RQ, which signal
    handlers raise. It must pass through, and nothing is sent again.
    """
    return type(error).__module__.partition(".")[0] in _KNOWN and raised_by_a_handler(error) is None


def raised_by_a_handler(error: BaseException) -> BaseException | None:
    """The exception that a signal handler raised: this one, or one in its chain; None if there is none."""
    handlers = [signal.getsignal(number) for number in signal.valid_signals()]
    codes = {getattr(getattr(handler, "__func__", handler), "__code__", None) for handler in handlers} - {None}
    seen: BaseException | None = error
    while seen is not None and codes:
        frame = seen.__traceback__
        while frame is not None:
            if frame.tb_frame.f_code in codes:
                return seen
            frame = frame.tb_next
        seen = seen.__cause__ or seen.__context__
    return None


def _told(error: Exception, token: Token) -> str:
    # On trio only the cause may have the reason.
    told: BaseException | None = error
    while told is not None and not str(told):
        told = told.__cause__ or told.__context__
    return f"{type(error).__name__}: {token.hidden_in(str(told))}" if told is not None else type(error).__name__
