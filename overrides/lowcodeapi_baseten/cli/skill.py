"""`skill`: print `SKILL.md`, which teaches an AI agent when to use which command or tool."""

from __future__ import annotations

from collections.abc import Mapping
from importlib.resources import files
from typing import Any

import click

from .commands import Command
from .overview import WORKFLOWS
from .settings import Settings


def command() -> click.Command:
    """`skill`."""
    return Command("skill", _skill, [], summary=WORKFLOWS["skill"], common=[])


def _skill(_: Mapping[str, Any], __: Settings) -> None:
    print(files("lowcodeapi_baseten.agents").joinpath("SKILL.md").read_text(encoding="utf-8"), end="")
