"""Where the copying of checkpoints stands."""

from __future__ import annotations

import enum
from typing import Literal

__all__ = ["CheckpointSyncStatus", "CheckpointSyncStatusValue"]

CheckpointSyncStatusValue = Literal[
    "SYNCING",
    "COMPLETED",
]


class CheckpointSyncStatus(enum.StrEnum):
    """Where the copying of checkpoints stands."""

    SYNCING = "SYNCING"
    COMPLETED = "COMPLETED"
