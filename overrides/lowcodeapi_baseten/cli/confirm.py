"""Which commands destroy something, and asking before they do."""

from __future__ import annotations

import sys

import click

from .streams import has_terminal
from .text import clean

_DESTRUCTIVE_WORDS = frozenset({"delete", "deactivate", "stop", "cancel", "rotate"})


class Declined(click.ClickException):
    """Somebody said no."""

    exit_code = 2


def is_destructive(method_name: str, http_method: str) -> bool:
    """Whether a method ends or removes something: by the first word of its name, or because HTTP says so."""
    return http_method == "DELETE" or method_name.partition("_")[0] in _DESTRUCTIVE_WORDS


def make_sure(what: str, *, yes: bool) -> None:
    """Ask on the terminal, unless `yes`. Raises where the answer is no, and where there is no terminal to ask on."""
    if yes:
        return
    if not can_ask():
        raise click.UsageError(f"{what}: this can't be taken back, and there is no terminal to ask on: give --yes")
    print(clean(f"{what}: this can't be taken back. Go on? [y/N] "), end="", file=sys.stderr, flush=True)
    if sys.stdin.readline().strip().lower() not in {"y", "yes"}:
        raise Declined("nothing was sent")


def can_ask() -> bool:
    """Whether somebody sits there who can be asked."""
    return has_terminal(sys.stdin) and sys.stderr.isatty()
