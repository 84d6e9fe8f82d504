"""`download`: the artifacts of a training job, or the files of its checkpoints."""

from __future__ import annotations

from collections.abc import Mapping
from fnmatch import fnmatchcase
from typing import Any

import click

from . import output
from .commands import Argument, Command
from .dry_run import rehearse
from .overview import WORKFLOWS
from .progress import bars
from .settings import Settings, common_options
from .values import Number


def command() -> click.Command:
    """`download`."""
    return Command(
        "download",
        _download,
        [
            Argument("project", "Training project ID"),
            Argument("job", "Training job ID"),
            click.Option(["--to"], metavar="DIR", required=True, help="The folder to write to; made if missing."),
            click.Option(
                ["--checkpoints"], is_flag=True, help="Download the files of the checkpoints, not the artifacts."
            ),
            click.Option(
                ["--only"], metavar="PATTERN", help="With --checkpoints: only files with such names, as in *.json."
            ),
            click.Option(["--concurrency"], type=Number(int), default="4", help="Files at a time (default: 4)."),
        ],
        summary=WORKFLOWS["download"],
        description="Prints the paths. What was cut off resumes when the command runs again.",
        common=common_options(timeout="Seconds for everything (default: no end)."),
    )


def _download(params: Mapping[str, Any], settings: Settings) -> None:
    job = [params["project"], params["job"]]
    operation = "training.list_checkpoint_files" if params["checkpoints"] else "training.download"
    if params["only"] and not params["checkpoints"]:
        raise click.UsageError("--only is for --checkpoints", click.get_current_context())
    if rehearse([(operation, job, {})], settings):
        return
    named: dict[str, Any] = {"to": params["to"], "concurrency": params["concurrency"], "timeout": settings.timeout}
    if pattern := params["only"]:
        named["only"] = lambda file: fnmatchcase(file.relative_file_name, pattern)
    with settings.client(timeout=None) as client, bars() as progress:
        training = client.training
        fetch = training.download_checkpoint_files if params["checkpoints"] else training.download_artifacts
        paths = fetch(*job, progress=progress, **named)
    output.show([str(path) for path in paths], settings)
