"""Find the line of a JSON document that a JSON pointer leads to."""

from __future__ import annotations

import functools
import json
import re
from json.decoder import JSONDecodeError

_SPACE = re.compile(r"[ \t\r\n]*")
_DECODER = json.JSONDecoder()


def line_of(text: str, pointer: str) -> int:
    """The line, from 1, of the value at a pointer, or of the deepest existing part of it. 1 if the text is not JSON."""
    keys = [key.replace("~1", "/").replace("~0", "~") for key in pointer.split("/")[1:]]
    at = _skip(text, 0)
    try:
        for key in keys:
            inner = _into(text, at, key)
            if inner is None:
                break
            at = inner
    except (JSONDecodeError, IndexError, RecursionError):
        return 1
    return text.count("\n", 0, at) + 1


def _into(text: str, at: int, key: str) -> int | None:
    """The offset of a key's value, or of the item at an index."""
    if text[at : at + 1] == "{":
        return _members(text, at).get(key)
    if text[at : at + 1] == "[" and key.isdigit() and int(key) < len(_items(text, at)):
        return _items(text, at)[int(key)]
    return None


@functools.lru_cache(maxsize=64)
def _members(text: str, at: int) -> dict[str, int]:
    """The offset of each value of an object. Cached: a report asks for many places in one object."""
    found: dict[str, int] = {}
    at = _skip(text, at + 1)
    while text[at] == '"':
        name, at = _DECODER.raw_decode(text, at)
        at = _skip(text, _skip(text, at) + 1)
        found[name] = at
        at = _skip(text, _DECODER.raw_decode(text, at)[1])
        if text[at] == ",":
            at = _skip(text, at + 1)
    return found


@functools.lru_cache(maxsize=64)
def _items(text: str, at: int) -> list[int]:
    """The offset of each item of a list."""
    found: list[int] = []
    at = _skip(text, at + 1)
    while text[at] != "]":
        found.append(at)
        at = _skip(text, _DECODER.raw_decode(text, at)[1])
        if text[at] == ",":
            at = _skip(text, at + 1)
    return found


def _skip(text: str, at: int) -> int:
    found = _SPACE.match(text, at)
    return found.end() if found else at
