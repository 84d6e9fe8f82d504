"""`metrics`: a plot per metric in the terminal, in Braille patterns; rows elsewhere."""

from __future__ import annotations

import datetime
import math
from collections.abc import Mapping, Sequence
from typing import Any

import click

from . import output
from .commands import Argument, Command
from .dry_run import rehearse
from .overview import WORKFLOWS
from .settings import Settings
from .text import clean
from .values import Number

_FIELDS = ("start_epoch_millis", "end_epoch_millis", "step_seconds")
_HEIGHT = 4  # lines
_BLANK = 0x2800
_DOTS = ((0x01, 0x08), (0x02, 0x10), (0x04, 0x20), (0x40, 0x80))  # by row and column, as Unicode numbers them


def command() -> click.Command:
    """`metrics`."""
    whole = Number(int)
    return Command(
        "metrics",
        _metrics,
        [
            Argument("project", "Training project ID"),
            Argument("job", "Training job ID"),
            click.Option(["--start-epoch-millis"], type=whole, help="Begin here."),
            click.Option(["--end-epoch-millis"], type=whole, help="End here."),
            click.Option(["--step-seconds"], type=whole, help="Seconds between two values."),
        ],
        summary=WORKFLOWS["metrics"],
        description="Draws a plot for each metric on a terminal, and with -o table; times are in UTC. Else, and with "
        "--columns, prints rows with time, metric, node, gpu and value.",
    )


def _metrics(params: Mapping[str, Any], settings: Settings) -> None:
    job = [params["project"], params["job"]]
    named = {name: params[name] for name in _FIELDS if params[name] is not None}
    if rehearse([("training.get_metrics", job, named)], settings):
        return
    with settings.client() as client:
        rows = client.training.metrics(*job, **named).to_rows()
    if settings.form != "table" or settings.columns:
        output.show([{**row, "time": _written(row["time"])} for row in rows], settings)
    else:
        _draw(rows)


def _draw(rows: Sequence[Mapping[str, Any]]) -> None:
    from rich.text import Text

    from .tables import console

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


def series_of(rows: Sequence[Mapping[str, Any]]) -> dict[str, list[tuple[float, float]]]:
    """The curves, by their titles. The node of a one-node job is left out: it only repeats the job's figures."""
    nodes = {row["node"] for row in rows} - {None}
    series: dict[str, list[tuple[float, float]]] = {}
    for row in rows:
        if not isinstance(row["time"], datetime.datetime) or not _is_number(row["value"]):
            continue
        if row["node"] is None or len(nodes) > 1:
            where = [f"{name} {row[name]}" for name in ("node", "gpu") if row[name] is not None]
            title = clean(" ".join([row["metric"], *where]))
            series.setdefault(title, []).append((row["time"].timestamp(), row["value"]))
    return series


def _is_number(value: Any) -> bool:
    # A received value may be anything, and a curve can't show infinity.
    return isinstance(value, (int, float)) and math.isfinite(value)


def _written(time: Any) -> str:
    return time.isoformat() if isinstance(time, datetime.datetime) else str(time)


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
    begin, end = (datetime.datetime.fromtimestamp(time, datetime.UTC).strftime("%H:%M:%SZ") for time in (first, last))
    return (
        f"{' ' * (margin + 1)}{begin}{end.rjust(columns - len(begin))}" if last > first else f"{' ' * margin} {begin}"
    )
