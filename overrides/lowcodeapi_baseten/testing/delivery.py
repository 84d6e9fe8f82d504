"""Posting a webhook."""

from __future__ import annotations

import http.client
from collections.abc import Mapping
from urllib.parse import urlsplit

_SHOWN = 200  # bytes of the receiver's answer


def post(url: str, headers: Mapping[str, str], body: bytes, timeout: float) -> tuple[int | None, str]:
    """Posts one webhook. Returns the status and the start of the answer, or ``None`` and why nobody answered."""
    target = urlsplit(url)
    status, text = None, ""
    connection = http.client.HTTPConnection(target.hostname or "", target.port or 80, timeout=timeout)
    path = (target.path or "/") + (f"?{target.query}" if target.query else "")
    try:
        connection.request("POST", path, body, dict(headers))
        answer = connection.getresponse()
        status = answer.status
        text = answer.read(_SHOWN).decode("utf-8", "replace")
    except (OSError, http.client.HTTPException) as error:
        text = f"{type(error).__name__}: {error}"
    finally:
        connection.close()
    return status, text
