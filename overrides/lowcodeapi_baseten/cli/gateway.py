"""`gateway`: the local gateway, until Ctrl-C."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Mapping
from importlib.util import find_spec
from typing import Any

import click

from ..testing import __main__ as testing
from .commands import Command
from .exits import NotAvailable
from .overview import WORKFLOWS
from .settings import Settings
from .values import Type


def command() -> click.Command:
    """`gateway`, with the options of `python -m lowcodeapi_baseten.testing`."""
    description = f"{testing.ABOUT} It prints its URL and token, and ends with Ctrl-C."
    options = [
        click.Option(
            [option.flag, option.name],
            help=option.about,
            type=click.Choice(option.choices) if option.choices else _Made(option.type),
            metavar=option.metavar,
            multiple=option.is_list,
            default=option.default,
        )
        for option in testing.OPTIONS
    ]
    return Command("gateway", _gateway, options, summary=WORKFLOWS["gateway"], description=description, common=[])


class _Made(Type):
    """A value that a function makes of its text."""

    name = "text"

    def __init__(self, made: Callable[[str], Any]) -> None:
        self._made = made

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        try:
            return self._made(value)
        except (ValueError, argparse.ArgumentTypeError) as error:
            self.fail(str(error), param, ctx)


def _gateway(params: Mapping[str, Any], _: Settings) -> None:
    if any(find_spec(name) is None for name in ("starlette", "uvicorn")):
        raise NotAvailable("the local gateway is not installed: pip install 'lowcodeapi-baseten[testing]'")
    given = {name: list(value) or None if isinstance(value, tuple) else value for name, value in params.items()}
    click.get_current_context().exit(testing.serve(given))
