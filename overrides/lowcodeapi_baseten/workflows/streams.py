"""The pure part of a streamed prediction: bytes → lines → server-sent events, the head of the answer, its errors."""

from __future__ import annotations

import codecs
import json
from collections.abc import Mapping
from typing import Any, NamedTuple

from lowcodeapi_baseten_api.types import Call, RawResponse

from ..errors import APIConnectionError, APITimeoutError, ResponseError
from ..steps import Failure

MAX_LINE = 16 * 2**20  # characters: a stream without line breaks, or ends of events, must not fill the memory


class ServerSentEvent(NamedTuple):
    """An event of a stream, as the HTML standard defines it.

    `retry` is in milliseconds.
    """

    event: str = "message"
    data: str = ""
    id: str | None = None
    retry: int | None = None


class Lines:
    """Splits text into lines at LF, CR LF or CR, even if pieces cut between CR and LF."""

    def __init__(self) -> None:
        self._decode = codecs.getincrementaldecoder("utf-8")(errors="replace").decode
        self._parts: list[str] = []
        self._size = 0
        self._is_after_cr = False

    def feed(self, piece: bytes, *, is_last: bool = False) -> list[str]:
        """Return the lines completed so far; with `is_last` also an unfinished one.

        Raises ValueError for a line of more than `MAX_LINE` characters.
        """
        text = self._decode(piece, is_last)
        if self._is_after_cr and text:
            text = text.removeprefix("\n")
            self._is_after_cr = False
        self._is_after_cr = text.endswith("\r") or (self._is_after_cr and not text)
        # Not splitlines(): it also splits at characters that JSON text may contain.
        *complete, rest = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
        lines = []
        for line in complete:
            lines.append("".join([*self._parts, line]))
            self._parts, self._size = [], 0
        if rest:
            self._parts.append(rest)
            self._size += len(rest)
        if self._size > MAX_LINE:
            raise ValueError(f"a line of more than {MAX_LINE:,} characters")
        if is_last and self._parts:
            lines.append("".join(self._parts))
            self._parts = []
        return lines


class Events:
    """Assembles lines into server-sent events."""

    def __init__(self) -> None:
        self._is_first = True
        self._id: str | None = None
        self._clear()

    def _clear(self) -> None:
        self._event, self._data, self._size = "", list[str](), 0
        self._retry: int | None = None

    def feed(self, line: str) -> ServerSentEvent | None:
        """Return the event that this line completes, or None.

        Raises ValueError for an event of more than `MAX_LINE` characters.
        """
        if self._is_first:
            line, self._is_first = line.removeprefix("\ufeff"), False
        if not line:
            return self.end()
        name, _, value = line.partition(":")
        value = value.removeprefix(" ")
        if name == "data":
            self._data.append(value)
            self._size += len(value) + 1
            if self._size > MAX_LINE + 1:
                raise ValueError(f"an event of more than {MAX_LINE:,} characters")
        elif name == "event":
            self._event = value
        elif name == "id" and "\0" not in value:
            self._id = value
        elif name == "retry" and value.isascii() and value.isdigit() and len(value) < 10:
            self._retry = int(value)
        return None

    def end(self) -> ServerSentEvent | None:
        """Finish the current event, at an empty line or at the end of the stream."""
        data, event, retry = self._data, self._event, self._retry
        self._clear()
        return ServerSentEvent(event or "message", "\n".join(data), self._id, retry) if data else None


class StreamHead:
    """The head of a stream, known before its first byte.

    Attributes:
        status_code: The HTTP status.
        headers: The headers, names in lower case.
        request_id: The provider's ID of the request, or None.
        payload: The answer, if it came as JSON in one piece; None if it is streamed.
        is_streamed: True if it is.
    """

    def __init__(self, call: Call, raw: RawResponse[Any], is_streamed: bool) -> None:
        self._call, self._raw = call, raw
        self._size = 0
        self.status_code = raw.status_code
        self.headers: Mapping[str, str] = raw.headers
        self.request_id = raw.request_id
        self.payload = None if is_streamed else raw.payload
        self.is_streamed = is_streamed

    @property
    def content_type(self) -> str:
        """The media type, such as "text/event-stream"."""
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()

    def _whole(self) -> bytes:
        payload = self.payload
        if isinstance(payload, bytes):
            return payload
        try:
            said = payload if isinstance(payload, str) else json.dumps(payload, ensure_ascii=False)
        except RecursionError:
            said = None
        if said is None:
            raise self._error("the model answered JSON that is nested too deeply; it is on `payload`")
        # UTF-8 has no lone surrogates; write one as JSON's escape.
        return said.encode("utf-8", "backslashreplace")

    def _check_events(self) -> None:
        if not self.is_streamed and not isinstance(self.payload, (str, bytes)):
            problem = "the model answered JSON in one piece, not a stream of events; it is on `payload`"
            raise self._error(problem, self._whole())

    def _fed(self, events: Events, line: str) -> ServerSentEvent | None:
        try:
            return events.feed(line)
        except ValueError as error:
            raise self._error(str(error)) from None

    def _error(self, problem: str, body: bytes = b"") -> ResponseError:
        known = {"operation": self._call.operation, "attempts": self._raw.attempts, "request_id": self.request_id}
        return ResponseError(f"{self._call.operation}: {problem}", status_code=self.status_code, body=body, **known)

    def _broken(self, failure: Failure) -> APIConnectionError:
        cls = APITimeoutError if failure.kind == "timeout" else APIConnectionError
        return cls(
            f"{self._call.operation}: the stream ended too early, after {self._size:,} bytes ({failure.text}); the "
            "answer is incomplete, and the call was not sent again",
            operation=self._call.operation,
            attempts=self._raw.attempts,
            request_id=self.request_id,
        )


def cut_off(error: BaseException) -> None:
    """Drop the frames that Ctrl-C or a cancellation passed through: they hold the request, and the token in it."""
    error.__context__ = error.__cause__ = None
    error.__traceback__ = None
