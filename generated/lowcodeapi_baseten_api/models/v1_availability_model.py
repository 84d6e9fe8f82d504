"""Kinds of capacity a training job runs on."""

from __future__ import annotations

import enum
from typing import Literal

__all__ = ["V1AvailabilityModel", "V1AvailabilityModelValue"]

V1AvailabilityModelValue = Literal[
    "dedicated",
    "spot",
]


class V1AvailabilityModel(enum.StrEnum):
    """Kinds of capacity a training job runs on."""

    DEDICATED = "dedicated"
    SPOT = "spot"
