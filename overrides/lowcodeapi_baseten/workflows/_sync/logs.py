# Generated from _async/logs.py by `python -m codegen unasync`: change that, and run it again.
"""Read or follow the logs of a training job."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from functools import partial
from typing import TYPE_CHECKING, Any, Self

from lowcodeapi_baseten_api.models import Log, TrainingJob

from ...logger import say
from ..fields import items, of
from ..logs import LATE, MILLI, Seen, Since, nanos
from ..states import of_training_job

if TYPE_CHECKING:
    from .waiting import Watch

PAGE = 1000  # lines: the most that one request returns
QUIET_POLLS = 2
"""After a job has ended, its last lines may still be on their way: stop after this many polls without a new line."""


class JobLogs:
    """The lines of one job, from all pages.

    Attributes:
        job: The training job as it was last seen.
    """

    def __init__(self, training: Any, of_job: tuple[str, str], watch: Watch, since: Since, level: Any) -> None:
        self._training, self._of, self._watch = training, of_job, watch
        self._level = {} if level is None else {"min_level": level}
        self._had_odd_lines = False
        self.seen = Seen(since)
        self.job: TrainingJob | None = None

    def followed(self) -> Iterator[Log]:
        """Every line, until the job has ended and its last lines are in."""
        watch, quiet = self._watch, 0
        while True:
            # The job first: the logs read afterwards then contain everything written before it ended.
            self._look()
            verdict = of_training_job(self.job)
            watch.saw(self.job, verdict)
            watch.check_rest(verdict)
            is_new = False
            for line in self._swept():
                is_new = True
                yield line
            has_ended = verdict.outcome in {"done", "failed"}
            if is_new or (has_ended and quiet == 0):
                watch.begin_anew()
            quiet = quiet + 1 if has_ended and not is_new else 0
            if quiet >= QUIET_POLLS:
                return
            watch.pause()

    def written(self, latest: int | None) -> Iterator[Log]:
        """The lines that are there now, oldest first; with `latest` only so many, those written last."""
        if self.seen.first < 0:
            self._look()
        if latest is None:
            for line in self._swept():
                yield line
        else:
            for line in reversed(self._back(latest)):
                yield line

    def _look(self) -> None:
        answer = self._watch.ask(partial(self._training.get_job, *self._of))
        self.job = of(TrainingJob, answer.training_job)
        self.seen.begin(self.job)

    def _swept(self) -> Iterator[Log]:
        """Every line from a little before the newest one on."""
        start = self.seen.next_sweep()
        while True:
            is_full, lines = self._page("asc", start)
            for line in self.seen.unseen(lines):
                yield line
            # The next page begins with the millisecond in which this one was cut off.
            following = max((nanos(line.timestamp) for line in lines), default=0) // MILLI
            # A server that returns lines older than asked for has no further page.
            if not is_full or following < start:
                return
            if following == start:
                self._tell_of_crowd()
                following += 1
            start = following
            # The next sweep asks for no line from long before this.
            self.seen.forget_before(start - LATE)
            self._watch.rest()

    def _back(self, most: int) -> list[Log]:
        """The latest lines, newest first."""
        found: list[Log] = []
        end: int | None = None
        while True:
            before = {} if end is None else {"end_epoch_millis": end}
            is_full, lines = self._page("desc", self.seen.first // MILLI, **before)
            found += self.seen.unseen(lines)
            # The next page ends with the millisecond in which this one was cut off; a range leaves out its own end.
            following = min((time for line in lines if (time := nanos(line.timestamp))), default=0) // MILLI + 1
            if len(found) >= most or not is_full or (end is not None and following > end):
                return found[:most]
            if following == end:
                self._tell_of_crowd()
                following -= 1
            end = following
            self._watch.rest()

    def _page(self, direction: str, start: int, **end: int) -> tuple[bool, list[Log]]:
        """One page of lines, and if it is full."""
        query: dict[str, Any] = {"start_epoch_millis": start, **end, "direction": direction, "limit": PAGE}
        answer = self._watch.ask(partial(self._training.get_logs, *self._of, **query, **self._level))
        page = items(answer.logs)
        lines = [line for line in page if isinstance(line, Log)]
        if len(lines) < len(page) and not self._had_odd_lines:
            self._had_odd_lines = True
            say(logging.WARNING, "job %s has log lines that can't be read; they are skipped", self._of[1])
        return len(page) >= PAGE, lines

    def _tell_of_crowd(self) -> None:
        say(
            logging.WARNING,
            "job %s wrote %d lines or more in one millisecond; the API can't show more",
            self._of[1],
            PAGE,
        )


class LogFollower:
    """The lines of a training job, one by one, until the job has ended and its last lines are in.

    Attributes:
        position: The place reached, as text: `follow_logs(…, since=position)` goes on after the last line taken.
        job: The training job as it was last seen; None before the first poll.
    """

    def __init__(self, logs: JobLogs) -> None:
        self._logs = logs
        self._lines = logs.followed()
        self._is_closed = False

    @property
    def position(self) -> str:
        return self._logs.seen.position

    @property
    def job(self) -> TrainingJob | None:
        return self._logs.job

    def close(self) -> None:
        """Stop following early."""
        self._is_closed = True

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> Log:
        if self._is_closed:
            raise StopIteration
        try:
            return next(self._lines)
        except StopIteration:
            raise
        except BaseException:
            self._lines = self._logs.followed()  # after an error or a cancellation, the next line is still to come
            raise
