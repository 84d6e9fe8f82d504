"""`help`: the help of a command, as its `--help`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import click

from .commands import Argument, Command
from .overview import PROGRAM, WORKFLOWS
from .settings import Settings


def command() -> click.Command:
    """`help`."""
    words = Argument("command", "Its name, such as: models list", nargs=-1, shell_complete=_next_words)
    return Command("help", _help, [words], summary=WORKFLOWS["help"], common=[])


def _help(params: Mapping[str, Any], _: Settings) -> None:
    root = click.get_current_context().find_root().command
    # Of options only --help, so that nothing is carried out.
    words = [word for word in params["command"] if not word.startswith("-")]
    with root.make_context(PROGRAM, [*words, "--help"]) as context:
        root.invoke(context)


def _next_words(context: click.Context, _: click.Parameter, incomplete: str) -> list[str]:
    found: click.Command | None = context.find_root().command
    for word in context.params["command"] or ():
        found = found.get_command(context, word) if isinstance(found, click.Group) else None
    names = found.list_commands(context) if isinstance(found, click.Group) else []
    return [name for name in names if name.startswith(incomplete)]
