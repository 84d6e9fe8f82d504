"""GETs presigned URLs, from threads. Their hosts are third parties, which get nothing of ours.

The query of such a URL is as good as a password. It is added where the token is, below all tools that record or trace.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple, cast
from urllib.parse import urlsplit

import httpx

from ..forks import Lock
from ..secrets import Content
from ._sync.backend import Backend
from ._sync.lane import Lane
from ._sync.transport import Transport
from .answers import header_map
from .backends import inner
from .environment import Means
from .errand import Errand
from .failed import names_of

_LOST = frozenset({"NetworkError", "ProtocolError", "ProxyError", "TimeoutException"})


class Lost(Exception):
    """The connection failed or broke, or the time was over. Its text is the name of httpx's exception."""


class File(NamedTuple):
    """An answer whose body comes piece by piece. Header names are in lower case."""

    status: int
    headers: Mapping[str, str]
    chunks: Iterable[bytes]


class Pools:
    """The connections to each host."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._known: dict[str, Lane[Transport]] = {}

    def to(self, url: str) -> Lane[Transport]:
        """The connections to the host of a URL. Raises `Unusable`."""
        parts = urlsplit(url)
        origin = f"{parts.scheme}://{parts.netloc}"
        with self._lock:
            if origin not in self._known:
                known = Means(origin).known()
                self._known[origin] = Lane(lambda: Transport(Backend(inner()), **known), 1)
            return self._known[origin]

    @contextlib.contextmanager
    def get(
        self, url: str, headers: Mapping[str, str], *, until: float, head_until: float, stall: float
    ) -> Iterator[File]:
        """Ask for a file. Raises `Lost`, also while the body is read.

        The head must arrive by `head_until` and everything by `until`, on the monotonic clock. No `stall` seconds may
        pass without a byte.
        """
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
            # Not chained, because the exception holds the URL.
            raise Lost(trouble)

    def close(self) -> None:
        """Close every connection."""
        for lane in self._known.values():
            lane.close()
