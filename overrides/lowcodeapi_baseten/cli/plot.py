"""A curve in characters: Braille patterns have eight dots each, two wide and four high."""

from __future__ import annotations

import datetime
from collections.abc import Sequence

_HEIGHT = 4  # lines
_BLANK = 0x2800
_DOTS = ((0x01, 0x08), (0x02, 0x10), (0x04, 0x20), (0x40, 0x80))  # by row and column, as Unicode numbers them


def lines(points: Sequence[tuple[float, float]], width: int) -> list[str]:
    """The curve of (time in epoch seconds, value) points, with its bounds, in lines of at most `width` characters."""
    points = sorted(points)
    values = [value for _, value in points]
    low, high = min(values), max(values)
    labels = [short(high), *[""] * (_HEIGHT - 2), short(low)]
    margin = max(len(label) for label in labels) + 1
    columns = max(width - margin - 1, 1)
    cells = [[_BLANK] * columns for _ in range(_HEIGHT)]
    first, last = points[0][0], points[-1][0]
    previous: tuple[int, int] | None = None
    for time, value in points:
        x = _scaled(time, first, last, columns * 2 - 1)
        y = _HEIGHT * 4 - 1 - _scaled(value, low, high, _HEIGHT * 4 - 1)
        for dot_x, dot_y in _between(previous or (x, y), (x, y)):
            cells[dot_y // 4][dot_x // 2] |= _DOTS[dot_y % 4][dot_x % 2]
        previous = (x, y)
    drawn = [f"{label.rjust(margin)}│{''.join(map(chr, row))}" for label, row in zip(labels, cells, strict=True)]
    return [line[:width] for line in [*drawn, _axis(first, last, margin, columns)]]


def short(value: float) -> str:
    """A number in a few characters: 0.5, 12, 3.4k, 24G."""
    for limit, unit in ((1e12, "T"), (1e9, "G"), (1e6, "M"), (1e4, "k")):
        if abs(value) >= limit:
            return f"{value / (1e3 if unit == 'k' else limit):.3g}{unit}"
    return f"{value:.4g}"


def _scaled(value: float, low: float, high: float, steps: int) -> int:
    return round((value - low) / (high - low) * steps) if high > low else 0


def _between(start: tuple[int, int], end: tuple[int, int]) -> list[tuple[int, int]]:
    """The dots of a straight line."""
    steps = max(abs(end[0] - start[0]), abs(end[1] - start[1]), 1)
    return [
        (start[0] + round((end[0] - start[0]) * step / steps), start[1] + round((end[1] - start[1]) * step / steps))
        for step in range(steps + 1)
    ]


def _axis(first: float, last: float, margin: int, columns: int) -> str:
    begin, end = (datetime.datetime.fromtimestamp(time).strftime("%H:%M:%S") for time in (first, last))
    return (
        f"{' ' * (margin + 1)}{begin}{end.rjust(columns - len(begin))}" if last > first else f"{' ' * margin} {begin}"
    )
