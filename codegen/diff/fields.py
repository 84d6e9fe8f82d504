"""The fields of two versions of an object: the same, gone, new, or likely one of them renamed."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable
from typing import Any

import attrs

_ALIKE = 0.6


@attrs.frozen
class Matched:
    """Names that stayed, names as (old, new) that were likely exchanged, names that went and that came."""

    same: tuple[str, ...]
    renamed: tuple[tuple[str, str], ...]
    removed: tuple[str, ...]
    added: tuple[str, ...]


def match(
    old: Iterable[str],
    new: Iterable[str],
    *,
    of_old: Callable[[str], Any],
    of_new: Callable[[str], Any],
    text_of_old: Callable[[str], str] = lambda name: "",
    text_of_new: Callable[[str], str] = lambda name: "",
) -> Matched:
    """Match names. A renamed field has an equal value, and a name or a description much like the old one.

    The result is the same, mirrored, when old and new are exchanged.
    """
    before, after = list(old), list(new)
    same = [name for name in before if name in set(after)]
    removed = [name for name in before if name not in set(same)]
    added = [name for name in after if name not in set(same)]
    candidates = [
        (_likeness(gone, come, text_of_old(gone), text_of_new(come)), gone, come)
        for gone in removed
        for come in added
        if of_old(gone) == of_new(come)
    ]
    candidates.sort(key=lambda row: (-row[0], sorted(row[1:])))
    renamed: list[tuple[str, str]] = []
    for likeness, gone, come in candidates:
        if likeness >= _ALIKE and gone in removed and come in added:
            renamed.append((gone, come))
            removed.remove(gone)
            added.remove(come)
    return Matched(tuple(same), tuple(sorted(renamed)), tuple(removed), tuple(added))


def _likeness(old: str, new: str, old_text: str, new_text: str) -> float:
    if old_text and old_text == new_text:
        return 1.0
    one, other = old.lower(), new.lower()
    # The ratio depends on the order of its arguments.
    return max(difflib.SequenceMatcher(None, *pair).ratio() for pair in ((one, other), (other, one)))
