"""Evaluate the JSONPath of an overlay's action, in a bounded number of steps."""

from __future__ import annotations

from collections.abc import Coroutine
from typing import Any, Final

import jsonpath

from ..document.reading import clipped
from ..document.shape import Json

Match = jsonpath.JSONPathMatch

MAX_LENGTH: Final = 10_000
MAX_STEPS: Final = 300_000


class Unreadable(Exception):
    """The reason why a JSONPath can't be evaluated."""


def found(target: str, document: Json, *, steps: int = MAX_STEPS) -> list[Match]:
    """The matches of a target, in the order of the document.

    Raises `Unreadable` for an invalid JSONPath, for one with a regular expression, and for one that takes more than
    `steps` steps: a step is a visited node, or a comparison.
    """
    if len(target) > MAX_LENGTH:
        raise Unreadable(f"a JSONPath of more than {MAX_LENGTH:,} characters")
    try:
        return _run(_matches(_Bounded(steps), target, document))
    except _TooMany:
        raise Unreadable(f"the JSONPath takes more than {steps:,} steps; name what it shall fit") from None
    except (jsonpath.JSONPathError, RecursionError, ValueError) as error:
        said = error.message if isinstance(error, jsonpath.JSONPathError) else error
        raise Unreadable(f"no readable JSONPath: {clipped(str(said))}") from None


async def _matches(environment: _Bounded, target: str, document: Json) -> list[Match]:
    # Only the library's asynchronous half counts with `match_class`.
    return [match async for match in await environment.finditer_async(target, document)]


def _run(matches: Coroutine[None, None, list[Match]]) -> list[Match]:
    """Run a coroutine that never waits."""
    try:
        matches.send(None)
    except StopIteration as done:
        return list(done.value)
    raise AssertionError("it waits")


class _TooMany(Exception):
    """No steps are left."""


class _Bounded(jsonpath.JSONPathEnvironment):
    """RFC 9535 with its steps counted, and without regular expressions: one alone can take for ever, in one step."""

    def __init__(self, steps: int) -> None:
        super().__init__(strict=True)
        self._left = steps
        bounded = self

        class Counted(jsonpath.JSONPathMatch):
            def __init__(self, **given: Any) -> None:
                bounded.count()
                super().__init__(**given)

        self.match_class = Counted

    def count(self) -> None:
        self._left -= 1
        if self._left < 0:
            raise _TooMany

    def setup_function_extensions(self) -> None:
        super().setup_function_extensions()
        for name in ("match", "search"):
            del self.function_extensions[name]

    def compare(self, left: object, operator: str, right: object) -> bool:
        self.count()
        return super().compare(left, operator, right)
