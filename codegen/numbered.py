"""Names with a number behind them, which the parser never takes for one another, and names without these again."""

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
    """What tokens stand for, by their numbers. The number of a token depends on what else the document says."""

    _tokens: dict[str, tuple[str, str]]

    @classmethod
    def of(cls, tokens: Mapping[str, str]) -> Numbers:
        """`tokens` are what stands for something, and what it stands for."""
        parts = ((token.rpartition("_n"), meaning) for token, meaning in tokens.items())
        return cls({number: (pascal_case(stem).lower(), meaning) for (stem, _, number), meaning in parts})

    def read(self, name: str) -> tuple[str, tuple[str, ...]]:
        """The name of a class without the numbers of tokens in it, and what these stand for.

        Only after its own stem `N7` is the seventh token's: another's number belongs to its name.
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
        """A text without the numbers in the names of classes in it."""
        return _WORD.sub(lambda match: self.read(match[0])[0], text)
