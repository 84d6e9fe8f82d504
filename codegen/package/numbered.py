"""Number names so that the parser never confuses two, and remove the numbers again."""

from __future__ import annotations

import re
from collections.abc import Mapping

import attrs

from .names import pascal_case

_NUMBER = re.compile(r"N([0-9]+)(?=[A-Z]|$)")
_WORD = re.compile(r"[A-Za-z0-9]+")


def numbered(stem: str, number: int) -> str:
    """`create_n7`: the token of the stem."""
    return f"{stem}_n{number}"


@attrs.frozen
class Numbers:
    """The meanings of tokens, by number. A token's number depends on the rest of the document."""

    _tokens: dict[str, tuple[str, str]]

    @classmethod
    def of(cls, tokens: Mapping[str, str]) -> Numbers:
        """`tokens` maps each token to its meaning."""
        parts = ((token.rpartition("_n"), meaning) for token, meaning in tokens.items())
        return cls({number: (pascal_case(stem).lower(), meaning) for (stem, _, number), meaning in parts})

    def read(self, name: str) -> tuple[str, tuple[str, ...]]:
        """Return a class name without the numbers of tokens, and the meanings of these tokens.

        `N7` is the seventh token's only after that token's stem: otherwise the number belongs to the name.
        """
        meanings: list[str] = []

        def cut(match: re.Match[str]) -> str:
            stem, meaning = self._tokens.get(match[1], ("", ""))
            # The parser spells `1st` as `1St`.
            if not stem or not name[: match.start()].lower().endswith(stem):
                return match[0]
            meanings.append(meaning)
            return ""

        return _NUMBER.sub(cut, name), tuple(meanings)

    def cut(self, text: str) -> str:
        """Remove the numbers from class names in a text."""
        return _WORD.sub(lambda match: self.read(match[0])[0], text)
