"""`whoami`: which account the commands use, and a proof that its token works."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import click

from . import output
from .commands import Command
from .overview import WORKFLOWS
from .settings import Settings, common_options


def command() -> click.Command:
    """`whoami`."""
    return Command(
        "whoami",
        _whoami,
        [],
        summary=WORKFLOWS["whoami"],
        description="The models are listed once, to see if the token works. No part of the token is shown.",
        common=common_options(has_dry_run=False),
    )


def _whoami(_: Mapping[str, Any], settings: Settings) -> None:
    from ..errors import LowCodeAPIError
    from ..memory import Memory

    account = settings.account()
    with settings.client(max_retries=0) as client:
        base_url = f"{client._plan.origin}{client._plan.prefix}"
        memory = Memory.of_user()
        known = {
            "profile": account.profile,
            "base_url": base_url,
            "token": f"from {account.source}",
            "url_format": memory.recall(base_url)[0] if memory else None,
        }
        try:
            client.models.list()
        except LowCodeAPIError:
            output.show({**known, "works": False}, settings)
            raise
    output.show({**known, "works": True}, settings)
