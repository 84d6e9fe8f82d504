"""Find an operation by words. Short words and endings are forgiven; no index is kept."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache

from ..signatures import signature

# Words that users say, and the word that the operations have for it.
_MEANT = {
    "remove": "delete",
    "erase": "delete",
    "kill": "stop",
    "abort": "cancel",
    "run": "predict",
    "infer": "predict",
    "scale": "autoscaling",
    "resume": "wake",
    "start": "activate",
    "artifact": "download",
}
_EMPTY = frozenset({"a", "all", "an", "and", "for", "how", "i", "in", "is", "my", "of", "on", "the", "to", "with"})
_ENDING = re.compile(r"(ings?|ed|es|s|e)\Z")
_LEAST = 3  # characters of a word that may be a part of another one


def found(query: str, operations: Iterable[str], most: int) -> list[str]:
    """The operations that fit best, best first; all of them, up to `most`, if the query has no word."""
    words = [_stem(_MEANT.get(word, word)) for word in _words(query[:500]) if word not in _EMPTY]
    scored = [(sum(_score(word, operation) for word in words), operation) for operation in operations]
    if words:
        scored = [pair for pair in scored if pair[0]]
    return [operation for _, operation in sorted(scored, key=lambda pair: -pair[0])][:most]


def _score(word: str, operation: str) -> float:
    """A word counts most in the name, then in the summary, then elsewhere; a whole word more than a part."""
    total = 0.0
    for weight, words in _texts(operation):
        if word in words:
            total += weight
        elif len(word) >= _LEAST and any(word in other for other in words):
            total += weight / 2
    return total


@cache
def _texts(operation: str) -> tuple[tuple[float, frozenset[str]], ...]:
    known = signature(operation)
    names = " ".join(field.name for field in (*known.path, *known.fields))
    texts = ((4.0, operation), (2.0, known.summary), (1.0, f"{known.description} {names}"))
    return tuple((weight, frozenset(map(_stem, _words(text)))) for weight, text in texts)


def _words(text: str) -> list[str]:
    return re.findall(r"[a-z0-9]+", text.lower())


def _stem(word: str) -> str:
    return _ENDING.sub("", word) if len(word) > _LEAST + 1 else word
