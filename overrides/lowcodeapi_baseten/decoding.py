"""JSON → values, as the standard library reads it; several times as fast if msgspec (extra `fast`) is installed.

Every engine uses it; it does not depend on the transport.

Not orjson: it silently turns an integer of more than 64 bits into a float. Input that msgspec rejects (NaN, 1e400, a
lone surrogate, a byte-order mark, UTF-16) goes to the standard library, which decides.
"""

from __future__ import annotations

import codecs
import json
from collections.abc import Callable
from typing import Any

# Set when the first engine is made: importing the package does not import msgspec.
_decode: Callable[[bytes], Any] | None = None


def look_up() -> None:
    """Import the decoder before anything is sent: by the time an answer is read, no file may be left to open."""
    if _decode is None:
        codecs.lookup("utf-16-be")  # codecs are modules too; redaction uses this one for the token in JSON escapes
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
