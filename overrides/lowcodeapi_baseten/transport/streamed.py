"""Which answers are handed on as they come."""

from __future__ import annotations

from typing import Any

from .body import header_map


def is_streamed(response: Any) -> bool:
    """Whether an answer is: no envelope, no error, no page, and not what must be inflated first."""
    headers = header_map(response.headers.raw)
    kind = headers.get("content-type", "").partition(";")[0].strip().lower()
    is_whole = kind in {"", "application/json", "text/html"} or kind.endswith("+json")
    is_plain = headers.get("content-encoding", "identity").strip().lower() == "identity"
    return 200 <= response.status_code < 300 and not is_whole and is_plain
