"""Parses an HTTP/1.1 answer as it arrives, with httptools. No socket is touched here.

httptools comes with the extra `fast`. It is strict, except for two things that h11 allows as well: odd characters in
header values, and a content-length beside chunked encoding.
"""

from __future__ import annotations

from httptools import HttpParserCallbackError, HttpParserError, HttpParserUpgrade, HttpResponseParser

from ...envelope import Answer
from ...secrets import Token
from ...steps import Failure
from ..answers import Body, Refused, answer_of, quoted
from ..failed import failed

# Bytes of a head, or of anything else that is not body.
_MOST_HEAD = 100_000
_MOST_INFORMATIONAL = 100


class Incoming:
    """One answer, from its first byte to its last. `is_over` is True once there is nothing more to wait for.

    The callbacks raise nothing, because httptools would swallow it.
    """

    is_over = False
    _head = b""
    _headers: dict[str, str]
    _body: Body | None = None
    _problem: str | Refused | None = None
    _status = _received = _informational = 0
    _is_1_1 = _is_kept = _is_to_eof = False

    def __init__(self, max_bytes: int, method: str) -> None:
        self._max_bytes, self._is_head = max_bytes, method == "HEAD"
        # Names and values, alternating, as they came.
        self._fields: list[bytes] = []
        self._parser = HttpResponseParser(self)
        self._parser.set_dangerous_leniencies(lenient_headers=True, lenient_chunked_length=True)

    # --- input

    def feed(self, data: bytes | memoryview) -> None:
        """Parse received bytes. After `is_over` they are surplus, and the connection is not kept."""
        if self.is_over:
            self._is_kept = False
            return
        if not self._received and self._body is None:
            self._is_1_1 = data[:9] == b"HTTP/1.1 "
        self._received += len(data)
        try:
            self._parser.feed_data(data)
        except HttpParserCallbackError as error:
            self._fail("it could not be parsed")
            cause = error.__context__
            if cause is not None and not isinstance(cause, Exception):
                raise cause from None  # such as Ctrl-C in one of the callbacks below
        except (HttpParserError, HttpParserUpgrade) as error:
            # Even after a complete answer: the bytes behind it are not an answer.
            self._is_kept = False
            self._fail(str(error))
        if self._received > _MOST_HEAD:
            self._fail("more than 100,000 bytes of headers, or between chunks")

    def eof(self) -> None:
        """Handle the end of the connection."""
        self._is_kept = False
        if self._body is not None and self._is_to_eof:
            self.is_over = True
        self._fail("it ended before the answer did" if self._received or self._status else "it ended without an answer")

    def outcome(self, token: Token) -> Answer | Failure:
        """The answer, or the failure. Call it once, when `is_over` is True."""
        del self._parser  # a reference cycle
        if self._body is not None and self._problem is None:
            try:
                return answer_of(token, self._status, self._headers, self._body.whole(), self._head)
            except Refused as error:
                self._problem, self._is_kept = error, False
        problem = self._problem or "there is no answer"
        if isinstance(problem, Refused):
            return failed(problem, token, self._status or None)
        return Failure("lost", f"the connection was lost ({token.hidden_in(problem)})")

    @property
    def is_kept(self) -> bool:
        """True if the connection may be used again. Not after a 204, as a body behind it would pass for an answer."""
        return self._is_kept and self._problem is None and self._status != 204

    def _fail(self, problem: str | Refused) -> None:
        if not self.is_over:
            self.is_over, self._problem = True, problem

    def __repr__(self) -> str:
        return "<Incoming>"

    # --- callbacks of httptools

    def on_message_begin(self) -> None:
        if self.is_over:
            self._is_kept = False

    def on_header(self, name: bytes, value: bytes) -> None:
        if self._body is None:  # otherwise it is a trailer
            self._fields += (name, value)

    def on_headers_complete(self) -> None:
        if self.is_over:
            return
        status = self._parser.get_status_code()
        if status < 200:
            self._on_informational(status)
            return
        self._status, self._head = status, b"\n".join(self._fields)
        if len(self._head) > _MOST_HEAD:
            self._fail("more than 100,000 bytes of headers")
            return
        if 0 in self._head or self._head.count(b"\n") != max(len(self._fields) - 1, 0):
            self._fail("a header with a NUL or a line break")
            return
        self._headers = headers = _header_map(self._head)
        if not self._is_1_1 and self._parser.get_http_version() not in {"1.0", "1.1"}:
            self._fail("an HTTP version other than 1.1")
            return
        coding, has_length = headers.get("transfer-encoding"), "content-length" in headers
        if coding is not None and coding.lower() != "chunked":
            self._fail(f"the transfer-encoding {quoted(coding)}")
            return
        self._is_kept = self._is_1_1 and self._parser.should_keep_alive() and not (coding and has_length)
        self._is_to_eof = coding is None and not has_length
        self._received = 0
        self._body = Body(self._max_bytes, headers.get("content-encoding"))
        if self._is_head:
            self.is_over, self._is_kept = True, False

    def _on_informational(self, status: int) -> None:
        self._informational += 1
        if status == 101:
            self._status = status
            self._fail(Refused("it switches to another protocol"))
        elif status < 100 or self._informational > _MOST_INFORMATIONAL:
            self._fail("a status below 100" if status < 100 else "too many informational answers")
        self._fields, self._received = [], 1

    def on_body(self, chunk: bytes) -> None:
        if self._body is None or self.is_over:
            return
        self._received = 0
        try:
            self._body.add(chunk)
        except Refused as error:
            self._fail(error.with_traceback(None))

    def on_message_complete(self) -> None:
        if self._body is not None:
            self.is_over = True


def _header_map(head: bytes) -> dict[str, str]:
    """Headers by lower-case name, from lines of alternating names and values; repeated ones are joined."""
    # Decode all at once: one by one takes longer than all other parsing.
    lines = head.decode("latin-1").split("\n") if head else []
    line = iter(lines)
    headers = {name.lower(): value.strip(" \t") for name, value in zip(line, line, strict=True)}
    if 2 * len(headers) < len(lines):
        headers = {}
        for name, value in zip(lines[::2], lines[1::2], strict=True):
            key, text = name.lower(), value.strip(" \t")
            headers[key] = f"{headers[key]}, {text}" if key in headers else text
    return headers
