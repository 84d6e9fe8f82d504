"""What went wrong in an exchange, without the exception: that may hold the request."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from ..auth import Token
from ..failures import UNREACHED
from ..steps import Failure
from .body import Refused
from .heads import Unreadable

CLOSED = Failure("unsent", "the client is closed", is_final=True)
FULL = Failure("unsent", "every connection was in use, and none became free in time")
SILENT = Failure("timeout", "no answer in time")

# How texts begin that name what of the environment is to be corrected.
NO_CERTIFICATES = "no certificates can be read"
PROXY = "the proxy of the environment"


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
    httpcore = sys.modules.get("httpcore")  # what goes through a proxy has imported it
    if httpcore is None or not isinstance(error, (httpcore.ConnectError, httpcore.ConnectTimeout, httpcore.ProxyError)):
        return None
    named = _proxy_named()
    if isinstance(error, httpcore.ProxyError):
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
        return Failure("refused", token.hidden_in(str(error)), status)
    if isinstance(error, TimeoutError):
        return SILENT
    return Failure("lost", f"the connection was lost ({_told(error, token)})")


def _told(error: Exception, token: Token) -> str:
    return f"{type(error).__name__}: {token.hidden_in(str(error))}" if str(error) else type(error).__name__
