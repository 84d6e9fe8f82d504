"""A table of cases in one test, for rows that need no fixture of their own: each takes less time than a test does."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any


def check_each(rows: Iterable[Any], check: Callable[..., None]) -> None:
    """Check every row, a tuple of arguments or one of them. Fails with all rows that failed."""
    failed = []
    for row in rows:
        try:
            check(*row) if isinstance(row, tuple) else check(row)
        except AssertionError as error:
            failed.append(f"{row!r:.300}:\n{error}")
    assert not failed, "\n\n".join(failed)
