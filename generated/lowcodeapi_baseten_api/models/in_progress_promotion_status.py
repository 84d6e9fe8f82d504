"""Where a promotion stands."""

from __future__ import annotations

import enum
from typing import Literal

__all__ = ["InProgressPromotionStatus", "InProgressPromotionStatusValue"]

InProgressPromotionStatusValue = Literal[
    "RELEASING",
    "RAMPING_UP",
    "RAMPING_DOWN",
    "PAUSED",
    "SUCCEEDED",
    "FAILED",
    "CANCELED",
]


class InProgressPromotionStatus(enum.StrEnum):
    """Where a promotion stands."""

    RELEASING = "RELEASING"
    RAMPING_UP = "RAMPING_UP"
    RAMPING_DOWN = "RAMPING_DOWN"
    PAUSED = "PAUSED"
    SUCCEEDED = "SUCCEEDED"
    FAILED = "FAILED"
    CANCELED = "CANCELED"
