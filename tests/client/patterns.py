"""Find regular expressions that take more than linear time by their structure, without running them.

Three structures are slow. Two unbounded repetitions match the same characters, and nothing between them excludes these:
then one run can be shared out in many ways. Two branches of a repetition begin alike. And a search starts again at
every character of a run, if an unbounded repetition and everything before it match those characters, and the rest can
fail.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from re import _constants as sre  # type: ignore[attr-defined]
from re import _parser as parser  # type: ignore[attr-defined]
from typing import Any, NamedTuple

_ALL = frozenset(range(0x300))
"""The characters by which patterns are compared."""
_KNOWN: dict[object, frozenset[int]] = {}
"""The characters of items that were met before: most patterns are made of the same ones."""
_BOUND = 1000
"""More repetitions than that count as unbounded."""


class Part(NamedTuple):
    """One step of a pattern: its characters, True if it may match none, and True if it repeats unboundedly."""

    characters: frozenset[int]
    is_nullable: bool
    is_unbounded: bool


class _Alike(Exception):
    """Two branches of a repetition begin alike."""


def slow(pattern: re.Pattern[Any], *, is_searched: bool) -> str | None:
    """The reason why the pattern may take more than linear time, or None."""
    try:
        sequences = list(_sequences(parser.parse(pattern.pattern, pattern.flags), pattern))
    except _Alike:
        return "two branches of a repetition begin alike"
    for sequence in sequences:
        for index, part in enumerate(sequence):
            if not part.is_unbounded:
                continue
            if any(part.characters & other.characters for other in _reached(part, sequence[index + 1 :])):
                return "two repetitions share out one run"
            before = [step for step in sequence[:index] if not step.is_nullable]
            can_fail = any(not step.is_nullable for step in sequence[index + 1 :])
            if is_searched and can_fail and all(step.characters & part.characters for step in before):
                return "a search begins anew within the run of a repetition"
    return None


def _reached(part: Part, following: list[Part]) -> Iterator[Part]:
    """The following repetitions, up to a character that this one does not match."""
    for step in following:
        if step.is_unbounded:
            yield step
        if not step.is_nullable and not step.characters & part.characters:
            return


def _sequences(items: Any, pattern: re.Pattern[Any]) -> Iterator[list[Part]]:
    """Each way through the pattern; an unbounded repetition is passed twice in a row."""
    ways: list[list[Part]] = [[]]
    for item in items:
        ways = [[*way, *more] for way in ways for more in _ways(item, pattern)]
        assert len(ways) < 10_000, "too many ways to look at"
    yield from ways


def _ways(item: Any, pattern: re.Pattern[Any]) -> Iterator[list[Part]]:
    operation, value = item
    if operation in (sre.LITERAL, sre.NOT_LITERAL, sre.ANY, sre.IN):
        yield [Part(_characters(item, pattern), False, False)]
    elif operation in (sre.AT, sre.ASSERT, sre.ASSERT_NOT):
        yield []
    elif operation is sre.SUBPATTERN:
        yield from _sequences(value[-1], pattern)
    elif operation is sre.ATOMIC_GROUP:
        yield from _sequences(value, pattern)
    elif operation is sre.BRANCH:
        for branch in value[1]:
            yield from _sequences(branch, pattern)
    elif operation in (sre.MAX_REPEAT, sre.MIN_REPEAT, sre.POSSESSIVE_REPEAT):
        yield from _repeated(value, pattern)
    else:
        raise AssertionError(f"{operation} is not looked at yet")


def _repeated(repeat: tuple[int, int, Any], pattern: re.Pattern[Any]) -> Iterator[list[Part]]:
    least, most, items = repeat
    is_unbounded = most > _BOUND
    if len(items) == 1 and items[0][0] in (sre.LITERAL, sre.NOT_LITERAL, sre.ANY, sre.IN):
        yield [Part(_characters(items[0], pattern), least == 0, is_unbounded)]
        return
    every = list(_sequences(items, pattern))
    if is_unbounded and any(one[0].characters & two[0].characters for one, two in itertools.combinations(every, 2)):
        raise _Alike
    for way in every:
        yield way if most == 1 else [*way, *way]
    if least == 0:
        yield []


def _characters(item: Any, pattern: re.Pattern[Any]) -> frozenset[int]:
    key = repr(item), pattern.flags, isinstance(pattern.pattern, bytes)
    if key not in _KNOWN:
        state = parser.State()
        state.flags, state.str = pattern.flags, pattern.pattern
        compiled = re._compiler.compile(parser.SubPattern(state, [item]), pattern.flags)  # type: ignore[attr-defined]
        sign: Any = (lambda code: bytes([code])) if isinstance(pattern.pattern, bytes) else chr
        signs = range(256) if isinstance(pattern.pattern, bytes) else _ALL
        _KNOWN[key] = frozenset(code for code in signs if compiled.fullmatch(sign(code)))
    return _KNOWN[key]
