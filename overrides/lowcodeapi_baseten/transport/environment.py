"""The certificates and the proxy for an origin, from the environment.

Plain HTTP goes only to loopback, and never through a proxy. Importing this imports neither httpx nor ssl.
"""

from __future__ import annotations

import functools
import ipaddress
import os
from contextlib import suppress
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from lowcodeapi_baseten_api.types import Hidden

from ..forks import Lock
from ..steps import Cause

if TYPE_CHECKING:
    import ssl

PROXY = "the proxy of the environment"
_SCHEMES = {"http", "https", "socks5", "socks5h"}


class Unusable(Exception):
    """The certificates or the proxy of the environment can't be used, so no connection is made."""

    def __init__(self, text: str, cause: Cause | None = None) -> None:
        super().__init__(text)
        self.cause: Cause | None = cause


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
        import httpx

        try:
            url = proxy_of(self._origin)
            proxy = None if url is None else httpx.Proxy(url.reveal())
            if proxy is not None and proxy.url.scheme.startswith("socks"):
                import socksio  # type: ignore[import-not-found,unused-ignore]  # noqa: F401
        except ImportError:
            raise Unusable(f"{PROXY} is a SOCKS proxy, which needs: pip install 'httpx[socks]'", "proxy") from None
        except (ValueError, httpx.InvalidURL):
            # Their messages may contain a part of the password.
            raise Unusable(f"{PROXY} is not a usable address", "proxy") from None
        try:
            return {"verify": tls_of(self._origin) or _without_tls(), "proxy": proxy}
        except Exception as error:
            told = f"{type(error).__name__}: {error}"
        # The first variable that is set decides, and the system's message doesn't name the file.
        given = [f"{name}={os.environ[name]}" for name in ("SSL_CERT_FILE", "SSL_CERT_DIR") if os.environ.get(name)]
        looked_at = given[0] if given else "SSL_CERT_FILE and SSL_CERT_DIR"
        raise Unusable(f"the certificates can't be read; check {looked_at} ({told})", "certificates")

    def __repr__(self) -> str:
        return f"<Means {self._origin}>"


# --- certificates


def tls_of(origin: str) -> ssl.SSLContext | None:
    """TLS settings for an origin; None for plain HTTP, which is used only to loopback.

    They trust the certificates in `SSL_CERT_FILE` or `SSL_CERT_DIR`, or else those of certifi, which httpx brings.
    """
    if not origin.startswith("https:"):
        return None
    import ssl

    if file := os.environ.get("SSL_CERT_FILE"):
        context = ssl.create_default_context(cafile=file)
    elif folder := os.environ.get("SSL_CERT_DIR"):
        context = ssl.create_default_context(capath=folder)
    else:
        import certifi

        context = ssl.create_default_context(cafile=certifi.where())
    context.set_alpn_protocols(["http/1.1"])
    return context


@functools.cache
def _without_tls() -> ssl.SSLContext:
    """Settings that plain HTTP doesn't use, because httpx would take milliseconds to make its own."""
    import ssl

    return ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)


# --- the proxy


def proxy_of(origin: str) -> Hidden | None:
    """The URL of the proxy for an origin, from `HTTPS_PROXY`, `ALL_PROXY` and `NO_PROXY`.

    They are read as by httpx's own client, but `NO_PROXY` may also name networks. Raises `ValueError` if the proxy
    can't be used.
    """
    parts = urlsplit(origin)
    if parts.scheme != "https":
        return None
    # Imported here because it takes milliseconds, and loopback doesn't need it.
    from urllib.request import getproxies

    proxies = getproxies()
    url = proxies.get("https") or proxies.get("all")
    if not url or is_exempt(parts.hostname or "", parts.port or 443, proxies.get("no", "")):
        return None
    made = Hidden(url if "://" in url else f"http://{url}")
    proxy = urlsplit(made.reveal())
    if proxy.scheme not in _SCHEMES or not proxy.hostname or proxy.port == 0:
        # The address may hold a password, so it is not in the message.
        raise ValueError(f"none of {', '.join(sorted(_SCHEMES))}")
    return made


def is_direct(origin: str) -> bool:
    """True if no proxy is named for an origin. An unusable one counts as named: it must not be bypassed."""
    try:
        return proxy_of(origin) is None
    except ValueError:
        return False


def is_exempt(host: str, port: int, no_proxy: str) -> bool:
    """True if `NO_PROXY` names a host, by name, domain, address or network. An entry with a port is for that port."""
    return any(_names(entry.strip().lower(), host.lower(), port) for entry in no_proxy.split(","))


def _names(entry: str, host: str, port: int) -> bool:
    if not entry or entry == "*":
        return entry == "*"
    entry = entry.rpartition("://")[2]
    try:
        address = ipaddress.ip_address(host)
        return address in ipaddress.ip_network(entry, strict=False)
    except ValueError:
        pass
    if entry.startswith("[") or entry.count(":") == 1:
        name, _, only = entry.rpartition(":") if not entry.endswith("]") else (entry, "", "")
    else:
        name, only = entry, ""
    if only and only != str(port):
        return False
    name = name.strip("[]")
    if name.startswith((".", "*.")):
        return host.endswith("." + name.lstrip("*."))
    return host == name or (not _is_address(host) and host.endswith("." + name))


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def proxy_named() -> str | None:
    """Host and port of the proxy for HTTPS, never its user or password."""
    from urllib.request import getproxies

    proxies = getproxies()
    url = proxies.get("https") or proxies.get("all") or ""
    with suppress(ValueError):
        parts = urlsplit(url if "://" in url else f"//{url}")
        return f"{parts.hostname}:{parts.port}" if parts.port else parts.hostname
    return None
