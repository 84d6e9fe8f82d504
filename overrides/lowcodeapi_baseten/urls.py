"""A URL → its parts, or None if nobody could connect to it."""

from __future__ import annotations

import ipaddress
import re
from urllib.parse import SplitResult, urlsplit

# Names that a resolver accepts: labels of 1 to 63 characters. Python's host name codec raises for any other.
_HOST = re.compile(r"[a-z0-9_-]{1,63}(\.[a-z0-9_-]{1,63})*\.?", re.ASCII)
_PLAIN = re.compile(r"[!-\[\]-~]+", re.ASCII)  # printable ASCII without white space and "\"
_LONGEST_HOST = 253


def split(url: object) -> SplitResult | None:
    """The parts of a URL with a scheme, a host that can be looked up and, if any, a port from 1 to 65535."""
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
