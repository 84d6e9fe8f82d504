"""Where a cancelled promotion stands."""

from __future__ import annotations

import enum
from typing import Literal

__all__ = ["CancelPromotionStatus", "CancelPromotionStatusValue"]

CancelPromotionStatusValue = Literal[
    "CANCELED",
    "RAMPING_DOWN",
]


class CancelPromotionStatus(enum.StrEnum):
    """Where a cancelled promotion stands."""

    CANCELED = "CANCELED"
    RAMPING_DOWN = "RAMPING_DOWN"
