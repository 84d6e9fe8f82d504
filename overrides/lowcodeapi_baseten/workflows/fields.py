"""Read fields of an answer safely: any field may hold any JSON, whatever its type says."""

from __future__ import annotations

import re
from typing import Any, TypeVar

from ..errors import InvalidParameterError
from ..request import check_id

T = TypeVar("T")

LARGEST = 2**63 - 1
_DIGITS = re.compile(r"[0-9]{1,19}", re.ASCII)
_LONGEST_LINE = 300


def of(cls: type[T], value: object) -> T | None:
    """Return the value if it is an object of this class, else None."""
    return value if isinstance(value, cls) else None


def text(value: object) -> str | None:
    """Return the value if it is text, else None."""
    return of(str, value)


def whole(value: object) -> int | None:
    """Return the value if it is a whole number from 0 to `LARGEST`, else None."""
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= LARGEST else None


def number(value: object) -> int | None:
    """The same, also for a number written as text."""
    return whole(int(value)) if isinstance(value, str) and _DIGITS.fullmatch(value) else whole(value)


def items(value: object) -> list[Any]:
    """Return the items of a list; an empty list for anything else."""
    return value if isinstance(value, list) else []


def id_of(value: object) -> str | None:
    """Return an ID that is safe in a request, else None."""
    try:
        return check_id("id", value)
    except InvalidParameterError:
        return None


def line(value: object) -> str:
    """Return text on one line of bounded length; empty for anything else."""
    printable = "".join(char if char.isprintable() else " " for char in (text(value) or "")[:4096])
    return " ".join(printable.split())[:_LONGEST_LINE]
