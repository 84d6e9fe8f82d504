"""`logs`, `metrics` and `download`: what a training job writes."""

from __future__ import annotations

import datetime
import os
import re
import sys
from collections.abc import Iterable, Mapping
from fnmatch import fnmatchcase
from typing import Any

import click

from ..signatures import members_of
from . import output
from .commands import Argument, option, workflow
from .dry_run import Request, rehearse
from .progress import bars
from .settings import Settings, common_options
from .text import clean, say
from .values import Made, Number, OneOf, is_given, misuse
from .wait import intervals, pace_options

_JOB = (Argument("project", "Training project ID"), Argument("job", "Training job ID"))
_NOWHERE = "0+0"
_POSITION = re.compile(r"([0-9]+)\+[0-9]+")
_FORMS = "2026-01-31T12:00 (UTC, unless it has a zone) and epoch milliseconds"
_LATEST = 500  # lines, where nothing else is asked for
_PAGE = 1000  # lines of one request at most
_STYLES = {"ERROR": "31", "CRITICAL": "31", "FATAL": "31", "WARNING": "33", "WARN": "33", "DEBUG": "2"}


class Since(Made):
    """Epoch milliseconds, a moment, or a position that an earlier run printed."""

    def made(self, text: str) -> int | str | datetime.datetime:
        if text.isdecimal():
            return int(text)
        if _POSITION.fullmatch(text):
            return text
        try:
            moment = datetime.datetime.fromisoformat(text)
        except ValueError:
            advice = f"{_FORMS}, or with --follow a position such as {_NOWHERE}"
            raise ValueError(f"{text!r} is none of {advice}") from None
        return moment if moment.tzinfo else moment.replace(tzinfo=datetime.UTC)


@workflow(
    *_JOB,
    option("-f --follow", "Follow the job until it ends.", is_flag=True),
    option(
        "--since",
        "Begin at 2026-01-31T12:00 (UTC, unless it has a zone), epoch ms, or a position that --follow gave.",
        type=Since(),
        metavar="TIME",
    ),
    option("--min-level", "The lowest level to print.", type=OneOf(members_of("LogLevel"))),
    option("--limit", "The latest lines, this many at most (default: 500).", type=Number(int)),
    option("--all is_all", "Every line written so far.", is_flag=True),
    *pace_options(),
    description="Prints one JSON object a line if standard output is not a terminal, or with --json. Times on a "
    "terminal are in UTC.",
    common=common_options(has_forms=False, timeout="Seconds in all (default: 60; with --follow or --all no end)."),
)
def logs(params: Mapping[str, Any], settings: Settings) -> None:
    job = [params["project"], params["job"]]
    limit, since, follows = params["limit"], params["since"], params["follow"]
    if follows + params["is_all"] + (limit is not None) > 1:
        raise misuse("give one of --follow, --all and --limit: the first two print every line")
    if limit is not None and limit < 1:
        raise misuse("--limit is a whole number above 0")
    if isinstance(since, str) and not follows:
        raise click.BadParameter(f"a position is for --follow; else give {_FORMS}", param_hint="--since")
    level = {} if params["min_level"] is None else {"min_level": params["min_level"]}
    is_paged = follows or params["is_all"] or (limit or 0) > _PAGE
    # Request the latest lines, but show them oldest first; one more than wanted tells if there are more.
    query: dict[str, Any] = {"direction": "desc", "limit": min(limit or _LATEST + 1, _PAGE), **level}
    if since is not None:
        query["start_epoch_millis"] = _milliseconds(since)
    requests: list[Request] = [("training.get_logs", job, query)]
    if is_paged:
        page = {"start_epoch_millis": "OF_THE_JOB", **query, "direction": "desc" if limit else "asc", "limit": _PAGE}
        look: list[Request] = [("training.get_job", job, {})] if follows or since is None else []
        requests = [*look, ("training.get_logs", job, page)]
    if rehearse(requests, settings):
        if is_paged:
            say(f"the last request is sent again for each page of {_PAGE:,} lines, from where the one before ended")
        return
    if follows:
        _follow(job, {"since": since, **intervals(params["interval"]), **level}, settings)
    elif is_paged:
        with settings.client(timeout=None) as client:
            named = {**level, "timeout": settings.timeout}
            _print(client.training.iter_logs(*job, since=since, latest=limit, **named), settings)
    else:
        with settings.client() as client:
            found = client.training.get_logs(*job, **query).logs or []
        _print(reversed(found[: limit or _LATEST]), settings)
        if limit is None and len(found) > _LATEST:
            say(f"these are the latest {_LATEST} lines of more: --all prints all, --limit N the latest N")


def _follow(job: list[str], named: dict[str, Any], settings: Settings) -> None:
    with settings.client(timeout=None) as client:
        lines = client.training.follow_logs(*job, timeout=settings.timeout, **named)
        try:
            _print(lines, settings)
        except BaseException:
            # After Ctrl-C, the deadline or a lost network, nothing needs to be read twice.
            if lines.position != _NOWHERE:
                say(f"go on with --since {lines.position}")
            raise
        if lines.job is not None and settings.form == "table":
            say(f"the job has ended: {lines.job.current_status}")


def _milliseconds(since: int | str | datetime.datetime) -> int:
    if isinstance(since, datetime.datetime):
        return int(since.timestamp() * 1000)
    # A position begins with nanoseconds.
    return since if isinstance(since, int) else int(since.partition("+")[0]) // 1_000_000


def _print(lines: Iterable[Any], settings: Settings) -> None:
    for line in lines:
        if settings.form != "table":
            output.show_line(line)
        else:
            print(_readable(line), flush=True)


def _readable(line: Any) -> str:
    level = str(line.level or "")
    parts = (_time(line.timestamp), level, str(line.message).rstrip("\n"))
    text = clean(" ".join(part for part in parts if part), keep_lines=True)
    style = _STYLES.get(level.upper())
    is_plain = style is None or os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb"
    return text if is_plain or not sys.stdout.isatty() else f"\x1b[{style}m{text}\x1b[0m"


def _time(timestamp: Any) -> str:
    """Epoch nanoseconds as a time in UTC; anything else unchanged."""
    try:
        moment = datetime.datetime.fromtimestamp(int(timestamp) / 1e9, datetime.UTC)
    except (TypeError, ValueError, OverflowError, OSError):
        return str(timestamp or "")
    return moment.strftime("%Y-%m-%d %H:%M:%SZ")


@workflow(
    *_JOB,
    option("--start-epoch-millis", "Begin here.", type=Number(int)),
    option("--end-epoch-millis", "End here.", type=Number(int)),
    option("--step-seconds", "Seconds between two values.", type=Number(int)),
    description="Draws a plot for each metric on a terminal, and with -o table; times are in UTC. Else, and with "
    "--columns, prints rows with time, metric, node, gpu and value.",
)
def metrics(params: Mapping[str, Any], settings: Settings) -> None:
    job = [params["project"], params["job"]]
    names = ("start_epoch_millis", "end_epoch_millis", "step_seconds")
    named = {name: params[name] for name in names if is_given(name)}
    if rehearse([("training.get_metrics", job, named)], settings):
        return
    with settings.client() as client:
        rows = client.training.metrics(*job, **named).to_rows()
    if settings.form != "table" or settings.columns:
        output.show([{**row, "time": _iso(row["time"])} for row in rows], settings)
        return
    from . import plots

    plots.draw(rows)


def _iso(time: Any) -> str:
    return time.isoformat() if isinstance(time, datetime.datetime) else str(time)


@workflow(
    *_JOB,
    option("--to", "The folder to write to; made if missing.", metavar="DIR", required=True),
    option("--checkpoints", "Download the files of the checkpoints, not the artifacts.", is_flag=True),
    option("--only", "With --checkpoints: only files with such names, as in *.json.", metavar="PATTERN"),
    option("--concurrency", "Files at a time (default: 4).", type=Number(int), default="4"),
    description="Prints the paths. What was cut off resumes when the command runs again.",
    common=common_options(timeout="Seconds for everything (default: no end)."),
)
def download(params: Mapping[str, Any], settings: Settings) -> None:
    job, pattern = [params["project"], params["job"]], params["only"]
    if pattern and not params["checkpoints"]:
        raise misuse("--only is for --checkpoints")
    operation = "training.list_checkpoint_files" if params["checkpoints"] else "training.download"
    if rehearse([(operation, job, {})], settings):
        return
    named: dict[str, Any] = {"to": params["to"], "concurrency": params["concurrency"], "timeout": settings.timeout}
    if pattern:
        named["only"] = lambda file: fnmatchcase(file.relative_file_name, pattern)
    with settings.client(timeout=None) as client, bars() as progress:
        training = client.training
        fetch = training.download_checkpoint_files if params["checkpoints"] else training.download_artifacts
        paths = fetch(*job, progress=progress, **named)
    output.show([str(path) for path in paths], settings)
