"""The text of a stream: bytes → lines → server-sent events."""

from __future__ import annotations

import codecs
from typing import NamedTuple

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
