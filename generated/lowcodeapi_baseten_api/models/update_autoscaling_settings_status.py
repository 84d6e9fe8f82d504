"""Outcomes of a change of settings."""

from __future__ import annotations

import enum
from typing import Literal

__all__ = ["UpdateAutoscalingSettingsStatus", "UpdateAutoscalingSettingsStatusValue"]

UpdateAutoscalingSettingsStatusValue = Literal[
    "ACCEPTED",
    "QUEUED",
    "UNCHANGED",
]


class UpdateAutoscalingSettingsStatus(enum.StrEnum):
    """Outcomes of a change of settings."""

    ACCEPTED = "ACCEPTED"
    QUEUED = "QUEUED"
    UNCHANGED = "UNCHANGED"
