"""Progress of a wait: on standard error, one line per change, and only if somebody reads it."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

import click

from .exits import say
from .settings import Seconds, Settings


def pace_options() -> list[click.Option]:
    """Options for how often to poll."""
    about = "Seconds between the first two looks; later ones are further apart (default: 1)."
    return [click.Option(["--interval"], type=Seconds(), metavar="SECONDS", help=about)]


def pace_of(interval: float | None, settings: Settings, name: str) -> dict[str, Any]:
    """The arguments common to all waits; those not given keep the wait's default."""
    given: dict[str, Any] = {"on_change": teller(settings, name)}
    if interval is not None:
        given.update(interval=interval, max_interval=max(interval, 10.0))
    if settings.timeout is not None:
        given["timeout"] = settings.timeout
    return given


def teller(settings: Settings, name: str) -> Callable[[Any], None]:
    """A callback for `on_change=`."""

    def tell(answer: Any) -> None:
        if settings.verbose or sys.stderr.isatty():
            say(f"{name}: {state_of(answer)}")

    return tell


def state_of(answer: Any) -> str:
    """The state in an answer about a request, a deployment, a job or an environment."""
    inner = getattr(answer, "training_job", None) or getattr(answer, "in_progress_promotion", None) or answer
    states = (getattr(inner, name, None) for name in ("status", "current_status"))
    return next((str(state) for state in states if state is not None), "no promotion in progress")
