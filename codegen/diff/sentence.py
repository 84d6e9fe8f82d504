"""Sentences that keep our own words apart from values of a document until a form is chosen.

Each form (terminal, Markdown, HTML, workflow command) escapes values in its own way. So a value is never pasted into
a sentence: it stays a separate part, marked as a value.
"""

from __future__ import annotations

import json
import string
from collections.abc import Callable, Mapping
from typing import Any

import attrs

from ..document.reading import visible

LONGEST = 200


class Words(str):
    """Our own text, which needs no escaping in a sentence."""


class Missing:
    """Stands for a missing value. JSON's null is a value."""

    def __repr__(self) -> str:
        return "MISSING"


MISSING = Missing()


@attrs.frozen
class Sentence:
    """The parts in order: (is a value, text)."""

    parts: tuple[tuple[bool, str], ...]

    def shown(self, words: Callable[[str], str], value: Callable[[str], str]) -> str:
        """The whole sentence, each part formatted by the form's functions."""
        return "".join(value(text) if is_value else words(text) for is_value, text in self.parts)

    def then(self, other: Sentence) -> Sentence:
        """This sentence followed by another."""
        return Sentence((*self.parts, (False, " "), *other.parts))

    def plain(self) -> str:
        """The whole sentence, with values in backticks."""
        return self.shown(str, lambda text: f"`{text}`")


def sentence(template: str, values: Mapping[str, Any]) -> Sentence:
    """Fill a template's `{name}`s. `Words` stay words, a sentence adds its parts, everything else becomes a value."""
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
    """A value on one line. The middle of a long value is left out."""
    if isinstance(value, Missing):
        return "nothing"
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, sort_keys=True)
    text = visible(text)
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 60]}…{text[-59:]}"
