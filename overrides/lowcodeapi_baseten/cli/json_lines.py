"""JSON values on standard input, one per line, read as needed."""

from __future__ import annotations

import json
import os
import stat
from collections.abc import Iterator
from typing import Any

import click

from .streams import is_input_closed

_STDIN = 0


class BadLine(click.ClickException):
    """A line that is not JSON. Everything before it was sent."""


class JsonLines:
    """The values of the lines that are not blank.

    A bad line ends them like the end of the input, and stays in `problem`: running items can then finish, while an
    exception would cut them off and leave their fate unknown.
    """

    problem: BadLine | None = None

    def __init__(self) -> None:
        if is_input_closed():
            raise click.UsageError("standard input is closed", click.get_current_context())
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
            return sum(1 for line in self._file if line.strip())
        finally:
            self._file.seek(here)

    def check(self) -> None:
        """Raise the problem, if there was one."""
        if self.problem is not None:
            raise self.problem

    def __iter__(self) -> Iterator[Any]:
        for number, line in enumerate(self._file, 1):
            if not line.strip():
                continue
            try:
                # Some editors put a byte order mark at the start of a file.
                value = json.loads(line.decode("utf-8-sig" if number == 1 else "utf-8"))
            except (ValueError, RecursionError) as error:
                self.problem = _bad(number, error)
                return
            yield value


def _bad(number: int, error: Exception) -> BadLine:
    if isinstance(error, json.JSONDecodeError):
        what = f"no JSON: {error.msg} at character {error.pos + 1}"
    else:
        what = "no UTF-8 text" if isinstance(error, UnicodeDecodeError) else f"no JSON that can be read: {error}"
    return BadLine(f"line {number} of standard input is {what}; what stands before it was sent, and nothing after it")
