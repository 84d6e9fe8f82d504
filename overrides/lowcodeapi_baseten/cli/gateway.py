"""`gateway`: the local gateway, until Ctrl-C."""

from __future__ import annotations

from importlib.util import find_spec

import click

from .commands import HELP
from .exits import NotAvailable
from .overview import PROGRAM, WORKFLOWS


def command() -> click.Command:
    """`gateway`, with the options of `python -m lowcodeapi_baseten.testing`."""
    return _Gateway(
        "gateway",
        params=[click.Argument(["options"], nargs=-1, type=click.UNPROCESSED)],
        context_settings={**HELP, "ignore_unknown_options": True, "allow_interspersed_args": False},
        short_help=WORKFLOWS["gateway"],
        add_help_option=False,
    )


class _Gateway(click.Command):
    def invoke(self, ctx: click.Context) -> None:
        """Run it."""
        from ..testing import __main__ as testing

        options: tuple[str, ...] = ctx.params["options"]
        described = testing.parser()
        described.prog = f"{PROGRAM} {self.name}"
        # Its errors end the process with 2, its help with 0.
        described.parse_args(options)
        if any(find_spec(name) is None for name in ("starlette", "uvicorn")):
            raise NotAvailable("the local gateway is not installed: pip install 'lowcodeapi-baseten[testing]'")
        ctx.exit(testing.main(options))
