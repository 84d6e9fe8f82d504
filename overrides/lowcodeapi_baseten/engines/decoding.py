"""JSON → values: the standard library's, several times as fast where msgspec (extra `fast`) is installed.

Not orjson: it silently makes a float of an integer of more than 64 bits. What msgspec doesn't read (NaN, 1e400, a lone
surrogate, a byte-order mark, UTF-16) is left to the standard library, which decides.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import cache
from typing import Any


def loads(body: bytes) -> Any:
    """What `json.loads` makes of it. Raises `ValueError` and `RecursionError` as that does."""
    return _decoder()(body)


@cache
def _decoder() -> Callable[[bytes], Any]:
    try:
        import msgspec
    except ImportError:
        return json.loads
    decode, refused = msgspec.json.Decoder().decode, (msgspec.DecodeError, ValueError, RecursionError)

    def decoded(body: bytes) -> Any:
        try:
            return decode(body)
        except refused:
            return json.loads(body)

    return decoded
