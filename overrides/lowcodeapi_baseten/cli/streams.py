"""Standard input, output and error, any of which a shell can close: `>&-`."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import IO


def missing_output() -> str | None:
    """Make the streams safe to use. Returns what to say where there is nowhere to write a result to, else None.

    Python has None for a closed stream. Its number is taken here, or the next file or socket would get it, and whatever
    is written to standard error would go there.
    """
    if not any(map(_is_closed, ("stdin", "stdout", "stderr"))):
        return None
    for number in range(3):
        _take(number)
    if _is_closed("stderr"):
        sys.stderr = os.fdopen(2, "w", closefd=False)
    return "standard output is closed, so the answer would be lost: nothing was sent" if _is_closed("stdout") else None


def is_input_closed() -> bool:
    """Whether standard input can't be read at all."""
    return _is_closed("stdin")


def has_terminal(stream: IO[str] | None) -> bool:
    """Whether a stream is there, and is a terminal."""
    return stream is not None and stream.isatty()


def name_of(path: str) -> str | None:
    """Which of the three streams a file is, by any of its names; None where it is none of them."""
    try:
        found = os.stat(path)
    except (OSError, ValueError):
        return None  # made later, or refused by whoever opens it
    for number, name in ((1, "output"), (0, "input"), (2, "error")):
        try:
            if os.path.samestat(found, os.fstat(number)):
                return f"standard {name}"
        except OSError:
            continue
    return None


def _is_closed(name: str) -> bool:
    # By name, since typeshed declares all three as always there.
    return getattr(sys, name) is None


def _take(number: int) -> None:
    try:
        os.fstat(number)
    except OSError:
        # The lowest number that is free, and those below are taken.
        os.open(os.devnull, os.O_RDWR)
