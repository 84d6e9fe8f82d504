"""A sentence made of our own words and of values from a document, kept apart until a form is chosen.

Each form (terminal, Markdown, HTML, workflow command) has its own way to make a value harmless. So a value is never
pasted into a sentence: it stays a part of its own, marked as such.
"""

from __future__ import annotations

import json
import string
from collections.abc import Callable, Mapping
from typing import Any

import attrs

LONGEST = 200


class Words(str):
    """Text of our own, which may stand in a sentence as it is."""


class Missing:
    """Stands for a value that is not there; JSON's null is a value."""

    def __repr__(self) -> str:
        return "MISSING"

    def __deepcopy__(self, memo: object) -> Missing:
        return self


MISSING = Missing()


@attrs.frozen
class Sentence:
    """The parts in order: (is a value, text)."""

    parts: tuple[tuple[bool, str], ...]

    def shown(self, words: Callable[[str], str], value: Callable[[str], str]) -> str:
        """The whole, each part as the form wants it."""
        return "".join(value(text) if is_value else words(text) for is_value, text in self.parts)

    def then(self, other: Sentence) -> Sentence:
        """This sentence and another after it."""
        return Sentence((*self.parts, (False, " "), *other.parts))

    def plain(self) -> str:
        """The whole, with values between backticks."""
        return self.shown(str, lambda text: f"`{text}`")


def sentence(template: str, values: Mapping[str, Any]) -> Sentence:
    """Fill a template's `{name}`s. `Words` become words, a sentence its parts, everything else a value."""
    parts: list[tuple[bool, str]] = []
    for words, name, _, _ in string.Formatter().parse(template):
        if words:
            parts.append((False, words))
        if name is not None:
            value = values[name]
            if isinstance(value, Sentence):
                parts += value.parts
                continue
            parts.append((False, str(value)) if isinstance(value, Words) else (True, shown(value)))
    return Sentence(tuple(part for part in parts if part[1]))


def shown(value: Any) -> str:
    """A value on one line, its middle left out where it is long."""
    if isinstance(value, Missing):
        return "nothing"
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, sort_keys=True)
    text = visible(text)
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 60]}…{text[-59:]}"


def visible(text: str) -> str:
    """The text with everything escaped that a terminal would obey or that can't be seen."""
    return "".join(char if char.isprintable() else char.encode("unicode_escape").decode("ascii") for char in text)
