"""Report bugs of codegen itself on one line: the stage and the place in the document."""

from __future__ import annotations

import traceback
from collections.abc import Generator
from contextlib import contextmanager
from typing import Any

from .reading import DocumentError, clipped, pointer, visible
from .shape import Json, Keys


@contextmanager
def during(stage: str) -> Generator[None]:
    """Add the stage to any unexpected exception."""
    try:
        yield
    except DocumentError:
        raise
    except Exception as error:
        error.add_note(stage)
        raise


@contextmanager
def at(document: Json, node: Any) -> Generator[None]:
    """Add a node's JSON pointer to any unexpected exception; it is computed only then."""
    try:
        yield
    except DocumentError:
        raise
    except Exception as error:
        error.add_note(pointer(_keys(document, node) or ()))
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


def _keys(document: Json, node: Any) -> Keys | None:
    queue: list[tuple[Any, Keys]] = [(document, ())]
    while queue:
        value, keys = queue.pop()
        if value is node:
            return keys
        items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
        queue += [(inner, (*keys, key)) for key, inner in items if isinstance(inner, dict | list)]
    return None
