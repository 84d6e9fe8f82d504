"""Access control of the local gateway: programs on this machine may use it, pages in its browsers may not. Pure.

A page may send requests to every loopback port, and one whose name resolves to 127.0.0.1 may read the answers too.
"""

from __future__ import annotations

from collections.abc import Iterable
from ipaddress import ip_address
from urllib.parse import urlsplit


def is_loopback(host: str | None) -> bool:
    """True for `localhost` or an address of this machine, but not a name that merely begins like one."""
    if host == "localhost":
        return True
    try:
        return ip_address(host or "").is_loopback
    except ValueError:
        return False


def refusal(headers: Iterable[tuple[bytes, bytes]]) -> tuple[int, str] | None:
    """A status and the reason, if the request is a page's or meant for another host. Names are in lower case."""
    sent = [(name, value.decode("latin-1")) for name, value in headers]
    host = next((value for name, value in sent if name == b"host"), "")
    if not is_loopback(_name(host)):
        return 421, f"The local gateway is for this machine alone: ask 127.0.0.1 or localhost, not {host!r}.\n"
    is_foreign = any(
        (name == b"origin" and value != f"http://{host}")
        or (name == b"sec-fetch-site" and value not in ("none", "same-origin"))
        for name, value in sent
    )
    return (403, "The local gateway serves no page of another site.\n") if is_foreign else None


def _name(host: str) -> str | None:
    try:
        return urlsplit(f"//{host}").hostname
    except ValueError:
        return None
