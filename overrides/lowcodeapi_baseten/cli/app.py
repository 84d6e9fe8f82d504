"""The root command: lists the commands, runs one, and reports errors."""

from __future__ import annotations

import importlib
import os
import sys
from collections.abc import Mapping, Sequence
from typing import Any, cast

import click

from . import overview
from .commands import Group
from .operations import Resource
from .overview import COMPLETION_VARIABLE, PROGRAM
from .settings import common_options


class Root(Group):
    """The workflows by name, then the resources of the generated table."""

    def __init__(self) -> None:
        shared = common_options()
        for option in shared:
            # They are accepted before the command too, but belong after it.
            option.hidden = True
        params = [*shared, click.Option(["--version"], is_flag=True, help="Print the version.")]
        super().__init__(
            PROGRAM,
            params=params,
            callback=_start,
            invoke_without_command=True,
        )

    def sections(self) -> Mapping[str, Mapping[str, str]]:
        """List all commands."""
        return {"Workflows": overview.WORKFLOWS, "Operations": overview.resources()}

    def made(self, name: str) -> click.Command:
        """Make one command or group."""
        if name in overview.WORKFLOWS:
            file = {"commands": "listing"}.get(name, name.replace("-", "_"))
            module = importlib.import_module(f".{file}", __package__)
            return cast("click.Command", module.command())
        return Resource(name)

    def get_help(self, ctx: click.Context) -> str:
        """The help of the whole command line."""
        return overview.text()


def _start(*, version: bool, **_: Any) -> None:
    context = click.get_current_context()
    if version:
        from .._version import __version__

        print(f"{PROGRAM} {__version__}")
        context.exit()
    if context.invoked_subcommand is None:
        print(context.get_help())


def run(arguments: Sequence[str]) -> int:
    """Run one command. Returns its exit code."""
    try:
        try:
            code = _run(arguments)
            sys.stdout.flush()
            return code
        except BrokenPipeError:
            raise
        except Exception as error:
            return _failed(error, arguments)
    except KeyboardInterrupt:
        print(file=sys.stderr)  # the terminal has just shown ^C
        return 130


def _run(arguments: Sequence[str]) -> int:
    root = Root()
    if instruction := os.environ.get(COMPLETION_VARIABLE):
        from click.shell_completion import shell_complete

        # The line may hold `--input -`, which would wait for the terminal.
        sys.stdin = None
        return shell_complete(root, {}, PROGRAM, COMPLETION_VARIABLE, instruction)
    try:
        with root.make_context(PROGRAM, list(arguments)) as context:
            root.invoke(context)
    except click.exceptions.Exit as error:
        return error.exit_code
    return 0


def _failed(error: Exception, arguments: Sequence[str]) -> int:
    from ..errors import LowCodeAPIError
    from . import exits, streams

    streams.name_full_output(error)
    before_words = arguments[: arguments.index("--")] if "--" in arguments else arguments
    if not isinstance(error, (click.ClickException, LowCodeAPIError, OSError)):
        # A bug of ours. Show the message alone, since frames hold bodies; -v raises it.
        if {"-v", "--verbose"} & set(before_words):
            raise error
        error = RuntimeError(f"this is a bug: {type(error).__name__}: {error}; -v shows where")
    return exits.report(error, as_json=exits.is_json_asked_for(before_words))
