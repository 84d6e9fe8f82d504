"""The certificates and the proxy for an origin, read from the environment once, when needed."""

from __future__ import annotations

import ssl
from typing import Any

import httpx

from ..forks import Lock
from .failed import Unusable, trusting
from .proxies import proxy_of
from .tls import tls_of


class Means:
    """The arguments for our transports to one origin."""

    def __init__(self, origin: str) -> None:
        self._origin, self._lock = origin, Lock()
        self._known: dict[str, Any] | None = None

    def known(self) -> dict[str, Any]:
        """Return the arguments. Raises `Unusable`."""
        if self._known is None:
            with self._lock:
                if self._known is None:
                    self._known = self._read()
        return self._known

    def _read(self) -> dict[str, Any]:
        try:
            url = proxy_of(self._origin)
            proxy = None if url is None else httpx.Proxy(url.reveal())
            if proxy is not None and proxy.url.scheme.startswith("socks"):
                import socksio  # type: ignore[import-not-found,unused-ignore]  # noqa: F401
        except ImportError:
            raise Unusable("the proxy of the environment is SOCKS, which takes: pip install 'httpx[socks]'") from None
        except (ValueError, httpx.InvalidURL):
            # Their messages may contain a part of the password.
            raise Unusable("the proxy of the environment is no address that can be used") from None
        with trusting():
            # Plain HTTP, used only to loopback, needs no TLS settings, and httpx takes milliseconds to make its own.
            return {"verify": tls_of(self._origin) or ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT), "proxy": proxy}

    def __repr__(self) -> str:
        return f"<Means {self._origin}>"
