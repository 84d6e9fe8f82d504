"""The log lines of a training job that were handed out: every line once, across polls, pages and equal timestamps."""

from __future__ import annotations

import datetime
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any

from lowcodeapi_baseten_api.models import Log, TrainingJob

from ..errors import InvalidParameterError
from ..request import shown
from .fields import LARGEST, number, text, whole

MILLI = 1_000_000  # nanoseconds
LATE = 10_000  # milliseconds
"""Lines of several replicas may arrive out of order: each poll asks again for this much time."""

Since = int | str | datetime.datetime | None
_POSITION = re.compile(r"(\d{1,20})\+(\d{1,9})", re.ASCII)


class Seen:
    """Where to ask next, and which lines were handed out.

    Attributes:
        first: Nanoseconds of the time at which to begin; below 0 until it is known.
    """

    def __init__(self, since: Since) -> None:
        self.first, self._skip = _start(since)
        self._newest = self.first
        self._at_newest = self._skip
        self._counts: Counter[tuple[Any, ...]] = Counter()

    @property
    def position(self) -> str:
        """The timestamp of the newest line handed out, and how many lines share it."""
        return f"{max(self._newest, 0)}+{self._at_newest}"

    def begin(self, job: TrainingJob | None) -> None:
        """Without `since`, begin where the job began."""
        if self.first < 0:
            self.first = nanos(job and job.created_at)
            self._newest = max(self._newest, self.first)

    def next_sweep(self) -> int:
        """The epoch milliseconds from which to ask for lines, a little before the newest one."""
        start = max(self._newest - LATE * MILLI, self.first) // MILLI
        self.forget_before(start)
        return start

    def forget_before(self, millis: int) -> None:
        """Forget the lines from before this time, for which nobody asks again."""
        # Keep keys without a readable time: such lines come with every poll.
        for key in [key for key in self._counts if 0 < key[0] < millis * MILLI]:
            del self._counts[key]

    def unseen(self, lines: Iterable[Log]) -> Iterator[Log]:
        """Yield lines not handed out yet. Equal lines count: three of them are three."""
        counts: Counter[tuple[Any, ...]] = Counter()
        for line in lines:
            time = nanos(line.timestamp)
            key = (time, *map(text, (line.replica, line.request_id, line.level, line.message)))
            counts[key] += 1
            if counts[key] <= self._counts[key] or 0 < time < self.first:
                continue
            self._counts[key] += 1
            if time == self.first and self._skip > 0:
                # Handed out before the starting position was taken.
                self._skip -= 1
                continue
            if time > self._newest:
                self._newest, self._at_newest = time, 0
            if time == self._newest:
                self._at_newest += 1
            yield line


def _start(since: Since) -> tuple[int, int]:
    """Nanoseconds since the epoch, and the number of lines already seen at that very moment; -1 if `since` is None."""
    if since is None:
        return -1, 0
    if isinstance(since, datetime.datetime):
        if since.tzinfo is None:
            raise InvalidParameterError("since", "must have a time zone: without one it differs between machines")
        return nanos(since), 0
    if (millis := whole(since)) is not None and millis <= LARGEST // MILLI:
        return millis * MILLI, 0
    match = _POSITION.fullmatch(since) if isinstance(since, str) else None
    if match is None or int(match[1]) > LARGEST:
        problem = f"must be epoch milliseconds, a datetime or a position; got {shown(since)}"
        raise InvalidParameterError("since", problem)
    return int(match[1]), int(match[2])


def nanos(time: object) -> int:
    """Nanoseconds since the epoch, from any form of a time; 0 if unreadable."""
    if isinstance(time, datetime.datetime) and time.tzinfo is not None:
        epoch = datetime.datetime(1970, 1, 1, tzinfo=datetime.UTC)
        return whole((time - epoch) // datetime.timedelta(microseconds=1) * 1000) or 0
    return number(time) or 0
