"""`doctor`: find problems in the set-up, and say how to fix them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import click

from . import diagnosis, exits
from .commands import Command
from .settings import Settings, common_options

_MARKS = {"ok": ("ok", "green"), "unknown": ("??", "yellow"), "warning": ("!!", "yellow"), "failed": ("no", "red")}


def command() -> click.Command:
    """`doctor`."""
    return Command(
        "doctor",
        _doctor,
        [],
        summary="Look for what is wrong with the set-up.",
        description="Versions, the token, the gateway, its URL format and envelope, the clock. Only reads are sent.",
        common=common_options(has_dry_run=False, timeout="Seconds for each request (default: 10)."),
    )


def _doctor(_: Mapping[str, Any], settings: Settings) -> None:
    findings = diagnosis.findings(settings)
    if settings.is_for_programs:
        from .text import to_json

        print(to_json([finding._asdict() for finding in findings]))
    else:
        _draw(findings)
    if code := next((finding.exit_code for finding in findings if finding.state == "failed"), exits.OK):
        click.get_current_context().exit(code)


def _draw(findings: list[diagnosis.Finding]) -> None:
    from rich.table import Table
    from rich.text import Text

    from .tables import console

    table = Table(box=None, show_header=False, pad_edge=False, padding=(0, 2, 0, 0))
    for finding in findings:
        mark, style = _MARKS[finding.state]
        text = Text(finding.detail)
        if finding.advice:
            text.append(f"\n{finding.advice}", style="bold")
        table.add_row(Text(mark, style=style), Text(finding.name), text)
    console().print(table)
