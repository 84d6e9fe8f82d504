"""Read or follow the logs of a training job: every line once, across polls, pages and equal timestamps."""

from __future__ import annotations

import datetime
import re
from collections import Counter
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any, NamedTuple

from lowcodeapi_baseten_api.models import Log, TrainingJob
from lowcodeapi_baseten_api.types import UNSET

from ..errors import InvalidParameterError
from ..logger import log
from ..request import shown
from .driving import AsyncWalk, Clock, Emit, Walk, Workflow
from .fields import LARGEST, items, number, of, text, whole
from .states import of_training_job
from .waiting import Watch, check_rest

PAGE = 1000  # lines: the most that one request returns
LATE_NANOS = 10_000_000_000
"""Lines of several replicas may arrive out of order: each poll asks again for this much time."""
QUIET_POLLS = 2
"""After a job has ended, its last lines may still be on their way: stop after this many polls without a new line."""

Since = int | str | datetime.datetime | None
_POSITION = re.compile(r"(\d{1,20})\+(\d{1,9})", re.ASCII)


class JobLogs(NamedTuple):
    """The operations for following a job's logs, synchronous or not, and their arguments."""

    get_job: Callable[..., Any]
    get_logs: Callable[..., Any]
    project: str
    job: str
    min_level: Any = UNSET


class Follower:
    """The state of following: where to ask next, and which lines were handed out."""

    def __init__(self, logs: JobLogs, since: Since) -> None:
        self._logs, self._of = logs, (logs.project, logs.job)
        self._first, self._skip = _start(since)
        self._newest = self._first
        self._at_newest = self._skip
        self._emitted: Counter[tuple[Any, ...]] = Counter()
        self._had_odd_lines = False
        self.job: TrainingJob | None = None

    @property
    def position(self) -> str:
        """The timestamp of the newest line handed out, and how many lines share it."""
        return f"{max(self._newest, 0)}+{self._at_newest}"

    def steps(self, watch: Watch) -> Workflow[None]:
        """Emit the lines, until the job has ended and its last lines are in."""
        quiet = 0
        while True:
            # The job first: the logs read afterwards then contain everything written before it ended.
            answer = yield from watch.ask(partial(self._logs.get_job, *self._of))
            self.job = of(TrainingJob, answer.training_job)
            verdict = of_training_job(self.job)
            watch.saw(self.job, verdict)
            check_rest(watch, verdict)
            self._begin(self.job)
            is_new = yield from self._sweep(watch)
            has_ended = verdict.outcome in {"done", "failed"}
            if is_new or (has_ended and quiet == 0):
                watch.begin_anew()
            quiet = quiet + 1 if has_ended and not is_new else 0
            if quiet >= QUIET_POLLS:
                return
            yield from watch.pause()

    def once(self, watch: Watch, latest: int | None) -> Workflow[None]:
        """Emit the lines that are there now, oldest first; with `latest` only so many, those written last."""
        if self._first < 0:
            answer = yield from watch.ask(partial(self._logs.get_job, *self._of))
            self._begin(of(TrainingJob, answer.training_job))
        if latest is None:
            yield from self._sweep(watch)
            return
        for line in reversed((yield from self._back(watch, latest))):
            yield Emit(line)

    def _begin(self, job: TrainingJob | None) -> None:
        """Without `since`, begin where the job began."""
        if self._first < 0:
            self._first = _nanos(job and job.created_at)
            self._newest = max(self._newest, self._first)

    def _back(self, watch: Watch, most: int) -> Workflow[list[Log]]:
        """The latest lines, newest first."""
        found: list[Log] = []
        end: int | None = None
        while True:
            before = {} if end is None else {"end_epoch_millis": end}
            page, lines = yield from self._page(watch, "desc", self._first // 1_000_000, **before)
            found += self._unseen(lines)
            # The next page ends with the millisecond in which this one was cut off; a range leaves out its own end.
            following = min((nanos for line in lines if (nanos := _nanos(line.timestamp))), default=0) // 1_000_000 + 1
            if len(found) >= most or len(page) < PAGE or (end is not None and following > end):
                return found[:most]
            if following == end:
                self._tell_of_crowd()
                following -= 1
            end = following
            watch.rest()

    def _page(self, watch: Watch, direction: str, start: int, **end: int) -> Workflow[tuple[list[Any], list[Log]]]:
        """One page of lines: all of it, and what can be read as lines."""
        query: dict[str, Any] = {"start_epoch_millis": start, **end, "direction": direction, "limit": PAGE}
        if self._logs.min_level is not UNSET:
            query["min_level"] = self._logs.min_level
        answer = yield from watch.ask(partial(self._logs.get_logs, *self._of, **query))
        page = items(answer.logs)
        lines = [line for line in page if isinstance(line, Log)]
        if len(lines) < len(page):
            self._tell_of_odd_lines()
        return page, lines

    def _sweep(self, watch: Watch) -> Workflow[bool]:
        """Emit every line from a little before the newest one on. Returns True if there was any."""
        start = max(self._newest - LATE_NANOS, self._first) // 1_000_000
        self._forget_before(start * 1_000_000)
        is_new = False
        while True:
            page, lines = yield from self._page(watch, "asc", start)
            for line in self._unseen(lines):
                is_new = True
                yield Emit(line)
            # The next page begins with the millisecond in which this one was cut off.
            following = max((_nanos(line.timestamp) for line in lines), default=0) // 1_000_000
            # A server that returns lines older than asked for has no further page.
            if len(page) < PAGE or following < start:
                return is_new
            if following == start:
                self._tell_of_crowd()
                following = start + 1
            start = following
            # The next sweep asks for no line from before this.
            self._forget_before(start * 1_000_000 - LATE_NANOS)
            watch.rest()

    def _tell_of_crowd(self) -> None:
        log.warning("job %s wrote %d lines or more in one millisecond; the API can't show more", self._logs.job, PAGE)

    def _tell_of_odd_lines(self) -> None:
        if not self._had_odd_lines:
            log.warning("job %s has log lines that can't be read; they are skipped", self._logs.job)
        self._had_odd_lines = True

    def _unseen(self, lines: list[Log]) -> Iterator[Log]:
        """Yield lines not handed out yet. Equal lines count: three of them are three."""
        counts: Counter[tuple[Any, ...]] = Counter()
        for line in lines:
            nanos = _nanos(line.timestamp)
            key = (nanos, *map(text, (line.replica, line.request_id, line.level, line.message)))
            counts[key] += 1
            if counts[key] <= self._emitted[key] or 0 < nanos < self._first:
                continue
            self._emitted[key] += 1
            if nanos == self._first and self._skip > 0:
                # Handed out before the starting position was taken.
                self._skip -= 1
                continue
            if nanos > self._newest:
                self._newest, self._at_newest = nanos, 0
            if nanos == self._newest:
                self._at_newest += 1
            yield line

    def _forget_before(self, nanos: int) -> None:
        # Keep keys without a readable time: such lines come with every poll.
        for key in [key for key in self._emitted if 0 < key[0] < nanos]:
            del self._emitted[key]


def read(logs: JobLogs, watch: Watch, since: Since, latest: int | None) -> Workflow[None]:
    """Emit the lines that are there now. Raises `InvalidParameterError` at once."""
    if latest is not None:
        if not whole(latest):
            raise InvalidParameterError("latest", f"must be a whole number above 0; got {shown(latest)}")
        if isinstance(since, str):
            raise InvalidParameterError("since", "is a time together with latest=, not a position")
    watch.last_look = 0.0  # nothing is waited for
    return Follower(logs, since).once(watch, latest)


class _Following:
    """Shared by both followers: the place reached, and the job."""

    _follower: Follower

    @property
    def position(self) -> str:
        return self._follower.position

    @property
    def job(self) -> TrainingJob | None:
        return self._follower.job


class LogFollower(_Following, Walk[Log]):
    """The lines of a training job, one by one, until the job has ended and its last lines are in.

    Attributes:
        position: The place reached, as text: `follow_logs(…, since=position)` goes on after the last line taken.
        job: The training job as it was last seen; None before the first poll.
    """

    def __init__(self, follower: Follower, watch: Watch, clock: Clock) -> None:
        super().__init__(follower.steps(watch), clock)
        self._follower = follower


class AsyncLogFollower(_Following, AsyncWalk[Log]):
    """`LogFollower`, asynchronous."""

    def __init__(self, follower: Follower, watch: Watch, clock: Clock) -> None:
        super().__init__(follower.steps(watch), clock)
        self._follower = follower


def _start(since: Since) -> tuple[int, int]:
    """Nanoseconds since the epoch, and the number of lines already seen at that very moment; -1 if `since` is None."""
    if since is None:
        return -1, 0
    if isinstance(since, datetime.datetime):
        if since.tzinfo is None:
            raise InvalidParameterError("since", "must have a time zone: without one it differs between machines")
        return _nanos(since), 0
    if (millis := whole(since)) is not None and millis <= LARGEST // 1_000_000:
        return millis * 1_000_000, 0
    match = _POSITION.fullmatch(since) if isinstance(since, str) else None
    if match is None or int(match[1]) > LARGEST:
        raise InvalidParameterError(
            "since", f"must be epoch milliseconds, a datetime or a position; got {shown(since)}"
        )
    return int(match[1]), int(match[2])


def _nanos(time: object) -> int:
    """Nanoseconds since the epoch, from any form of a time; 0 if unreadable."""
    if isinstance(time, datetime.datetime) and time.tzinfo is not None:
        nanos = (time - datetime.datetime(1970, 1, 1, tzinfo=datetime.UTC)) // datetime.timedelta(microseconds=1) * 1000
        return whole(nanos) or 0
    return number(time) or 0
