"""`-v`: each request on standard error as it happens, and the package's log. No query, body or token is shown."""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from .text import clean, say

if TYPE_CHECKING:
    from ..workflows.hooks import RequestEvent, ResponseEvent


def hooks() -> dict[str, Callable[[Any], None]]:
    """Client options with hooks that print each request and answer. The log has the retries and fallbacks."""
    return {"on_request": _request, "on_response": _response}


def show_warnings(verbose: bool) -> None:
    """Send the package's log to standard error: its warnings, and with -v everything."""
    log = logging.getLogger("lowcodeapi_baseten")
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_OneLine())
    log.handlers, log.propagate = [handler], False
    log.setLevel(logging.INFO if verbose else logging.WARNING)


class _OneLine(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        """Level and message; no traceback, whose frames hold bodies."""
        return clean(f"{record.levelname.lower()}: {record.getMessage()}")


def _request(event: RequestEvent) -> None:
    probe = "" if event.purpose == "call" else ", to learn which format is served"
    say(f"> {event.method} {event.path} ({event.operation}, {event.format} format{probe})")


def _response(event: ResponseEvent) -> None:
    say(f"< {event.status_code or event.outcome} after {event.seconds:.2f} s")
