"""The proxy that the environment names. Plain HTTP goes only to loopback, and never through a proxy."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

if TYPE_CHECKING:
    import httpcore


def proxy_of(origin: str) -> httpcore.Proxy | None:
    """The proxy for an origin, from `HTTPS_PROXY`, `ALL_PROXY` and `NO_PROXY`."""
    parts = urlsplit(origin)
    if parts.scheme != "https":
        return None
    # It takes milliseconds to import, and loopback does without.
    import urllib.request

    if urllib.request.proxy_bypass(parts.hostname or ""):
        return None
    proxies = urllib.request.getproxies()
    url = proxies.get("https") or proxies.get("all")
    return None if not url else _proxy(url if "://" in url else f"http://{url}")


def is_direct(origin: str) -> bool:
    """Whether no proxy is named for an origin. One that can't be used is named, too: it may not be passed by."""
    try:
        return proxy_of(origin) is None
    except Exception:
        return False


def _proxy(url: str) -> httpcore.Proxy:
    import httpcore

    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        # The address may hold a password, so it is not in the message.
        raise httpcore.UnsupportedProtocol("the proxy of the environment is no http:// or https:// address")
    auth = (unquote(parts.username), unquote(parts.password or "")) if parts.username else None
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    return httpcore.Proxy(f"{parts.scheme}://{host}{f':{parts.port}' if parts.port else ''}", auth=auth)
