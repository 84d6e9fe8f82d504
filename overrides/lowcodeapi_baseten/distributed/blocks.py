"""The chunks of a block of rows: their names, and their answers as lines of text. No I/O.

A chunk is named by its content, so that a worker that is given the same rows again finds what was done with them.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from ..bulk.checkpoint import digest

_VERSION = 1
_BYTES = 20  # of a name: too many to find two contents with one name


class Answer(NamedTuple):
    """The new columns of a row: JSON text, or an error's text and class."""

    output: str | None = None
    error: str | None = None
    error_type: str | None = None


class Chunk(NamedTuple):
    """Some rows of a block, which are recorded together."""

    name: str
    rows: range


def chunks(call: Mapping[str, Any], rows: Sequence[Any], size: int) -> list[Chunk]:
    """Split a block into chunks of `size` rows. `rows` are the values that tell its rows apart.

    Equal chunks of one block have different names, because each of them is to be predicted.
    """
    made: list[Chunk] = []
    seen: Counter[int] = Counter()
    for first in range(0, len(rows), size):
        places = range(first, min(first + size, len(rows)))
        content = digest([_VERSION, call, rows[first : places.stop]], _BYTES)
        made.append(Chunk(f"{content:0{2 * _BYTES}x}-{seen[content]}", places))
        seen[content] += 1
    return made


def written(chunk: Chunk, answers: Mapping[int, Answer]) -> bytes:
    """The answers of a chunk's rows, one line each; a row without one has no line."""
    lines = [{"row": place, **answers[row]._asdict()} for place, row in enumerate(chunk.rows) if row in answers]
    return "".join(f"{json.dumps(line)}\n" for line in lines).encode()


def read(chunk: Chunk, content: bytes) -> dict[int, Answer]:
    """The answers by row. A line that is damaged, or was not written to its end, is left out."""
    found: dict[int, Answer] = {}
    for line in content.split(b"\n")[:-1]:
        try:
            entry = json.loads(line)
            row = chunk.rows[entry.pop("row")]
            found[row] = Answer(**entry)
        except (ValueError, TypeError, KeyError, IndexError, AttributeError, RecursionError):
            continue
    return found
