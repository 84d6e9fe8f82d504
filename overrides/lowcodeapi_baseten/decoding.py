"""JSON → values, as the standard library reads it; several times as fast where msgspec (extra `fast`) is installed.

That goes for every engine: `transport` has no part in it.

Not orjson: it silently makes a float of an integer of more than 64 bits. What msgspec doesn't read (NaN, 1e400, a lone
surrogate, a byte-order mark, UTF-16) is left to the standard library, which decides.
"""

from __future__ import annotations

import codecs
import json
from collections.abc import Callable
from typing import Any

# Looked up when the first engine is made: importing the package imports no msgspec.
_decode: Callable[[bytes], Any] | None = None


def look_up() -> None:
    """Import what decodes, before anything is sent: where an answer is read there may be no file left to open."""
    if _decode is None:
        codecs.lookup("utf-16-be")  # a module of its own: what JSON escapes is looked for the token in
        _looked_up()


def loads(body: bytes) -> Any:
    """What `json.loads` makes of it. Raises `ValueError` and `RecursionError` as that does."""
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
        # Outside of `except`: an error of the standard library's is to have no context.
        return json.loads(body)

    _decode = decoded
    return decoded
