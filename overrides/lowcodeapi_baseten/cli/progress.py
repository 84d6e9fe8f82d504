"""Progress on standard error, if that is a terminal: a line for a run of many items, a bar for each download."""

from __future__ import annotations

import contextlib
import sys
import time
from collections import deque
from collections.abc import Callable, Generator, Iterator
from typing import Any

from .text import clean

_RECENT = 5.0  # seconds
_STEP = 0.2  # seconds between two marks


class Tally:
    """Counts ended items. `total` is None if it is unknown.

    Attributes:
        received: Items that came out of the run, written yet or not.
        unknown: Places of the items whose fate an earlier run has left unknown.
    """

    def __init__(self, total: int | None, now: float) -> None:
        self.total = total
        self.done = self.failed = self.received = 0
        self.unknown: list[int] = []
        self._marks: deque[tuple[float, int]] = deque([(now, 0)])

    @property
    def ended(self) -> int:
        """The number that have ended, successfully or not."""
        return self.done + self.failed + len(self.unknown)

    def rate(self, now: float) -> float:
        """Recent items per second. Call it several times a second."""
        if now - self._marks[-1][0] >= _STEP:
            self._marks.append((now, self.ended))
        while len(self._marks) > 1 and now - self._marks[1][0] >= _RECENT:
            self._marks.popleft()
        since, before = self._marks[0]
        return (self.ended - before) / max(now - since, _STEP)

    def text(self, now: float) -> str:
        """The progress in one line."""
        of = "" if self.total is None else f" of {self.total:,}"
        parts = [f"{self.ended:,}{of}"]
        parts += [f"{self.failed:,} failed"] if self.failed else []
        parts += [f"{len(self.unknown):,} of unknown fate"] if self.unknown else []
        rate = self.rate(now)
        parts.append(f"{rate:,.1f}/s" if rate < 10 else f"{rate:,.0f}/s")
        if self.total is not None and rate and self.ended < self.total:
            parts.append(f"{_clock((self.total - self.ended) / rate)} left")
        return ", ".join(parts)


def ranges(numbers: list[int], most: int = 50) -> str:
    """Whole numbers in short form: `3, 7-9 and 12`."""
    found: list[list[int]] = []
    for number in sorted(numbers):
        if found and number == found[-1][1] + 1:
            found[-1][1] = number
        else:
            found.append([number, number])
    shown = [f"{first}" if first == last else f"{first}-{last}" for first, last in found[:most]]
    left = sum(last - first + 1 for first, last in found[most:])
    if left:
        shown.append(f"{left:,} more")
    return shown[0] if len(shown) == 1 else f"{', '.join(shown[:-1])} and {shown[-1]}"


def _clock(seconds: float) -> str:
    minutes, seconds = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes}:{seconds:02}"


@contextlib.contextmanager
def shown(tally: Tally) -> Generator[None, None, None]:
    """Show the progress in one line on standard error while the run lasts."""
    from rich.progress import BarColumn, Progress, ProgressColumn, Task
    from rich.text import Text

    from .tables import console

    class Words(ProgressColumn):
        """The tally in words."""

        def render(self, task: Task) -> Text:
            """The current tally."""
            drawn.update(task.id, completed=tally.ended)
            return Text(tally.text(time.monotonic()))

    columns = [Words(), *([BarColumn(bar_width=20)] if tally.total else [])]
    with Progress(*columns, console=console(stderr=True), refresh_per_second=4) as drawn:
        drawn.add_task("", total=tally.total)
        yield


@contextlib.contextmanager
def bars() -> Iterator[Callable[[Any], None] | None]:
    """A callback that draws a bar per file on standard error, if that is a terminal."""
    if not sys.stderr.isatty():
        yield None
        return
    from rich.progress import BarColumn, DownloadColumn, Progress, TaskID, TextColumn
    from rich.table import Column

    from .tables import console

    name_column = Column(no_wrap=True, overflow="ellipsis", ratio=1)
    columns = (
        TextColumn("{task.description}", markup=False, table_column=name_column),
        BarColumn(bar_width=20),
        DownloadColumn(table_column=Column(no_wrap=True)),
    )
    with Progress(*columns, console=console(stderr=True), expand=True) as drawn:
        tasks: dict[str, TaskID] = {}

        def show(progress: Any) -> None:
            name = str(progress.name)
            if name not in tasks:
                tasks[name] = drawn.add_task(clean(name))
            is_whole = progress.done_bytes == progress.total_bytes
            # Of hundreds of files, show only those in progress.
            drawn.update(tasks[name], completed=progress.done_bytes, total=progress.total_bytes, visible=not is_whole)

        yield show
