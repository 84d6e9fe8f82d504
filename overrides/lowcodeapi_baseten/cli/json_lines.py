"""The inputs of `predict-many`: the lines of standard input, or those of one shard."""

from __future__ import annotations

import itertools
import json
import os
import re
import stat
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, NamedTuple

import click

from .streams import is_input_closed
from .values import Made, misuse

if TYPE_CHECKING:
    from ..errors import InvalidParameterError

_STDIN = 0


class Shard(NamedTuple):
    """The `nth` of `of` equal parts of the inputs, from 1."""

    nth: int
    of: int

    def place(self, index: int) -> int:
        """The place among all inputs of the input with this index in the shard."""
        return index * self.of + self.nth - 1

    def size(self, inputs: int) -> int:
        """Of so many inputs, this many are in the shard."""
        return len(range(self.nth - 1, inputs, self.of))


WHOLE = Shard(1, 1)


class ShardText(Made):
    """A shard as it is written: `3/16`."""

    name = "shard"

    def made(self, text: str) -> Shard:
        found = re.fullmatch(r"([0-9]{1,9})/([0-9]{1,9})", text, re.ASCII)
        shard = Shard(int(found[1]), int(found[2])) if found else Shard(0, 0)
        if not 1 <= shard.nth <= shard.of:
            raise ValueError(f"{text!r} is not a shard: use 1/16 to 16/16, for example")
        return shard


class JsonLines:
    """The inputs on the lines that are not blank, or on those of a shard.

    With `does_collect`, the value of a bad line is its error. Otherwise a bad line ends them like the end of the input,
    and stays in `problem`: running items can then finish, while an exception would cut them off and leave their fate
    unknown.
    """

    problem: InvalidParameterError | None = None
    given = 0  # values so far
    is_over = False  # set it to end them before the input does

    def __init__(self, *, does_collect: bool, is_keyed: bool, shard: Shard) -> None:
        self._does_collect, self._is_keyed, self.shard = does_collect, is_keyed, shard
        self._keys: dict[int, Any] = {}  # by index in the shard
        if is_input_closed():
            raise misuse("standard input is closed")
        # Not sys.stdin: Python would wait at exit for a thread that reads a line from it.
        self._file = os.fdopen(_STDIN, "rb", closefd=False)

    @property
    def are_typed(self) -> bool:
        """True if somebody types them, and may wonder why nothing happens."""
        return self._file.isatty()

    def count(self) -> int | None:
        """Count them; None if that needs reading them all, as from a pipe."""
        if not stat.S_ISREG(os.fstat(_STDIN).st_mode):
            return None
        here = self._file.tell()
        try:
            return self.shard.size(sum(1 for line in self._file if line.strip()))
        finally:
            self._file.seek(here)

    def check(self) -> None:
        """Raise the problem, if there was one."""
        if self.problem is not None:
            raise click.ClickException(f"{self.problem}; what stands before it was sent, and nothing after it")

    def label(self, index: int) -> dict[str, Any]:
        """The fields that name the input with this index in the shard: its place among all, and its key, given once."""
        key = {"key": self._keys.pop(index)} if index in self._keys else {}
        return {"index": self.shard.place(index), **key}

    def __iter__(self) -> Iterator[Any]:
        lines = ((number, line) for number, line in enumerate(self._file, 1) if line.strip())
        for number, line in itertools.islice(lines, self.shard.nth - 1, None, self.shard.of):
            try:
                # Some editors put a byte order mark at the start of a file.
                value = json.loads(line.decode("utf-8-sig" if number == 1 else "utf-8"))
                if self._is_keyed:
                    value = self._without_key(value)
            except (ValueError, RecursionError) as error:
                value = _bad(number, error)
                if not self._does_collect:
                    self.problem = value
                    return
            if self.is_over:
                return
            self.given += 1
            yield value

    def _without_key(self, value: Any) -> Any:
        if not isinstance(value, dict) or "input" not in value or not value.keys() <= {"key", "input"}:
            raise _NotKeyed('not {"key": ..., "input": ...}')
        if "key" in value:
            self._keys[self.given] = value["key"]
        return value["input"]


class _NotKeyed(ValueError):
    """The line is not what `--keyed` promises."""


def _bad(number: int, error: Exception) -> InvalidParameterError:
    from ..errors import InvalidParameterError

    if isinstance(error, json.JSONDecodeError):
        what = f"not JSON: {error.msg} at character {error.pos + 1}"
    elif isinstance(error, _NotKeyed):
        what = str(error)
    else:
        what = "not UTF-8 text" if isinstance(error, UnicodeDecodeError) else f"not JSON that can be read: {error}"
    return InvalidParameterError(f"line {number} of standard input", f"is {what}")
