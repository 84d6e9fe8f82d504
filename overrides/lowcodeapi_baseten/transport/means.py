"""What takes to an origin: whom TLS trusts, and the proxy that the environment names. Read once, when it is needed."""

from __future__ import annotations

import ssl
from typing import Any

import httpx

from ..locks import Lock
from .failed import Unusable, trusting
from .proxies import proxy_of
from .tls import tls_of


class Means:
    """The arguments of a transport of ours."""

    def __init__(self, origin: str) -> None:
        self._origin, self._lock = origin, Lock()
        self._known: dict[str, Any] | None = None

    def known(self) -> dict[str, Any]:
        """They. Raises `Unusable`."""
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
                import socksio  # noqa: F401
        except ImportError:
            raise Unusable("the proxy of the environment is SOCKS, which takes: pip install 'httpx[socks]'") from None
        except (ValueError, httpx.InvalidURL):
            # What they say of the address may be a piece of the password.
            raise Unusable("the proxy of the environment is no address that can be used") from None
        with trusting():
            # Plain HTTP, which is spoken to loopback alone, takes none; httpx takes milliseconds to make one.
            return {"verify": tls_of(self._origin) or ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT), "proxy": proxy}

    def __repr__(self) -> str:
        return f"<Means {self._origin}>"
