"""The checkpoint of a run: a JSON Lines file that records what was sent and what came back.

The line `{"sent": i, "of": digest}` is on disk before item i is sent. So an item without one was never sent, even after
a power failure. `{"done": i, "output": …}` or `{"failed": i, …}` follows. If neither does, or the failure leaves it
open, the item's fate is unknown: it is reported, and sent again only on request. An item that failed in any other way
was not carried out, and is sent again.

Two runs with one file would each send the other's items, so a file that can't be locked is refused. Windows has no such
lock, so nothing keeps a second run out there.
"""

from __future__ import annotations

import base64
import contextlib
import errno
import hashlib
import io
import json
import os
import stat
import threading
from array import array
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from ..errors import LowCodeAPIError

_VERSION = 1
# Any other value is the offset of the line with the result, negated if the fate is unknown.
_NEVER, _OPEN = -1, -2
_FULL = frozenset({errno.ENOSPC, errno.EFBIG, getattr(errno, "EDQUOT", errno.ENOSPC)})
_NAMED = 5  # places
_MOST_ITEMS = 10**9
_MOST_HEADER = 1 << 20  # bytes
_OPENINGS = (b'{"sent": ', b'{"done": ', b'{"failed": ')


class JournalError(LowCodeAPIError):
    """The checkpoint belongs to another run, is in use or damaged, or can't be opened, locked or written.

    Before the first item this means that nothing was sent. Later, such as with a full disk, the calls under way are cut
    off, and the next run with the same file reports them.
    """


class UnknownFateError(LowCodeAPIError):
    """An item was sent in an earlier run and may have been carried out. It was not sent again.

    With `on_error="collect"` this error takes the place of the item's output. Otherwise it is raised once for all such
    items, before anything is sent.

    Attributes:
        index: The item's index among the inputs, or that of the first of several items.
    """

    def __init__(self, index: int, why: str) -> None:
        super().__init__(f"item {index} was sent in an earlier run, and {why}: check before you send it again")
        self.index = index

    @classmethod
    def of_all(cls, indices: Sequence[int]) -> UnknownFateError:
        """One error for all of these items; there is at least one."""
        items, more = "items" if len(indices) > 1 else "item", len(indices) - _NAMED
        named = ", ".join(map(str, indices[:_NAMED])) + (f" and {more:,} more" if more > 0 else "")
        return _rebuilt(
            indices[0],
            f"{len(indices):,} {items} may have been carried out, but no run has their answers: {named}; nothing "
            'was sent now: check them, then repeat the call with on_error="collect", which returns them as errors, or '
            "with resend_unknown=True, which sends them again",
        )

    def at(self, index: int) -> UnknownFateError:
        """The same error, of an item that the caller counts in another way."""
        return _rebuilt(index, str(self).replace(f"item {self.index} ", f"item {index} ", 1))

    def __reduce__(self) -> tuple[Any, ...]:
        return _rebuilt, (self.index, str(self))


def _rebuilt(index: int, text: str) -> UnknownFateError:
    error = UnknownFateError(index, "")
    error.args = (text,)
    return error


class Past(NamedTuple):
    """The result of an item in an earlier run: an output, or an error because its fate is unknown."""

    output: Any = None
    error: UnknownFateError | None = None


class Journal:
    """One checkpoint file, locked by one run at a time."""

    def __init__(self, path: str | os.PathLike[str], header: Mapping[str, Any], *, resend_unknown: bool) -> None:
        self._resend_unknown = resend_unknown
        self._where: array[int] = array("q")
        self._digests: array[int] = array("Q")
        self._lines: list[str] = []
        self._left = b""
        self._syncing = threading.Lock()
        self._name = repr(os.fspath(path))
        self._file = self._opened(path)
        try:
            self._hold()
            self._recall({"journal": _VERSION, **header})
        except BaseException:
            self._file.close()
            raise

    def unknown(self) -> list[int]:
        """The items whose fate is unknown."""
        return [index for index, state in enumerate(self._where) if state < _NEVER]

    def refuse_unknown(self) -> None:
        """Raise `UnknownFateError` if the fate of any item is unknown, unless such items are to be sent again."""
        unknown = self.unknown()
        if unknown and not self._resend_unknown:
            raise UnknownFateError.of_all(unknown)

    def past(self, index: int, of: int) -> Past | None:
        """The item's result from an earlier run, or None if it is to be sent.

        `of` is the input's `digest`. Raises `JournalError` if the input has changed.
        """
        state = self._where[index] if index < len(self._where) else _NEVER
        if state == _NEVER:
            return None
        if self._digests[index] != of:
            raise JournalError(f"item {index} has changed since the checkpoint was written: use another file")
        if state == _OPEN:
            why = "no answer was recorded"
        else:
            line = self._line_at(abs(state))
            if state > 0:
                return Past(_decoded(line)) if "done" in line else None
            why = f"it ended with {line['error']}"
        return None if self._resend_unknown else Past(error=UnknownFateError(index, why))

    def begin(self, items: Sequence[tuple[int, int]]) -> None:
        """Record the items (index and digest) that will be sent once `sync` has returned."""
        self._lines.extend(f'{{"sent": {index}, "of": "{of:016x}"}}\n' for index, of in items)
        self.flush()

    def sync(self) -> None:
        """Wait until flushed lines are on disk. Only this method may be called in another thread."""
        with self._syncing:
            if not self._file.closed:
                try:
                    os.fsync(self._file.fileno())
                except OSError as error:
                    raise self._unwritten(error) from None

    def done(self, index: int, output: Any) -> None:
        """Record an item's output."""
        self._lines.append(_line({"done": index, **_encoded(output)}))

    def failed(self, index: int, error: LowCodeAPIError, *, is_fate_unknown: bool) -> None:
        """Record an item's error."""
        fate = "unknown" if is_fate_unknown else "not done"
        self._lines.append(_line({"failed": index, "fate": fate, "error": type(error).__name__}))

    def flush(self) -> None:
        """Write recorded lines to the operating system, so that they survive if the process is killed."""
        if self._lines:
            self._left += "".join(self._lines).encode()
            self._lines = []
        # After a failed write, keep the rest for next time: no result may be handed over before it is written.
        try:
            while self._left:
                self._left = self._left[self._file.write(self._left) :]
        except OSError as error:
            raise self._unwritten(error) from None

    def _unwritten(self, error: OSError) -> JournalError:
        first = "free space, then " if error.errno in _FULL else ""
        return JournalError(
            f"the checkpoint {self._name} can't be written ({error.strerror}): {first}run it again; "
            "items under way may have been carried out, and that run names them"
        )

    def close(self) -> None:
        """Write the rest and close the file."""
        if self._file.closed:
            return
        try:
            self.flush()
            self.sync()
        finally:
            # A thread that is still in fsync must not find another file under the same descriptor.
            with self._syncing:
                self._file.close()

    def __del__(self) -> None:
        # A run that never began has nothing to write, but nobody else closes its file.
        if hasattr(self, "_file"):
            self._file.close()

    def _opened(self, path: str | os.PathLike[str]) -> io.FileIO:
        try:
            descriptor = os.open(path, os.O_RDWR | os.O_CREAT | getattr(os, "O_CLOEXEC", 0), 0o600)
        except (OSError, ValueError) as error:
            raise JournalError(f"the checkpoint can't be opened ({error})") from None
        if stat.S_ISREG(os.fstat(descriptor).st_mode):
            return io.FileIO(descriptor, "r+")
        os.close(descriptor)
        raise JournalError(f"the checkpoint {self._name} is not a regular file")

    def _hold(self) -> None:
        try:
            import fcntl
        except ImportError:  # Windows has no such lock
            return
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise JournalError(f"the checkpoint {self._name} is in use by another run") from None
        except OSError as error:
            raise JournalError(
                f"the checkpoint {self._name} can't be locked ({error.strerror}), so another run could use it too: "
                "put it on a local disk"
            ) from None

    def _recall(self, header: Mapping[str, Any]) -> None:
        """Read the file, and cut off a last line that an earlier run left incomplete.

        Nothing is written before the file is known to be a checkpoint: it might be any file of the user.
        """
        # Read the locked file itself: its name may belong to another file by now.
        reader = io.BufferedReader(self._file)
        try:
            end = self._read(reader, header)
        finally:
            reader.detach()
        self._file.truncate(end)
        self._file.seek(end)
        if end == 0:
            self._lines.append(_line(header))

    def _read(self, file: io.BufferedIOBase, header: Mapping[str, Any]) -> int:
        """Read the lines. Returns the offset at which the last complete one ends."""
        # If this is some other file, its first line may be huge.
        first = file.readline(_MOST_HEADER)
        if _is_torn(first, _line(header).encode()):
            return 0
        if not _is(first, header):
            raise JournalError(
                f"{self._name} is not a checkpoint of this run: its first line is not {json.dumps(header)}"
            )
        end = len(first)
        for number, line in enumerate(file, 2):
            # A power failure may leave zeros behind an incomplete line.
            if _is_torn(line.rstrip(b"\0"), *_OPENINGS):
                break
            try:
                self._note(line, end)
            except (ValueError, KeyError, TypeError, OverflowError):
                raise JournalError(
                    f"line {number} of the checkpoint {self._name} is damaged: restore the file, or begin "
                    "a new one, with which every input is sent again"
                ) from None
            end += len(line)
        return end

    def _note(self, line: bytes, offset: int) -> None:
        if not line.endswith(b"\n"):
            raise ValueError("the last line is cut off")
        entry = json.loads(line)
        key = next((key for key in ("sent", "done", "failed") if key in entry), "sent")
        index = entry[key]
        if not isinstance(index, int) or not 0 <= index < _MOST_ITEMS:
            raise ValueError(index)
        while index >= len(self._where):
            self._where.append(_NEVER)
            self._digests.append(0)
        if key == "sent":
            self._digests[index] = int(entry["of"], 16)
        if key == "failed" and entry["fate"] != "not done":
            offset = -offset
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


def count_unknown(path: str | os.PathLike[str]) -> int:
    """Count the items of unknown fate in the checkpoint of a run that has ended. 0 if it can't be read."""
    try:
        with open(path, "rb") as file:
            header = json.loads(file.readline(_MOST_HEADER))
        journal = Journal(path, header, resend_unknown=False)
    except (OSError, ValueError, TypeError, JournalError):
        return 0
    unknown = len(journal.unknown())
    journal.close()
    return unknown


def _is(line: bytes, header: Mapping[str, Any]) -> bool:
    """True if a line is this header, and complete."""
    try:
        return line.endswith(b"\n") and json.loads(line) == header
    except (ValueError, RecursionError):
        return False


def _is_torn(line: bytes, *beginnings: bytes) -> bool:
    """True if this may be an incomplete line, beginning with one of these, from a run that was killed."""
    return not line.endswith(b"\n") and any(line.startswith(known) or known.startswith(line) for known in beginnings)


def _line(entry: Mapping[str, Any]) -> str:
    return json.dumps(entry) + "\n"


def _encoded(output: Any) -> dict[str, Any]:
    if isinstance(output, bytes):
        return {"bytes": base64.b64encode(output).decode()}
    return {"output": output}


def _decoded(line: Mapping[str, Any]) -> Any:
    return base64.b64decode(line["bytes"]) if "bytes" in line else line["output"]


def digest(value: Any, size: int = 8) -> int:
    """A hash of `size` bytes, the same for equal inputs in any run. It tells inputs apart without storing them."""
    with contextlib.suppress(TypeError, ValueError):
        value = _SORTED.encode(value)
    hashed = hashlib.blake2b(repr(value).encode(errors="surrogatepass"), digest_size=size)
    return int.from_bytes(hashed.digest(), "big")


def _as_data(value: Any) -> Any:
    return value.to_dict() if hasattr(value, "to_dict") else str(value)


_SORTED = json.JSONEncoder(sort_keys=True, default=_as_data)
