"""Curves in the terminal, in Braille patterns: one for each metric."""

from __future__ import annotations

import datetime
import math
from collections.abc import Mapping, Sequence
from typing import Any

from rich.text import Text

from .tables import console
from .text import clean

_HEIGHT = 4  # lines
_BLANK = 0x2800
_DOTS = ((0x01, 0x08), (0x02, 0x10), (0x04, 0x20), (0x40, 0x80))  # by row and column, as Unicode numbers them
_UNITS = ((1e12, 1e12, "T"), (1e9, 1e9, "G"), (1e6, 1e6, "M"), (1e4, 1e3, "k"))  # from here on, divided by this

Point = tuple[float, float]
"""A time in epoch seconds, and a value."""


def draw(rows: Sequence[Mapping[str, Any]]) -> None:
    """Draw the curves of rows with time, metric, node, gpu and value. One that is flat is a line of text."""
    out = console()
    series = series_of(rows)
    if not series:
        out.print("no metrics yet")
    for title, points in series.items():
        values = {value for _, value in points}
        if len(values) == 1:
            out.print(Text.assemble((title, "bold"), f"  {short(values.pop())}"))
            continue
        out.print(Text(title, style="bold"))
        for line in lines(points, out.width):
            out.print(Text(line, style="cyan"), no_wrap=True, crop=True)


def series_of(rows: Sequence[Mapping[str, Any]]) -> dict[str, list[Point]]:
    """The curves, by their titles. The node of a one-node job is left out: it only repeats the job's figures."""
    nodes = {row["node"] for row in rows} - {None}
    series: dict[str, list[Point]] = {}
    for row in rows:
        # A received value may be anything, and a curve can't show infinity.
        is_number = isinstance(row["value"], (int, float)) and math.isfinite(row["value"])
        if is_number and isinstance(row["time"], datetime.datetime) and (row["node"] is None or len(nodes) > 1):
            where = [f"{name} {row[name]}" for name in ("node", "gpu") if row[name] is not None]
            title = clean(" ".join([row["metric"], *where]))
            series.setdefault(title, []).append((row["time"].timestamp(), row["value"]))
    return series


def lines(points: Sequence[Point], width: int) -> list[str]:
    """The curve, with its bounds, in lines of at most `width` characters."""
    points = sorted(points)
    values = [value for _, value in points]
    low, high = min(values), max(values)
    first, last = points[0][0], points[-1][0]
    labels = [short(high), *[""] * (_HEIGHT - 2), short(low)]
    margin = max(map(len, labels)) + 1
    columns = max(width - margin - 1, 1)
    cells = [[_BLANK] * columns for _ in range(_HEIGHT)]
    previous: tuple[int, int] | None = None
    for time, value in points:
        dot = (
            _scaled(time, first, last, columns * 2 - 1),
            _HEIGHT * 4 - 1 - _scaled(value, low, high, _HEIGHT * 4 - 1),
        )
        for x, y in _between(previous or dot, dot):
            cells[y // 4][x // 2] |= _DOTS[y % 4][x % 2]
        previous = dot
    drawn = [f"{label.rjust(margin)}│{''.join(map(chr, row))}" for label, row in zip(labels, cells, strict=True)]
    begin, end = (datetime.datetime.fromtimestamp(time, datetime.UTC).strftime("%H:%M:%SZ") for time in (first, last))
    axis = f"{begin}{end.rjust(columns - len(begin))}" if last > first else begin
    return [line[:width] for line in [*drawn, f"{' ' * (margin + 1)}{axis}"]]


def short(value: float) -> str:
    """A number in a few characters: 0.5, 12, 3.4k, 24G."""
    for limit, unit, sign in _UNITS:
        if abs(value) >= limit:
            return f"{value / unit:.3g}{sign}"
    return f"{value:.4g}"


def _scaled(value: float, low: float, high: float, steps: int) -> int:
    return round((value - low) / (high - low) * steps) if high > low else 0


def _between(start: tuple[int, int], end: tuple[int, int]) -> list[tuple[int, int]]:
    """The dots of a straight line."""
    across, down = end[0] - start[0], end[1] - start[1]
    steps = max(abs(across), abs(down), 1)
    return [
        (start[0] + round(across * step / steps), start[1] + round(down * step / steps)) for step in range(steps + 1)
    ]
