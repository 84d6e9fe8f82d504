"""`logout`: remove a token from the system's keyring."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import click

from . import output, profiles
from .commands import Command
from .overview import WORKFLOWS
from .settings import Settings, profile_options


def command() -> click.Command:
    """`logout`."""
    return Command("logout", _logout, [], summary=WORKFLOWS["logout"], common=profile_options())


def _logout(_: Mapping[str, Any], settings: Settings) -> None:
    output.show({"removed": profiles.remove(settings.profile)}, settings)
