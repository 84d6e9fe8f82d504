"""Sort directions."""

from __future__ import annotations

import enum
from typing import Literal

__all__ = ["SortOrder", "SortOrderValue"]

SortOrderValue = Literal[
    "asc",
    "desc",
]


class SortOrder(enum.StrEnum):
    """Sort directions."""

    ASC = "asc"
    DESC = "desc"
