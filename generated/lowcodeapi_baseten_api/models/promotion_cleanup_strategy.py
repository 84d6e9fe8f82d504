"""The fate of a deployment once another has replaced it."""

from __future__ import annotations

import enum
from typing import Literal

__all__ = ["PromotionCleanupStrategy", "PromotionCleanupStrategyValue"]

PromotionCleanupStrategyValue = Literal[
    "KEEP",
    "SCALE_TO_ZERO",
    "DEACTIVATE",
]


class PromotionCleanupStrategy(enum.StrEnum):
    """The fate of a deployment once another has replaced it."""

    KEEP = "KEEP"
    SCALE_TO_ZERO = "SCALE_TO_ZERO"
    DEACTIVATE = "DEACTIVATE"
