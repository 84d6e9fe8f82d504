"""Find an operation by words. Endings are forgiven; no index is kept."""

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
_EMPTY = frozenset({"all", "and", "for", "how", "the", "with"})
_ENDING = re.compile(r"(?<=...)(ings?|ed|es|s|e)\Z")
_LEAST = 3  # characters of a word that says something


def found(query: str, operations: Iterable[str], most: int) -> list[str]:
    """The operations that fit best, best first; all of them, up to `most`, if the query has no word."""
    said: list[str] = re.findall(r"[a-z0-9]+", query[:500].lower())
    meant = [_MEANT.get(word, word) for word in said if len(word) >= _LEAST and word not in _EMPTY]
    words = [_ENDING.sub("", word) for word in meant]
    scored = [(sum(_score(word, operation) for word in words), operation) for operation in operations]
    if words:
        scored = [pair for pair in scored if pair[0]]
    return [operation for _, operation in sorted(scored, key=lambda pair: -pair[0])][:most]


def _score(word: str, operation: str) -> int:
    """A word counts most in the name, then in the summary, then elsewhere; twice where another word begins with it."""
    known = [(weight, text) for weight, text in _texts(operation) if word in text]
    return sum(weight * 2 if re.search(rf"\b{word}", text) else weight for weight, text in known)


@cache
def _texts(operation: str) -> tuple[tuple[int, str], ...]:
    known = signature(operation)
    names = " ".join(field.name for field in (*known.path, *known.fields))
    texts = ((4, operation), (2, known.summary), (1, f"{known.description} {names}"))
    return tuple((weight, text.lower().replace("_", " ")) for weight, text in texts)
