"""GETs to the hosts of presigned URLs, from threads. Such a host is a stranger: it sees nothing of ours.

The query of such a URL is as good as a password. It is added where the token is, below all that records or traces.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple, cast
from urllib.parse import urlsplit

import httpx

from ..auth import Content
from ..locks import Lock
from ._sync.sender import Lane
from .body import header_map
from .errand import Errand
from .failed import names_of
from .means import Means

_LOST = frozenset({"NetworkError", "ProtocolError", "ProxyError", "TimeoutException"})


class Lost(Exception):
    """The connection was not made, or it broke, or the time was over. Its text is what httpx calls that."""


class File(NamedTuple):
    """An answer whose body comes piece by piece. Names of headers are in lower case."""

    status: int
    headers: Mapping[str, str]
    chunks: Iterable[bytes]


class Pools:
    """The connections to each host."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._known: dict[str, Lane] = {}

    def to(self, url: str) -> Lane:
        """Those to the host of a URL. Raises `Unusable`."""
        parts = urlsplit(url)
        origin = f"{parts.scheme}://{parts.netloc}"
        with self._lock:
            if origin not in self._known:
                means = Means(origin)
                means.known()
                self._known[origin] = Lane(means, 1)
            return self._known[origin]

    @contextlib.contextmanager
    def get(
        self, url: str, headers: Mapping[str, str], *, until: float, head_until: float, stall: float
    ) -> Iterator[File]:
        """Ask for a file. The head must be there by `head_until`, all of it by `until`, on the monotonic clock, and no
        `stall` seconds may pass without a byte. Raises `Lost`, also while the body is read."""
        parts, lane = urlsplit(url), self.to(url)
        path = parts.path or "/"
        errand = Errand(min(until, head_until))
        errand.target = Content(f"{path}?{parts.query}".encode() if parts.query else path.encode())
        given = {"accept": "*/*", "accept-encoding": "identity", **headers}
        timeout = dict.fromkeys(("connect", "pool", "read", "write"), stall)
        request = httpx.Request(
            "GET", f"{parts.scheme}://{parts.netloc}{path}", headers=given, extensions={"timeout": timeout}
        )
        transport, trouble = lane.take(), ""
        transport.backend.errand = errand
        is_clean = False
        try:
            try:
                response = transport.handle_request(request)
                with contextlib.closing(response):
                    errand.until = until
                    chunks = cast("Iterable[bytes]", response.stream)
                    yield File(response.status_code, header_map(response.headers.raw), chunks)
                is_clean = True
            except (httpx.HTTPError, httpx.StreamError) as error:
                if not names_of(error) & _LOST:
                    raise
                trouble = type(error).__name__
        finally:
            lane.give(transport, is_clean=is_clean)
        if trouble:
            # Not chained: what was caught holds the URL.
            raise Lost(trouble)

    def close(self) -> None:
        """Close every connection."""
        for lane in self._known.values():
            lane.close()
