"""Ask before running a destructive command."""

from __future__ import annotations

import sys

import click

from .streams import has_terminal
from .text import clean


class Declined(click.ClickException):
    """The user answered no."""

    exit_code = 2


def make_sure(what: str, *, yes: bool) -> None:
    """Ask on the terminal, unless `yes`. Raises if the answer is no, or if there is no terminal to ask on."""
    if yes:
        return
    if not can_ask():
        raise click.UsageError(f"{what}: this can't be taken back, and there is no terminal to ask on: give --yes")
    print(clean(f"{what}: this can't be taken back. Go on? [y/N] "), end="", file=sys.stderr, flush=True)
    if sys.stdin.readline().strip().lower() not in {"y", "yes"}:
        raise Declined("nothing was sent")


def can_ask() -> bool:
    """True if the user can be asked."""
    return has_terminal(sys.stdin) and sys.stderr.isatty()
