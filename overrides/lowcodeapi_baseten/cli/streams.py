"""Standard input, output and error, any of which a shell can close: `>&-`."""

from __future__ import annotations

import errno
import io
import os
import sys

_FULL = frozenset({errno.ENOSPC, errno.EFBIG, getattr(errno, "EDQUOT", errno.ENOSPC)})


def missing_output() -> str | None:
    """Make the streams safe to use. Returns a message if there is nowhere to write a result, else None.

    Python has None for a closed stream. Its number is taken here: otherwise the next file or socket would get it, and
    receive everything written to standard error.
    """
    if not any(map(_is_closed, ("stdin", "stdout", "stderr"))):
        return None
    number = 0
    while number <= 2:
        number = os.open(os.devnull, os.O_RDWR)  # the lowest that is free
    os.close(number)
    if _is_closed("stderr"):
        sys.stderr = os.fdopen(2, "w", closefd=False)
    return "standard output is closed, so the answer would be lost: nothing was sent" if _is_closed("stdout") else None


def take_any_text() -> None:
    """Let any character be written: a paid answer must not be lost because an encoding lacks one.

    What no terminal reads is UTF-8, whatever the system's encoding. A terminal gets escapes for what it can't show.
    """
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            is_piped = stream is sys.stdout and not stream.isatty()
            stream.reconfigure(encoding="utf-8" if is_piped else None, errors="backslashreplace")


def drop_output() -> None:
    """Write nothing more to standard output. Else Python would write the rest at exit, and change the exit code."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def name_output(error: OSError) -> None:
    """Name standard output in the error of writing to it, and write nothing more."""
    error.filename = "standard output"
    drop_output()


def name_full_output(error: Exception) -> None:
    """Name standard output in the error of a full disk that names no file: all other writers name theirs."""
    if isinstance(error, OSError) and error.errno in _FULL and not error.filename:
        name_output(error)


def is_input_closed() -> bool:
    """True if standard input can't be read at all."""
    return _is_closed("stdin")


def can_ask() -> bool:
    """True if the user can be asked something on a terminal."""
    return not is_input_closed() and sys.stdin.isatty() and sys.stderr.isatty()


def name_of(path: str) -> str | None:
    """Return which of the three streams a path is, under any name; None if it is none of them."""
    try:
        found = os.stat(path)
    except (OSError, ValueError):
        return None  # created later, or refused on opening
    for number, name in ((1, "output"), (0, "input"), (2, "error")):
        try:
            if os.path.samestat(found, os.fstat(number)):
                return f"standard {name}"
        except OSError:
            continue
    return None


def _is_closed(name: str) -> bool:
    # By name, since typeshed declares all three as always open.
    return getattr(sys, name) is None
