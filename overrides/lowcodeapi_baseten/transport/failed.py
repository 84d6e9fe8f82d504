"""What went wrong in an exchange, without the exception: that may hold the request.

"Unsent" takes evidence; without it, a request may have been carried out.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from ..auth import Content, Token
from ..failures import UNREACHED
from ..steps import Failure
from .body import Refused
from .heads import Unreadable

if TYPE_CHECKING:
    from .errand import Errand
    from .requests import Kind

CLOSED = Failure("unsent", "the client is closed", is_final=True)
CUT_OFF = Failure("lost", "it, or its client, was closed")
FULL = Failure("unsent", "every connection was in use, and none became free in time")
SILENT = Failure("timeout", "no answer in time")

# How texts begin that name what of the environment is to be corrected.
NO_CERTIFICATES = "no certificates can be read"
PROXY = "the proxy of the environment"


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


# What the exceptions are called that say that no connection was made.
_UNMADE = frozenset({"ConnectError", "ConnectTimeout", "ProxyError", "UnsupportedProtocol", "PoolTimeout"})


class Stop(Exception):
    """The exchange ends here, in this failure."""

    def __init__(self, failure: Failure) -> None:
        super().__init__(failure.text)
        self.failure = failure


class Unusable(Exception):
    """What the environment says of certificates or of a proxy can't be used, so that no connection is made."""


@contextmanager
def trusting() -> Iterator[None]:
    """Read the certificates that are trusted. Raises `Unusable`."""
    try:
        yield
    except Exception as error:
        told = f"{type(error).__name__}: {error}"
        # The first of them that is set decides, and the system's own words don't say which file it was.
        given = [f"{name}={os.environ[name]}" for name in ("SSL_CERT_FILE", "SSL_CERT_DIR") if os.environ.get(name)]
        looked_at = given[0] if given else "SSL_CERT_FILE and SSL_CERT_DIR"
        raise Unusable(f"{NO_CERTIFICATES}; see {looked_at} ({told})") from None


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
    return kind.is_known and (bool(names_of(error) & _UNMADE) or isinstance(error, (TypeError, ImportError)))


def unsent(error: Exception, token: Token) -> Failure:
    """No whole request went out: no connection was made, or what was to be written could not be."""
    if isinstance(error, Unreadable):
        return unmade(error, token)
    if isinstance(error, Unusable):
        return Failure("unsent", token.hidden_in(str(error)), is_final=True)
    if text := _of_a_proxy(error):
        return Failure("unsent", f"{text} ({_told(error, token)}); check HTTPS_PROXY, ALL_PROXY and NO_PROXY")
    return Failure("unsent", f"{UNREACHED} ({_told(error, token)})")


def _of_a_proxy(error: Exception) -> str | None:
    """What to say where a proxy refused, or where the one that the environment names may be in the way."""
    names = names_of(error)
    if not names & {"ConnectError", "ConnectTimeout", "ProxyError"}:
        return None
    named = _proxy_named()
    if "ProxyError" in names:
        return f"{PROXY}, {named}, refuses" if named else "the proxy refuses"
    return f"{PROXY}, {named}, or the gateway could not be reached" if named else None


def _proxy_named() -> str | None:
    """Host and port of the proxy for HTTPS: never its user or password."""
    from urllib.parse import urlsplit
    from urllib.request import getproxies

    proxies = getproxies()
    url = proxies.get("https") or proxies.get("all") or ""
    with suppress(ValueError):
        parts = urlsplit(url if "://" in url else f"//{url}")
        return f"{parts.hostname}:{parts.port}" if parts.port else parts.hostname
    return None


def unmade(error: Exception, token: Token) -> Failure:
    """What was to be sent can't be, whoever is reached."""
    return Failure("unsent", f"the request can't be sent ({_told(error, token)})", is_final=True)


def failed(error: Exception, token: Token, status: int | None = None) -> Failure:
    """Something went wrong once bytes of the request may have left; `status` is known where an answer began."""
    if isinstance(error, Refused):
        body = token.hidden_in_bytes(error.body, is_error=True)
        return Failure("refused", token.hidden_in(str(error)), status, body=Content(body))
    if isinstance(error, TimeoutError) or "TimeoutException" in names_of(error):
        return SILENT
    return Failure("lost", f"the connection was lost ({_told(error, token)})")


def names_of(error: BaseException) -> set[str]:
    """What an exception of httpx or httpcore is called, and what it is a kind of; nothing for one of others.

    By their names: httpx2 has the same ones.
    """
    return {cls.__name__ for cls in type(error).__mro__ if cls.__module__.partition(".")[0] in _HTTPX}


def is_of_sending(error: BaseException) -> bool:
    """Whether this is what sockets, TLS, parsers and transports raise, or a fault of code.

    What else comes is none of sending, such as the soft time limits of Celery and RQ, which signal handlers raise: it
    is to go through, and nothing is sent again.
    """
    return type(error).__module__.partition(".")[0] in _KNOWN and raised_by_a_handler(error) is None


def raised_by_a_handler(error: BaseException) -> BaseException | None:
    """The exception that a signal handler raised, where it is this one, or the one that this was made of."""
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
    # On trio the reason may be in what it was made of alone.
    told: BaseException | None = error
    while told is not None and not str(told):
        told = told.__cause__ or told.__context__
    return f"{type(error).__name__}: {token.hidden_in(str(told))}" if told is not None else type(error).__name__
