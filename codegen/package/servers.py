"""The gateway's URL according to a document: the first server that can be called."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from ..document.reading import clipped
from ..document.shape import Json

GATEWAY = "https://api.lowcodeapi.com"

_URL = re.compile(r"[!-~]+")


def base_url(document: Json, provider: str) -> tuple[str, tuple[str, ...]]:
    """The base URL, and a line for each server that can't be called or whose URL had further parts.

    Without a server it is the gateway's own.
    """
    lines: list[str] = []
    for index, server in enumerate(document.get("servers", ())):
        stated = str(server["url"])
        url, what = _callable(stated)
        if what:
            lines.append(f"/servers/{index}/url: {clipped(repr(stated))} {what}")
        if url:
            return url, tuple(lines)
    return f"{GATEWAY}/{provider}", tuple(lines)


def _callable(stated: str) -> tuple[str, str]:
    """The URL to call, empty if there is none, and a remark about it."""
    url = stated.strip()
    scheme, colon, rest = url.partition(":")
    if scheme.lower() not in ("http", "https"):
        return "", "is no http(s) URL; left out"
    if "{" in url:
        return "", "has variables; left out"
    url = re.split("[?#]", f"{scheme.lower()}{colon}{rest}", maxsplit=1)[0]
    if not _URL.fullmatch(url) or "\\" in url or not _has_host(url):
        return "", "is no URL that can be called; left out"
    return url, "" if url == stated else f"is taken as {clipped(url)!r}"


def _has_host(url: str) -> bool:
    """True if it has a host and no user: the client alone sends the token."""
    try:
        parts = urlsplit(url)
        return bool(parts.hostname) and parts.username is None and (parts.port is None or parts.port > 0)
    except ValueError:
        return False
