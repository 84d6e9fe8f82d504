"""An answer in HTTP/1.1 as it comes in, as h11 reads it. No socket is touched here.

h11 comes with httpx, so this needs no extra; `incoming_httptools` is faster.
"""

from __future__ import annotations

from functools import cache

import h11

from ..auth import Token
from ..envelope import Answer
from ..steps import Failure
from .answers import answer_of
from .body import Body, Refused, header_map
from .failed import failed

_LARGEST_HEAD = 100 * 1024
_END = h11.EndOfMessage()


@cache
def _request(method: str) -> h11.Request:
    return h11.Request(method=method, target="/", headers=[("Host", "any")])


class H11Incoming:
    """One answer, from its first byte to its last; `is_over` once there is nothing more to wait for."""

    __slots__ = ("_body", "_headers", "_is_spoilt", "_max_bytes", "_problem", "_status", "_wire", "is_over")

    def __init__(self, max_bytes: int, method: str) -> None:
        self._max_bytes = max_bytes
        self._wire = h11.Connection(h11.CLIENT, max_incomplete_event_size=_LARGEST_HEAD)
        # The request itself is made by `heads`. What h11 must know of it in order to read an answer is its method.
        self._wire.send(_request(method))
        self._wire.send(_END)
        self._status: int | None = None
        self._headers: dict[str, str] = {}
        self._body: Body | None = None
        self._problem: Exception | None = None
        self._is_spoilt = self.is_over = False

    def feed(self, data: bytes) -> None:
        """Take what was received. After `is_over` it is surplus."""
        if self.is_over:
            self._is_spoilt = True
            return
        try:
            self._wire.receive_data(data)
            self._read()
        except Exception as error:
            self._fail(error)

    def eof(self) -> None:
        """The other side sends no more."""
        if self._status is None:
            self._fail(h11.RemoteProtocolError("the server disconnected without an answer"))
        else:
            self.feed(b"")

    def outcome(self, token: Token) -> Answer | Failure:
        """What came. To be asked once, when it is over."""
        problem = self._problem
        if problem is None:
            assert self._status is not None and self._body is not None
            try:
                return answer_of(token, self._status, self._headers, self._body.whole())
            except Refused as error:
                self._fail(error)
                problem = error
        return failed(problem, token, self._status)

    @property
    def is_kept(self) -> bool:
        """Whether the connection may carry another request, which would get its own answer.

        Behind a 204, against the rules, something may still be on its way.
        """
        wire = self._wire
        is_whole = self._problem is None and wire.our_state is wire.their_state is h11.DONE
        return is_whole and not self._is_spoilt and self._status != 204 and not wire.trailing_data[0]

    def _read(self) -> None:
        while True:
            event = self._wire.next_event()
            if isinstance(event, h11.Data):
                assert self._body is not None
                self._body.add(bytes(event.data))
            elif isinstance(event, h11.Response):
                self._status, headers = event.status_code, header_map(event.headers.raw_items())
                if event.http_version not in {b"1.1", b"1.0"}:
                    raise h11.RemoteProtocolError("another version than HTTP/1.1")
                # Of two lengths h11 goes by the chunks; who stands between may not.
                self._is_spoilt = "transfer-encoding" in headers and "content-length" in headers
                self._headers = headers
                self._body = Body(self._max_bytes, headers.get("content-encoding"))
            elif isinstance(event, h11.EndOfMessage):
                self.is_over = True
                return
            elif not isinstance(event, h11.InformationalResponse):
                return  # it needs more

    def _fail(self, error: Exception) -> None:
        # Its frames hold this object.
        error.__traceback__ = error.__context__ = None
        self._problem, self.is_over = error, True

    def __repr__(self) -> str:
        return "<H11Incoming>"
