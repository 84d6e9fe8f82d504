"""Names of an enum's members, each made from its value."""

from __future__ import annotations

import re
from collections.abc import Iterable

from .names import Free, identifier, snake_case

# The meaning of a sign before or after a word, or in a value of nothing but signs.
_AROUND_A_WORD = "-:minus +:plus <:less_than >:greater_than =:equal !:not ~:about"
_ONLY_ALONE = """
*:asterisk /:slash %:percent &:and |:or ^:caret #:hash $:dollar @:at ?:question_mark .:dot ,:comma ;:semicolon
_:underscore
"""
_SIGNS = {pair[0]: pair[2:] for pair in f"{_AROUND_A_WORD} {_ONLY_ALONE}".split()} | {":": "colon"}
_LONGEST_ALONE = 4
_AROUND = re.compile(r"([-+<>=!~]{0,2})(.*?)([-+]{0,2})", re.DOTALL)


def members(values: Iterable[str | int]) -> dict[str, str | int]:
    """The values by the names of their members, in their order.

    If several would share a name, the value spelled like it gets it; the others get numbers.
    """
    listed = list(values)
    # A value spelled like its name comes first, since the name means that value.
    by_turn = sorted(range(len(listed)), key=lambda index: str(listed[index]).upper() != member(listed[index]))
    named: dict[int, str] = {}
    free = Free(())
    for index in by_turn:
        name = member(listed[index])
        named[index] = free.take(name if name in free else f"{name}_{index}")
    return {named[index]: value for index, value in enumerate(listed)}


def member(value: str | int) -> str:
    """The name of an enum's member: `in-progress` → `IN_PROGRESS`, 3 → `VALUE_3`, `-created` → `MINUS_CREATED`."""
    if isinstance(value, int):
        return f"VALUE_{'NEGATIVE_' if value < 0 else ''}{abs(value)}"
    return identifier(snake_case(_spelled(value.strip()).lower()), fallback="value").upper()


def _spelled(value: str) -> str:
    """The value with words for the signs that distinguish it from others."""
    if len(value) <= _LONGEST_ALONE and all(char in _SIGNS for char in value):
        return " ".join(_SIGNS[char] for char in value)
    match = _AROUND.fullmatch(value)
    if match is None or not match[2].strip("-+<>=!~"):
        return value
    return " ".join([*(_SIGNS[char] for char in match[1]), match[2], *(_SIGNS[char] for char in match[3])])
