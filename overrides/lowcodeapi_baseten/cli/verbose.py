"""The package's log on standard error, and for `-v` each request."""

from __future__ import annotations

import logging
import sys
from typing import Any

from ..hooks import RequestEvent, ResponseEvent
from .text import clean, say


def show_log(verbose: bool) -> None:
    """Send the package's log to standard error: its warnings, and with -v its retries and fallbacks too."""
    log = logging.getLogger("lowcodeapi_baseten")
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_OneLine())
    log.handlers, log.propagate = [handler], False
    log.setLevel(logging.INFO if verbose else logging.WARNING)


class _OneLine(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        """Level and message; no traceback, whose frames hold bodies."""
        return clean(f"{record.levelname.lower()}: {record.getMessage()}")


def hooks() -> dict[str, Any]:
    """The client's options that show each request: no query, body or token."""
    return {"on_request": _show_request, "on_response": _show_response}


def _show_request(event: RequestEvent) -> None:
    probe = "" if event.purpose == "call" else ", to learn which format is served"
    say(f"> {event.method} {event.path} ({event.operation}, {event.format} format{probe})")


def _show_response(event: ResponseEvent) -> None:
    say(f"< {event.status_code or event.outcome} after {event.seconds:.2f} s")
