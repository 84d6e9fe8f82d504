"""The progress of a run: counts, recent items per second, and the time left."""

from __future__ import annotations

from collections import deque

_RECENT = 5.0  # seconds
_STEP = 0.2  # seconds between two marks


class Tally:
    """Counts ended items. `total` is None if it is unknown.

    Attributes:
        unknown: Places of the items whose fate an earlier run has left unknown.
    """

    def __init__(self, total: int | None, now: float) -> None:
        self.total = total
        self.done = self.failed = 0
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
