"""URLs: their parts, the check of `base_url`, and addresses of this machine."""

from __future__ import annotations

import ipaddress
import re
from urllib.parse import SplitResult, urlsplit

from .errors import ConfigurationError

# Names that a resolver accepts: labels of 1 to 63 characters. Python's host name codec raises for any other.
_HOST = re.compile(r"[a-z0-9_-]{1,63}(\.[a-z0-9_-]{1,63})*\.?", re.ASCII)
_PLAIN = re.compile(r"[!-\[\]-~]+", re.ASCII)  # printable ASCII without white space and "\"
_LONGEST_HOST = 253
_PROVIDER = "baseten"


def split(url: object) -> SplitResult | None:
    """Split a URL. None unless it has a scheme, a host that can be looked up and, if any, a port from 1 to 65535."""
    if not isinstance(url, str) or not _PLAIN.fullmatch(url):
        return None
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
        if "[" in parts.netloc:
            ipaddress.IPv6Address(host)
        elif len(host) > _LONGEST_HOST or not _HOST.fullmatch(host):
            return None
    except ValueError:
        return None
    return parts if parts.scheme and port != 0 else None


def checked_base_url(base_url: str, provider: str = _PROVIDER) -> tuple[str, str]:
    """Return the origin and path of a base URL. Raises `ConfigurationError` if the token must not go there."""
    if not isinstance(base_url, str):
        raise ConfigurationError(f"base_url must be a URL as text; got {type(base_url).__name__}")
    parts = split(base_url)
    host = parts and parts.hostname
    if parts is None or not host or parts.scheme not in {"http", "https"}:
        has_scheme = base_url.lower().startswith(("https://", "http://"))
        problem = "a port is 1 to 65535" if has_scheme else "https:// or http:// is missing"
        raise ConfigurationError(f"base_url must be a URL such as https://api.lowcodeapi.com/baseten; {problem}")
    if parts.username is not None or parts.query or parts.fragment:
        raise ConfigurationError("base_url must have no user, query or fragment; pass the token as api_token")
    if parts.scheme == "http" and not is_loopback(host):
        raise ConfigurationError(f"base_url is plain HTTP to {host}: anyone on the way could read the token; use https")
    shown_host = f"[{host}]" if ":" in host else host
    origin = f"{parts.scheme}://{shown_host}{f':{parts.port}' if parts.port else ''}"
    return origin, parts.path.rstrip("/") or f"/{provider}"


def is_loopback(host: str) -> bool:
    """True for this machine: its name, or an address that never leaves it."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
