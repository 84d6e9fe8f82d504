"""`keys rotate`: replace an API key; the old one is deleted only after the new one is stored."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from ..signatures import members_of
from . import output
from .commands import Argument, Group, option, workflow
from .dry_run import Request, rehearse
from .keyrings import write_private
from .overview import WORKFLOWS
from .settings import Settings, common_options
from .text import say
from .values import Json, OneOf, misuse


@workflow(
    Argument("prefix", "Prefix of the key that is replaced: the part before the dot"),
    option("--to", "Write the new key to a file that only you can read.", metavar="FILE"),
    option("--exec program", "Give the new key to a command, on its input.", metavar="COMMAND"),
    option("--type", "Default: as the old one.", type=OneOf(members_of("APIKeyCategory"))),
    option("--name", "Default: as the old one."),
    option("--model-ids", "Default: as the old one.", type=Json()),
    summary="Create a key, hand it over, then delete the old one.",
    description="Without --to and --exec the new key is printed. If anything fails, the old key stays, and the "
    "error says which keys exist. The key that the gateway itself uses is stored in the LowCodeAPI "
    "account: change it there too.",
    common=common_options(is_destructive=True),
)
def rotate(params: Mapping[str, Any], settings: Settings) -> None:
    prefix = params["prefix"]
    if params["to"] and params["program"]:
        raise misuse("give --to or --exec, not both")
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
    def hand_over(key: Any) -> None:
        text = f"{key.api_key}\n"
        if params["to"]:
            write_private(Path(params["to"]), text)
        elif params["program"]:
            subprocess.run(params["program"], shell=True, input=text, text=True, check=True)
        else:
            output.show(key, settings)
            # Notice a closed pipe here, while the old key still works.
            sys.stdout.flush()

    return hand_over


def keys() -> Group:
    """`keys`."""
    return Group("keys", help=WORKFLOWS["keys"], commands=[rotate()])
