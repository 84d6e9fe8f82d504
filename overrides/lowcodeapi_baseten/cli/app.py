"""The root command: lists the commands, and runs one."""

from __future__ import annotations

import importlib
import os
import sys
from collections.abc import Mapping, Sequence
from typing import Any, cast

import click

from . import overview
from .commands import Group
from .overview import COMPLETION_VARIABLE, PROGRAM
from .settings import common_options

# The module of a workflow, where it has not its name.
_MODULES = {
    "submit": "predict",
    "wake": "wait",
    **dict.fromkeys(("logs", "metrics", "download"), "training"),
    **dict.fromkeys(("login", "logout", "whoami"), "accounts"),
    **dict.fromkeys(("skill", "commands", "completion", "help"), "manual"),
}


class Root(Group):
    """The workflows by name, then the resources of the generated table."""

    def __init__(self) -> None:
        shared = common_options()
        for option in shared:
            # They are accepted before the command too, but belong after it.
            option.hidden = True
        params = [*shared, click.Option(["--version"], is_flag=True, help="Print the version.")]
        super().__init__(PROGRAM, params=params, callback=_start, invoke_without_command=True)

    def sections(self) -> Mapping[str, Mapping[str, str]]:
        """List all commands."""
        return {"Workflows": overview.WORKFLOWS, "Operations": overview.resources()}

    def made(self, name: str) -> click.Command:
        """Make one command or group."""
        if name not in overview.WORKFLOWS:
            from .operations import Resource

            return Resource(name)
        word = name.replace("-", "_")
        module = importlib.import_module(f".{_MODULES.get(word, word)}", __package__)
        return cast("click.Command", getattr(module, word)())

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
    """Run one command, or answer a shell that completes one. Returns the exit code."""
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
