"""`commands`: every operation with its arguments, types, safety and routes, for programs and agents without MCP."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import click
from lowcodeapi_baseten_api.operations import OPERATIONS

from ..signatures import signature
from .commands import Command
from .overview import PROGRAM, WORKFLOWS, dashed
from .settings import Option, Settings
from .text import to_json


def command() -> click.Command:
    """`commands`."""
    as_json = Option(["--json", "as_json"], is_flag=True, help="JSON on a terminal too.")
    return Command("commands", _commands, [], summary=WORKFLOWS["commands"], common=[as_json])


def _commands(_: Mapping[str, Any], settings: Settings) -> None:
    if settings.form != "table":
        from ..agents.catalogue import entry

        print(to_json([{"command": _spelled(id_), **entry(id_)} for id_ in OPERATIONS]))
        return
    width = max(map(len, map(_spelled, OPERATIONS)))
    for id_, row in OPERATIONS.items():
        mark = "destructive" if row.is_destructive else row.safety
        print(f"{_spelled(id_).ljust(width)}  {mark:<11}  {signature(id_).summary}")


def _spelled(operation: str) -> str:
    return f"{PROGRAM} {dashed(operation.replace('.', ' '))}"
