"""`gateway`: the local gateway, until Ctrl-C, with the options of `python -m lowcodeapi_baseten.testing`."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from importlib.util import find_spec
from typing import Any

import click

from ..testing import __main__ as testing
from .commands import workflow
from .exits import NotAvailable
from .settings import Settings
from .values import Made


class _Value(Made):
    def __init__(self, option: testing.Option) -> None:
        self._option = option

    def made(self, text: str) -> Any:
        try:
            return self._option.type(text)
        except argparse.ArgumentTypeError as error:
            raise ValueError(str(error)) from None


def _options() -> list[click.Option]:
    return [
        click.Option(
            [option.flag, option.name],
            help=option.about,
            type=click.Choice(option.choices) if option.choices else _Value(option),
            metavar=option.metavar,
            multiple=option.is_list,
            default=option.default,
        )
        for option in testing.OPTIONS
    ]


@workflow(*_options(), description=f"{testing.ABOUT} It prints its URL and token, and ends with Ctrl-C.", common=[])
def gateway(params: Mapping[str, Any], _: Settings) -> None:
    if any(find_spec(name) is None for name in ("starlette", "uvicorn")):
        raise NotAvailable("the local gateway is not installed: pip install 'lowcodeapi-baseten[testing]'")
    given = {name: list(value) or None if isinstance(value, tuple) else value for name, value in params.items()}
    click.get_current_context().exit(testing.serve(given))
