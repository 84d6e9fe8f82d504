"""`download`: the artifacts of a training job, or the files of its checkpoints."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Callable, Iterator, Mapping
from fnmatch import fnmatchcase
from typing import Any

import click

from . import dry_run, output
from .commands import Argument, Command
from .operations import check
from .settings import Settings, common_options
from .text import clean
from .values import Number


def command() -> click.Command:
    """`download`."""
    return Command(
        "download",
        _download,
        [
            Argument("project", "Training project ID"),
            Argument("job", "Training job ID"),
            click.Option(
                ["--to"], metavar="DIR", required=True, help="The folder to write to; made if missing [required]"
            ),
            click.Option(["--checkpoints"], is_flag=True, help="The files of the checkpoints, not the artifacts."),
            click.Option(["--only"], metavar="PATTERN", help="With --checkpoints: files of these names, as *.json."),
            click.Option(
                ["--concurrency"], type=Number(int, is_nullable=False), default="4", help="Files at a time (4)."
            ),
        ],
        summary="Download what a training job made.",
        description="What was cut off goes on where it stopped when the command runs again. Prints the paths.",
        common=common_options(timeout="Seconds for everything (default: no end)."),
    )


def _download(params: Mapping[str, Any], settings: Settings) -> None:
    job = [params["project"], params["job"]]
    operation = "training.list_checkpoint_files" if params["checkpoints"] else "training.download"
    if params["only"] and not params["checkpoints"]:
        raise click.UsageError("--only is for --checkpoints", click.get_current_context())
    check(operation, job, {})
    if settings.dry_run:
        dry_run.show([(operation, job, {})], settings)
        return
    named: dict[str, Any] = {"to": params["to"], "concurrency": params["concurrency"], "timeout": settings.timeout}
    if pattern := params["only"]:
        named["only"] = lambda file: fnmatchcase(file.relative_file_name, pattern)
    with settings.client(timeout=None) as client, _bars() as progress:
        training = client.training
        fetch = training.download_checkpoint_files if params["checkpoints"] else training.download_artifacts
        paths = fetch(*job, progress=progress, **named)
    output.show([str(path) for path in paths], settings)


@contextlib.contextmanager
def _bars() -> Iterator[Callable[[Any], None] | None]:
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
