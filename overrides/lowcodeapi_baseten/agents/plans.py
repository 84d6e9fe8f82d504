"""Two steps for what changes things: a plan is shown first, and its digest carries it out once."""

from __future__ import annotations

import hashlib
import json
import secrets
import time
from collections.abc import Callable
from typing import Any

from ..errors import InvalidParameterError

SECONDS = 600.0
_MOST = 100  # open plans; the oldest is forgotten


class Plans:
    """The open plans of a server. A digest is good for one call, its own arguments, and ten minutes."""

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._open: dict[str, float] = {}  # a digest, and the end of its time

    def made(self, operation: str, arguments: dict[str, Any]) -> str:
        """Remember a plan. Returns its digest, which nobody can make up: it begins with a random part."""
        nonce = secrets.token_hex(8)
        if len(self._open) >= _MOST:
            del self._open[next(iter(self._open))]
        digest = _digest(nonce, operation, arguments)
        self._open[digest] = self._now() + SECONDS
        return digest

    def redeem(self, digest: str, operation: str, arguments: dict[str, Any]) -> None:
        """Use up a plan. Raises `InvalidParameterError` if it is not for this call; nothing was sent."""
        until = self._open.pop(digest, None)
        if until is None:
            problem = "is not known: it was used before, is too old, or was made up"
        elif until < self._now():
            problem = f"is older than {SECONDS / 60:g} minutes"
        elif digest != _digest(digest.partition("-")[0], operation, arguments):
            problem = "belongs to other arguments"
        else:
            return
        raise InvalidParameterError("plan", f"{problem}; call again without plan to get a new one")


def _digest(nonce: str, operation: str, arguments: dict[str, Any]) -> str:
    text = json.dumps([nonce, operation, arguments], sort_keys=True)
    return f"{nonce}-{hashlib.sha256(text.encode()).hexdigest()[:32]}"
