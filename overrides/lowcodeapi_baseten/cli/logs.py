"""`logs`: the lines of a training job, once or until it ends."""

from __future__ import annotations

import datetime
import os
import re
import sys
from collections.abc import Iterable, Mapping
from typing import Any

import click

from ..signatures import members_of
from . import output
from .commands import Argument, Command
from .dry_run import check, rehearse
from .overview import WORKFLOWS
from .settings import Settings, common_options
from .text import clean, say
from .values import Number, OneOf, Type
from .wait import pace_options

_NOWHERE = "0+0"
_POSITION = re.compile(r"[0-9]+\+[0-9]+")
_FORMS = "2026-01-31T12:00 (UTC, unless it has a zone) and epoch milliseconds"
_LATEST = 500  # lines, where nothing else is asked for
_MOST = 1000  # lines of one request
_STYLES = {"ERROR": "31", "CRITICAL": "31", "FATAL": "31", "WARNING": "33", "WARN": "33", "DEBUG": "2"}


class Since(Type):
    """Epoch milliseconds, a moment, or a position that an earlier run printed."""

    name = "time"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        if value.isdecimal():
            return int(value)
        if _POSITION.fullmatch(value):
            return value
        try:
            moment = datetime.datetime.fromisoformat(value)
        except ValueError:
            self.fail(f"{value!r} is none of {_FORMS}, or with --follow a position such as {_NOWHERE}", param, ctx)
        return moment if moment.tzinfo else moment.replace(tzinfo=datetime.UTC)


def command() -> click.Command:
    """`logs`."""
    return Command(
        "logs",
        _logs,
        [
            Argument("project", "Training project ID"),
            Argument("job", "Training job ID"),
            click.Option(["-f", "--follow"], is_flag=True, help="Follow the job until it ends."),
            click.Option(
                ["--since"],
                type=Since(),
                metavar="TIME",
                help="Begin at 2026-01-31T12:00 (UTC, unless it has a zone), epoch ms, or a position "
                "that --follow gave.",
            ),
            click.Option(["--min-level"], type=OneOf(members_of("LogLevel")), help="The lowest level to print."),
            click.Option(["--limit"], type=Number(int), help="The latest lines, this many at most (default: 500)."),
            click.Option(["--all", "is_all"], is_flag=True, help="Every line written so far."),
            *pace_options(),
        ],
        summary=WORKFLOWS["logs"],
        description="Prints one JSON object a line if standard output is not a terminal, or with --json. Times on a "
        "terminal are in UTC.",
        common=common_options(has_forms=False, timeout="Seconds in all (default: 60; with --follow or --all no end)."),
    )


def _logs(params: Mapping[str, Any], settings: Settings) -> None:
    job = [params["project"], params["job"]]
    level = {} if params["min_level"] is None else {"min_level": params["min_level"]}
    limit, since = params["limit"], params["since"]
    if params["follow"] + params["is_all"] + (limit is not None) > 1:
        text = "give one of --follow, --all and --limit: the first two print every line"
        raise click.UsageError(text, click.get_current_context())
    if limit is not None and limit < 1:
        raise click.UsageError("--limit is a whole number above 0", click.get_current_context())
    if params["follow"] and not settings.dry_run:
        check("training.get_logs", job, {})
        _follow(job, since, params["interval"], level, settings)
        return
    # Request the latest lines, but show them oldest first; one more than wanted tells if there are more.
    named: dict[str, Any] = {"direction": "desc", "limit": min(limit or _LATEST + 1, _MOST), **level}
    if since is not None:
        named["start_epoch_millis"] = _milliseconds(since)
    if rehearse([("training.get_logs", job, named)], settings):
        return
    if params["is_all"] or (limit or 0) > _MOST:
        with settings.client(timeout=None) as client:
            start = named.get("start_epoch_millis")
            lines = client.training.iter_logs(*job, since=start, latest=limit, timeout=settings.timeout, **level)
            _print(lines, settings)
        return
    with settings.client() as client:
        found = client.training.get_logs(*job, **named).logs or []
    _print(reversed(found[: limit or _LATEST]), settings)
    if limit is None and len(found) > _LATEST:
        say(f"these are the latest {_LATEST} lines of more: --all prints all, --limit N the latest N")


def _follow(job: list[str], since: Any, interval: float | None, level: Mapping[str, Any], settings: Settings) -> None:
    named: dict[str, Any] = {"since": since, "timeout": settings.timeout, **level}
    if interval is not None:
        named.update(interval=interval, max_interval=max(interval, 10.0))
    with settings.client(timeout=None) as client:
        lines = client.training.follow_logs(*job, **named)
        try:
            _print(lines, settings)
        except BaseException:
            # After Ctrl-C, the deadline or a lost network, nothing needs to be read twice.
            if lines.position != _NOWHERE:
                say(f"go on with --since {lines.position}")
            raise
        if lines.job is not None and settings.form == "table":
            say(f"the job has ended: {lines.job.current_status}")


def _print(lines: Iterable[Any], settings: Settings) -> None:
    for line in lines:
        if settings.form != "table":
            output.show_line(line)
        else:
            print(_readable(line), flush=True)


def _readable(line: Any) -> str:
    level = str(line.level or "")
    text = " ".join(part for part in (_time(line.timestamp), level, str(line.message).rstrip("\n")) if part)
    return _styled(clean(text, keep_lines=True), _STYLES.get(level.upper()))


def _styled(text: str, style: str | None) -> str:
    is_plain = style is None or os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb"
    return text if is_plain or not sys.stdout.isatty() else f"\x1b[{style}m{text}\x1b[0m"


def _time(timestamp: Any) -> str:
    """Epoch nanoseconds as a time in UTC; anything else unchanged."""
    try:
        moment = datetime.datetime.fromtimestamp(int(timestamp) / 1e9, datetime.UTC)
    except (TypeError, ValueError, OverflowError, OSError):
        return str(timestamp or "")
    return moment.strftime("%Y-%m-%d %H:%M:%SZ")


def _milliseconds(since: Any) -> int:
    if isinstance(since, str):
        raise click.BadParameter(f"a position is for --follow; else give {_FORMS}", param_hint="--since")
    return since if isinstance(since, int) else int(since.timestamp() * 1000)
