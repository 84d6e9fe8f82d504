"""Recognize enums that are no enumeration: documentation in the place of values.

A value that is not listed is accepted all the same, so only what certainly is no value counts.
"""

from __future__ import annotations

import re

from .types import TYPES

_LONGEST = 200
_ALONE: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("the name of a type", re.compile(rf"^(?:{'|'.join(TYPES[:-1])})$")),
    ("a list in one text", re.compile(r",\s|\|")),
    ("a range", re.compile(r"^[<>]=?\s*-?[0-9.]+$|^-?[0-9.]+\s*(?:-|–|~|\.\.+|to)\s*-?[0-9.]+$")),
)
_ANY: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("a regular expression", re.compile(r"^\^.*[]$*+?(){}\\]|\[[^][]*-[^][]*\][+*{$]|\\[dwsb]")),
    ("a placeholder", re.compile(r"^<[^<>]+>$|^\{[^{}]+\}$|(?i:^your[ _-])|\.\.\.$|…")),
    ("a sentence, cut at its commas", re.compile(r"^\s|\s$|^(?:\S+\s+){7}|[a-z]\. [A-Z]")),
)


def no_enumeration(values: object) -> str | None:
    """The kind of documentation that an enum is, or None if it may be an enumeration."""
    listed = [value for value in values if value is not None] if isinstance(values, list) else []
    texts = [value for value in listed if isinstance(value, str)]
    if not texts or len(texts) < len(listed):
        return None
    if any(len(text) > _LONGEST for text in texts):
        return "a long text"
    said = list(dict.fromkeys(filter(None, texts)))
    if len(said) <= 1 and "" in texts:
        return "an empty text, beside an example" if said else "an empty text"
    for what, pattern in (*(_ALONE if len(said) == 1 else ()), *_ANY):
        if any(map(pattern.search, said)):
            return what
    return None
