"""The checkpoint of a run: a JSON Lines file that says what was sent and what came back.

An item's line `{"sent": i, "of": digest}` is on the disk before the item is sent, so that an item without one was
never sent, even where the machine lost its power. `{"done": i, "output": …}` or `{"failed": i, …}` follows. An item
that was sent and has no answer is one whose fate nobody knows: it is named, and sent again only if that is asked for.
"""

from __future__ import annotations

import base64
import contextlib
import hashlib
import json
import os
import threading
from array import array
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from ..errors import LowCodeAPIError

_VERSION = 1
_NEVER, _OPEN = -1, -2  # else: where in the file the line stands that says how it ended
_MOST_ITEMS = 10**9


class JournalError(LowCodeAPIError):
    """The checkpoint can't be used: it is of another run, in use, or damaged. Nothing was sent."""


class UnknownFateError(LowCodeAPIError):
    """An item was sent in an earlier run, and nobody knows whether it was carried out. It was not sent again.

    Attributes:
        index: The item's place among the inputs.
    """

    def __init__(self, index: int, why: str) -> None:
        super().__init__(f"item {index} was sent in an earlier run, and {why}: look before you send it again")
        self.index = index

    def __reduce__(self) -> tuple[Any, ...]:
        return _rebuilt, (self.index, str(self))


def _rebuilt(index: int, text: str) -> UnknownFateError:
    error = UnknownFateError(index, "")
    error.args = (text,)
    return error


class Past(NamedTuple):
    """How an item ended in an earlier run: with an output, or with an error that leaves its fate unknown."""

    output: Any = None
    error: UnknownFateError | None = None


class Journal:
    """One file, held by one run at a time."""

    def __init__(self, path: str | os.PathLike[str], header: Mapping[str, Any], *, resend_unknown: bool) -> None:
        self._resend_unknown = resend_unknown
        self._where: array[int] = array("q")
        self._digests: array[int] = array("Q")
        self._lines: list[str] = []
        self._left = b""
        self._syncing = threading.Lock()
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | getattr(os, "O_CLOEXEC", 0), 0o600)
        self._file = os.fdopen(descriptor, "r+b", buffering=0)
        try:
            self._hold(path)
            self._recall({"journal": _VERSION, **header}, path)
        except BaseException:
            self._file.close()
            raise

    def past(self, index: int, value: Any) -> Past | None:
        """What an earlier run says of an item; None where it is to be sent. Raises `JournalError` for another input."""
        state = self._where[index] if index < len(self._where) else _NEVER
        if state == _NEVER:
            return None
        if self._digests[index] != digest(value):
            raise JournalError(f"item {index} is not what it was when the checkpoint was written: use another file")
        if state == _OPEN:
            why = "no answer was written down"
        else:
            line = self._line_at(state)
            if "done" in line:
                return Past(_decoded(line))
            if line["fate"] == "not done":
                return None
            why = f"it ended with {line['error']}"
        return None if self._resend_unknown else Past(error=UnknownFateError(index, why))

    def begin(self, items: Sequence[tuple[int, Any]]) -> None:
        """These are about to be sent, once `sync` has returned."""
        self._lines.extend(f'{{"sent": {index}, "of": "{digest(value):016x}"}}\n' for index, value in items)
        self.flush()

    def sync(self) -> None:
        """Return once the disk has what was flushed. May be called in another thread; nothing else may."""
        with self._syncing:
            if not self._file.closed:
                os.fsync(self._file.fileno())

    def done(self, index: int, output: Any) -> None:
        """An item was answered."""
        self._lines.append(_line({"done": index, **_encoded(output)}))

    def failed(self, index: int, error: LowCodeAPIError, *, is_fate_unknown: bool) -> None:
        """An item ended in an error."""
        fate = "unknown" if is_fate_unknown else "not done"
        self._lines.append(_line({"failed": index, "fate": fate, "error": type(error).__name__}))

    def flush(self) -> None:
        """Hand over to the system what was written: a killed process loses nothing of it."""
        if self._lines:
            self._left += "".join(self._lines).encode()
            self._lines = []
        # What could not be written is still to be written: its results may not be handed over before.
        while self._left:
            self._left = self._left[self._file.write(self._left) :]

    def close(self) -> None:
        """Write the rest, and let go of the file."""
        if self._file.closed:
            return
        try:
            self.flush()
            self.sync()
        finally:
            # A thread that still waits for the disk must not find another file under the same number.
            with self._syncing:
                self._file.close()

    def __del__(self) -> None:
        # Of a run that was never begun: there is nothing to write, and nobody else to let go of the file.
        if hasattr(self, "_file"):
            self._file.close()

    def _hold(self, path: str | os.PathLike[str]) -> None:
        try:
            import fcntl
        except ImportError:  # Windows
            return
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise JournalError(f"the checkpoint {os.fspath(path)!r} is in use by another run") from None

    def _recall(self, header: Mapping[str, Any], path: str | os.PathLike[str]) -> None:
        """Read what is there; cut off a last line that was not written to its end."""
        end = 0
        with Path(path).open("rb") as file:
            for number, line in enumerate(file):
                if not line.endswith(b"\n"):
                    break
                try:
                    entry = json.loads(line)
                    if number == 0:
                        self._check(entry, header, path)
                    else:
                        self._note(entry, end)
                except (ValueError, KeyError, TypeError):
                    raise JournalError(f"line {number + 1} of the checkpoint {os.fspath(path)!r} is damaged") from None
                end += len(line)
        self._file.truncate(end)
        self._file.seek(end)
        if end == 0:
            self._lines.append(_line(header))

    def _check(self, entry: Any, header: Mapping[str, Any], path: str | os.PathLike[str]) -> None:
        if entry != header:
            raise JournalError(
                f"{os.fspath(path)!r} is no checkpoint of this run: its first line is not {_line(header)}"
            )

    def _note(self, entry: dict[str, Any], offset: int) -> None:
        key = next(key for key in ("sent", "done", "failed") if key in entry)
        index = entry[key]
        if not isinstance(index, int) or not 0 <= index < _MOST_ITEMS:
            raise ValueError(index)
        while index >= len(self._where):
            self._where.append(_NEVER)
            self._digests.append(0)
        if key == "sent":
            self._digests[index] = int(entry["of"], 16)
        self._where[index] = _OPEN if key == "sent" else offset

    def _line_at(self, offset: int) -> dict[str, Any]:
        here = self._file.tell()
        try:
            self._file.seek(offset)
            got = b""
            while not got.endswith(b"\n") and (chunk := self._file.read(65536)):
                head, newline, _ = chunk.partition(b"\n")
                got += head + newline
            line: dict[str, Any] = json.loads(got)
            return line
        finally:
            self._file.seek(here)


def digest(value: Any) -> int:
    """Tells one input from another."""
    with contextlib.suppress(TypeError, ValueError):
        value = _SORTED.encode(value)
    return int.from_bytes(hashlib.blake2b(repr(value).encode(errors="surrogatepass"), digest_size=8).digest(), "big")


def _as_data(value: Any) -> Any:
    return value.to_dict() if hasattr(value, "to_dict") else str(value)


_SORTED = json.JSONEncoder(sort_keys=True, default=_as_data)


def _line(entry: Mapping[str, Any]) -> str:
    return json.dumps(entry) + "\n"


def _encoded(output: Any) -> dict[str, Any]:
    if isinstance(output, bytes):
        return {"bytes": base64.b64encode(output).decode()}
    return {"output": output}


def _decoded(line: Mapping[str, Any]) -> Any:
    return base64.b64decode(line["bytes"]) if "bytes" in line else line["output"]
