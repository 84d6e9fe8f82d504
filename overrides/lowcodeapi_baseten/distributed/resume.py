"""The chunks of a block, sent once: each is announced by a file before, and answered by a file afterwards.

Whoever creates the first file sends the rows. Everybody else, such as the same worker after it was killed, or a second
copy of it, waits for the second file, and sends nothing.
"""

from __future__ import annotations

import contextlib
import time
import uuid
from collections.abc import Callable, Generator, Iterator, Sequence

from ..logger import log
from .blocks import Answer, Chunk, read, written
from .store import Store

_LOOK_AGAIN = 1.0  # seconds

Send = Callable[[Iterator[int]], Generator[tuple[int, Answer], None, None]]
"""Sends the inputs of these rows as there is room, and yields (place among them, answer) as they are answered."""


def answered(chunks: Sequence[Chunk], store: Store, send: Send, wait: float) -> dict[int, Answer]:
    """The answers of all rows. Rows that no worker has begun are sent.

    Args:
        wait: Seconds to wait for the answers of a chunk that another worker has begun. Then its rows are
            `UnknownFateError`.
    """
    found: dict[int, Answer] = {}
    theirs: list[Chunk] = []
    ours: list[Chunk] = []
    rows: list[int] = []

    def begun() -> Iterator[int]:
        for chunk in chunks:
            try:
                is_ours = store.create(f"{chunk.name}.sent", uuid.uuid4().hex.encode())
            except Exception as error:
                text = f"the checkpoint can't be written ({type(error).__name__}: {error}); nothing was sent"
                found.update(dict.fromkeys(chunk.rows, Answer(None, text, "JournalError")))
                continue
            (ours if is_ours else theirs).append(chunk)
            for row in chunk.rows if is_ours else ():
                rows.append(row)
                yield row

    left = {row: len(chunk.rows) for chunk in chunks for row in chunk.rows[:1]}
    try:
        with contextlib.closing(send(begun())) as answers:
            for place, answer in answers:
                row = rows[place]
                found[row] = answer
                chunk = chunks[row // len(chunks[0].rows)]
                left[chunk.rows.start] -= 1
                if not left[chunk.rows.start]:
                    _record(store, ours.pop(ours.index(chunk)), found)
    finally:
        # Only a run that was cut off leaves any.
        for chunk in ours:
            _record(store, chunk, found)
    found.update(_awaited(theirs, store, wait))
    return found


def _record(store: Store, chunk: Chunk, found: dict[int, Answer]) -> None:
    try:
        # After a power failure, answers may be missing: their rows are of unknown fate.
        store.create(f"{chunk.name}.done", written(chunk, found), is_synced=False)
    except Exception as error:
        # The answers are paid for, so the job gets them. Only a later run with this checkpoint will not.
        log.warning("the answers of %d rows are not in the checkpoint: %s", len(chunk.rows), error)


def _awaited(theirs: Sequence[Chunk], store: Store, wait: float) -> dict[int, Answer]:
    """The answers of chunks that others have begun, or earlier runs."""
    found: dict[int, Answer] = {}
    until, problem = time.monotonic() + wait, ""
    while True:
        for chunk in theirs:
            try:
                found.update(read(chunk, store.read(f"{chunk.name}.done") or b""))
            except Exception as error:
                problem = f" (it can't be read: {type(error).__name__}: {error})"
        theirs = [chunk for chunk in theirs if any(row not in found for row in chunk.rows)]
        left = until - time.monotonic()
        if not theirs or left <= 0:
            break
        time.sleep(min(_LOOK_AGAIN, left))
    text = (
        f"this row was sent by another worker or in an earlier run, and the checkpoint had no answer in {wait:g} s"
        f"{problem}: check before you send it again"
    )
    unknown = (row for chunk in theirs for row in chunk.rows if row not in found)
    return {**found, **dict.fromkeys(unknown, Answer(None, text, "UnknownFateError"))}
