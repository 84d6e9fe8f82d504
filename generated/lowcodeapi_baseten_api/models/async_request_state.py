"""Where an asynchronous request stands."""

from __future__ import annotations

import enum
from typing import Literal

__all__ = ["AsyncRequestState", "AsyncRequestStateValue"]

AsyncRequestStateValue = Literal[
    "QUEUED",
    "IN_PROGRESS",
    "SUCCEEDED",
    "FAILED",
    "EXPIRED",
    "CANCELED",
    "WEBHOOK_FAILED",
]


class AsyncRequestState(enum.StrEnum):
    """Where an asynchronous request stands."""

    QUEUED = "QUEUED"
    IN_PROGRESS = "IN_PROGRESS"
    SUCCEEDED = "SUCCEEDED"
    FAILED = "FAILED"
    EXPIRED = "EXPIRED"
    CANCELED = "CANCELED"
    WEBHOOK_FAILED = "WEBHOOK_FAILED"
