"""Many cases in one test: a row costs much less than a test of its own, if no row needs isolation."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

import pytest

T = TypeVar("T")


def check_each(cases: Mapping[str, T], check: Callable[[T], object], *, at_once: int = 1) -> None:
    """Check every case, so many at a time. Fails with the errors of all that failed, each with its case's name."""

    def problem(name: str) -> BaseException | None:
        try:
            check(cases[name])
        except (Exception, pytest.fail.Exception) as error:
            error.add_note(f"in the case {name!r}")
            return error
        return None

    if at_once == 1:
        found = list(map(problem, cases))
    else:
        with ThreadPoolExecutor(at_once) as threads:
            found = list(threads.map(problem, cases))
    if problems := [error for error in found if error is not None]:
        raise BaseExceptionGroup(f"{len(problems)} of {len(cases)} cases failed", problems)
