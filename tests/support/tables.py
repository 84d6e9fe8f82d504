"""Many rows in one test: a row costs much less than a test of its own, if none needs isolation.

Write `@one_test` above `@pytest.mark.parametrize`; without that line each row is a test, which can be run alone. Call
`check_each` inside a test for rows that are checked at the same time, or share what the test has opened.
"""

from __future__ import annotations

import functools
import inspect
import itertools
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

import pytest

T = TypeVar("T")


def check_each(rows: Iterable[T], check: Callable[[T], object], *, at_once: int = 1) -> None:
    """Check every row inside a test, so many at a time. Fails with the errors of all that failed, each with its row.

    If none failed, but some were skipped, the test is skipped at its end.
    """
    skipped: list[BaseException] = []

    def problem(row: T) -> BaseException | None:
        try:
            check(row)
        except pytest.skip.Exception as error:
            skipped.append(error)
        except (Exception, pytest.fail.Exception) as error:
            error.add_note(f"with {_shown(row)}")
            return error
        return None

    if at_once == 1:
        found = list(map(problem, rows))
    else:
        with ThreadPoolExecutor(at_once) as threads:
            found = list(threads.map(problem, rows))
    if problems := [error for error in found if error is not None]:
        raise BaseExceptionGroup(f"{len(problems)} of {len(found)} rows failed", problems)
    if skipped:
        raise skipped[0]


def one_test(test: Callable[..., None]) -> Callable[..., None]:
    """Make one test of a parametrized one. Its rows share their fixtures, but for `monkeypatch`."""
    marks: list[pytest.Mark] = getattr(test, "pytestmark", [])
    rows = [_rows(mark) for mark in marks if mark.name == "parametrize"]
    merged = [functools.reduce(lambda one, other: one | other, row) for row in itertools.product(*rows)]
    assert merged, "there is nothing to test"

    @functools.wraps(test)
    def whole(**fixtures: Any) -> None:
        def check(row: dict[str, Any]) -> None:
            with pytest.MonkeyPatch.context() as patch:
                own = {"monkeypatch": patch} if "monkeypatch" in fixtures else {}
                test(**row, **{**fixtures, **own})

        check_each(merged, check)

    signature = inspect.signature(test)
    left = [given for name, given in signature.parameters.items() if name not in merged[0]]
    whole.__dict__["__signature__"] = signature.replace(parameters=left)
    whole.__dict__["pytestmark"] = [mark for mark in marks if mark.name != "parametrize"]
    return whole


def _rows(mark: pytest.Mark) -> list[dict[str, Any]]:
    """The rows of a `parametrize`."""
    names, values = mark.args
    names = [name.strip() for name in names.split(",")] if isinstance(names, str) else list(names)
    rows = [value.values if hasattr(value, "marks") else value if len(names) > 1 else [value] for value in values]
    return [dict(zip(names, row, strict=True)) for row in rows]


def _shown(row: object) -> str:
    try:
        return f"{row!r:.300}"
    except ValueError:  # a number of more digits than Python writes
        return f"a {type(row).__name__} with a number too long to write"
