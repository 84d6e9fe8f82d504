"""Report bugs of codegen itself on one line: the stage, and the operation or schema."""

from __future__ import annotations

import traceback
from collections.abc import Generator
from contextlib import contextmanager

from .reading import DocumentError, clipped, visible


@contextmanager
def during(what: str) -> Generator[None]:
    """Add a stage, or the place that it is at, to any unexpected exception."""
    try:
        yield
    except DocumentError:
        raise
    except Exception as error:
        error.add_note(what)
        raise


def line(error: BaseException) -> str:
    """Describe an exception: its stage, its place, and its message."""
    where = "".join(f"{note}: " for note in reversed(getattr(error, "__notes__", ())))
    said = clipped(" ".join(map(str, error.args)))
    return visible(
        f"{where}{type(error).__name__}{f' ({said})' if said else ''}; "
        "this is a fault of codegen, please report it; --debug shows where it happened"
    )


def rest(error: BaseException) -> str:
    """The traceback, its lines safe for a terminal."""
    lines = "".join(traceback.format_exception(error)).splitlines()
    return "\n".join(map(visible, lines))
