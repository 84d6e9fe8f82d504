"""The unit that a rolling deploy replaces step by step."""

from __future__ import annotations

import enum
from typing import Literal

__all__ = ["RollingDeployStrategy", "RollingDeployStrategyValue"]

RollingDeployStrategyValue = Literal["REPLICA",]


class RollingDeployStrategy(enum.StrEnum):
    """The unit that a rolling deploy replaces step by step."""

    REPLICA = "REPLICA"
