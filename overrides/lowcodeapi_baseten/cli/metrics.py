"""`metrics`: a plot per metric in the terminal, rows elsewhere."""

from __future__ import annotations

import datetime
import math
from collections.abc import Mapping, Sequence
from typing import Any

import click

from . import dry_run, output, plot
from .commands import Argument, Command
from .operations import check
from .settings import Settings
from .text import clean
from .values import Number

_FIELDS = ("start_epoch_millis", "end_epoch_millis", "step_seconds")


def command() -> click.Command:
    """`metrics`."""
    whole = Number(int, is_nullable=False)
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
        summary="Plot the metrics of a training job.",
        description="Where standard output is no terminal, or with --json: one row a value, with time, metric, node, "
        "gpu and value.",
    )


def _metrics(params: Mapping[str, Any], settings: Settings) -> None:
    job = [params["project"], params["job"]]
    named = {name: params[name] for name in _FIELDS if params[name] is not None}
    check("training.get_metrics", job, named)
    if settings.dry_run:
        dry_run.show([("training.get_metrics", job, named)], settings)
        return
    with settings.client() as client:
        rows = client.training.metrics(*job, **named).to_rows()
    if settings.is_for_programs:
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
            out.print(Text.assemble((title, "bold"), f"  {plot.short(values.pop())}"))
            continue
        out.print(Text(title, style="bold"))
        for line in plot.lines(points, out.width):
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
