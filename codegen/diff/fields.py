"""Match the fields of two versions of an object: same, removed, added, or probably renamed."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import attrs

_ALIKE = 0.6


@attrs.frozen
class Matched:
    """Names that stayed, (old, new) names that were probably renamed, names that went, names that came."""

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
    known: Iterable[tuple[str, str]] = (),
) -> Matched:
    """Match names. A renamed field has an equal value, and a similar name or the same description.

    `known` lists certain renames, even where another field now has the old name or had the new one before. Exchanging
    old and new mirrors the result.
    """
    renamed = list(known)
    exchanged = [set(names) for names in zip(*renamed, strict=True)] or [set(), set()]
    before = [name for name in old if name not in exchanged[0]]
    after = [name for name in new if name not in exchanged[1]]
    old_names, new_names = set(before), set(after)
    same = [name for name in before if name in new_names]
    removed = [name for name in before if name not in new_names]
    added = [name for name in after if name not in old_names]
    candidates = [
        (_likeness(gone, come, text_of_old(gone), text_of_new(come)), gone, come)
        for gone in removed
        for come in added
        if of_old(gone) == of_new(come)
    ]
    candidates.sort(key=lambda row: (-row[0], sorted(row[1:])))
    for likeness, gone, come in candidates:
        if likeness >= _ALIKE and gone in removed and come in added:
            renamed.append((gone, come))
            removed.remove(gone)
            added.remove(come)
    return Matched(tuple(same), tuple(sorted(renamed)), tuple(removed), tuple(added))


def respelled(old: Mapping[str, str], new: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    """The (old, new) names of fields that were renamed. Both arguments map a name to the field it stands for."""
    now = {meant: name for name, meant in new.items()}
    pairs = ((name, now[meant]) for name, meant in old.items() if meant in now)
    return tuple((was, name) for was, name in pairs if was != name)


def _likeness(old: str, new: str, old_text: str, new_text: str) -> float:
    if old_text and old_text == new_text:
        return 1.0
    one, other = old.lower(), new.lower()
    # The ratio depends on the order of its arguments.
    return max(difflib.SequenceMatcher(None, *pair).ratio() for pair in ((one, other), (other, one)))
