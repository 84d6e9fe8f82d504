"""JSON → values, as the standard library reads it; several times as fast if msgspec (extra `fast`) is installed.

Every sender uses it.

Not orjson: it silently turns an integer of more than 64 bits into a float. Input that msgspec rejects (NaN, 1e400, a
lone surrogate, a byte-order mark, UTF-16) goes to the standard library, which decides.
"""

from __future__ import annotations

import codecs
import importlib
import json
from collections.abc import Callable
from typing import Any

# Set when the first sender is made: importing the package does not import msgspec.
_decode: Callable[[bytes], Any] | None = None


def look_up() -> None:
    """Import all that reading an answer takes before anything is sent: later, no file may be left to open."""
    if _decode is None:
        codecs.lookup("utf-16-be")  # codecs are modules too; redaction uses this one for the token in JSON escapes
        importlib.import_module("email.utils")  # for the date of a `retry-after`
        _looked_up()


def loads(body: bytes) -> Any:
    """Decode like `json.loads`. Raises `ValueError` and `RecursionError` as that does."""
    return (_decode or _looked_up())(body)


def _looked_up() -> Callable[[bytes], Any]:
    global _decode
    try:
        import msgspec
    except ImportError:
        _decode = json.loads
        return json.loads
    decode, refused = msgspec.json.Decoder().decode, (msgspec.DecodeError, ValueError, RecursionError)

    def decoded(body: bytes) -> Any:
        try:
            return decode(body)
        except refused:
            pass
        # Outside `except`, so that the standard library's error has no context.
        return json.loads(body)

    _decode = decoded
    return decoded
