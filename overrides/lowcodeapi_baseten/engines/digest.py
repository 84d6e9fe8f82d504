"""Tells one input from another, without keeping it."""

from __future__ import annotations

import contextlib
import hashlib
import json
from typing import Any


def digest(value: Any) -> int:
    """64 bits that are the same for the same input, in any run."""
    with contextlib.suppress(TypeError, ValueError):
        value = _SORTED.encode(value)
    return int.from_bytes(hashlib.blake2b(repr(value).encode(errors="surrogatepass"), digest_size=8).digest(), "big")


def _as_data(value: Any) -> Any:
    return value.to_dict() if hasattr(value, "to_dict") else str(value)


_SORTED = json.JSONEncoder(sort_keys=True, default=_as_data)
