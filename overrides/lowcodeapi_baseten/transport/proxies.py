"""The proxy that the environment names. Plain HTTP goes only to loopback, and never through a proxy."""

from __future__ import annotations

import ipaddress
from urllib.parse import urlsplit

from lowcodeapi_baseten_api.types import Hidden

_SCHEMES = {"http", "https", "socks5", "socks5h"}


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
