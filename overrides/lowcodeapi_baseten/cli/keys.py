"""`keys rotate`: replace an API key; the old one is deleted only after the new one is stored."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import click

from ..signatures import members_of
from . import output, private
from .commands import Argument, Command, Group
from .dry_run import Request, rehearse
from .overview import WORKFLOWS
from .settings import Settings, common_options
from .text import say
from .values import Json, OneOf


def command() -> click.Command:
    """`keys`."""
    rotate = Command(
        "rotate",
        _rotate,
        [
            Argument("prefix", "Prefix of the key that is replaced: the part before the dot"),
            click.Option(["--to"], metavar="FILE", help="Write the new key to a file that only you can read."),
            click.Option(["--exec", "program"], metavar="COMMAND", help="Give the new key to a command, on its input."),
            click.Option(["--type"], type=OneOf(members_of("APIKeyCategory")), help="Default: as the old one."),
            click.Option(["--name"], help="Default: as the old one."),
            click.Option(["--model-ids"], type=Json(), help="Default: as the old one."),
        ],
        summary="Create a key, hand it over, then delete the old one.",
        description="Without --to and --exec the new key is printed. If anything fails, the old key stays, and the "
        "error says which keys exist. The key that the gateway itself uses is stored in the LowCodeAPI "
        "account: change it there too.",
        common=common_options(is_destructive=True),
    )
    return Group("keys", help=WORKFLOWS["keys"], commands=[rotate])


def _rotate(params: Mapping[str, Any], settings: Settings) -> None:
    prefix = params["prefix"]
    if params["to"] and params["program"]:
        raise click.UsageError("give --to or --exec, not both", click.get_current_context())
    named = {name: params[name] for name in ("type", "name", "model_ids") if params[name] is not None}
    requests: list[Request] = [
        ("api_keys.list", [], {}),
        ("api_keys.create", [], {"type": "OF_THE_OLD_KEY", **named}),
        ("api_keys.delete", [], {"prefix": prefix}),
    ]
    if rehearse(requests, settings):
        return
    with settings.client() as client:
        settings.confirm(f"keys rotate {prefix}")
        rotation = client.api_keys.rotate(prefix, hand_over=_hand_over(params, settings), **named)
    if params["to"] or params["program"]:
        output.show({"prefix": rotation.prefix, "old_prefix": rotation.old_prefix}, settings)
    else:
        say(f"{rotation.old_prefix} is deleted; {rotation.prefix} takes its place")


def _hand_over(params: Mapping[str, Any], settings: Settings) -> Callable[[Any], None]:
    def to_file(key: Any) -> None:
        private.write(Path(params["to"]), f"{key.api_key}\n")

    def to_program(key: Any) -> None:
        subprocess.run(params["program"], shell=True, input=f"{key.api_key}\n", text=True, check=True)

    def to_output(key: Any) -> None:
        output.show(key, settings)
        # Notice a closed pipe here, while the old key still works.
        sys.stdout.flush()

    return to_file if params["to"] else to_program if params["program"] else to_output
